// Where a running station can be asked: a Unix socket beside its journal.

enum ControlSocket {
    /// The socket of the station that has this journal open.
    static func path(besides journal: String) -> String { journal.folder + "/control.socket" }
}

// Where a running station can be asked: a Unix socket beside its journal. Who may read the journal's folder may ask.

internal import Foundation
internal import Glibc

enum ControlSocket {
    /// The socket of the station that has this journal open.
    static func path(besides journal: String) -> String { journal.folder + "/control.socket" }

    /// A path to the same socket that fits a Unix address, whatever the folder's depth, until it is closed.
    struct Address {
        let path: String
        private let folder: Int32

        /// The address of a socket.
        init(of socket: String) throws {
            folder = open(socket.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard folder >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .ENOENT) }
            let name = socket.split(separator: "/").last.map(String.init) ?? socket
            path = "/proc/self/fd/\(folder)/\(name)"
        }

        func close() { Glibc.close(folder) }
    }
}

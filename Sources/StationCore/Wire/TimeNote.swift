// The pool's word on what time it is, for a station that no time server reaches, or one that was misled by one. It is
// signed over a number that the station has just drawn, so that nobody can play an old answer again.

/// What a pool signs when a station asks for the time.
public struct TimeNote: Equatable, Sendable {
    /// The station that asked, as its entries name it.
    public var source: EntrySource
    /// The number that the station drew for this question.
    public var nonce: Nonce
    /// What time it is.
    public var time: WallTime

    /// A note about the time, for one question of a station.
    public init(source: EntrySource, nonce: Nonce, time: WallTime) {
        self.source = source
        self.nonce = nonce
        self.time = time
    }

    private static let title = "milastation time v1"

    /// The text that the pool signs.
    public var text: String { noteText([Self.title, source.description, nonce.description, time.iso8601]) }

    /// The word in a note's text, or `nil` where it is none.
    public init?(text: String) {
        guard let lines = noteLines(text, title: Self.title, count: 4), let nonce = Nonce(lines[2]),
            let time = WallTime(iso8601: lines[3])
        else { return nil }
        self.init(source: EntrySource(stored: lines[1]), nonce: nonce, time: time)
    }
}

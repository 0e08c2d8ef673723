// A journal to read from, whether its station runs (then it is asked over its socket) or not (then the file is opened).

internal import Foundation
internal import GRDB
internal import Groundwork
internal import StationCore

/// A journal as commands see it.
protocol JournalView {
    /// The entries after a sequence, as canonical documents, in order.
    func documents(after: UInt64, _ take: @escaping ([UInt8]) throws -> Void) async throws
    /// What the station says of itself.
    func status() async throws -> JSON
    /// A signed checkpoint of the journal's end, as an encoded note.
    func checkpoint() async throws -> String
    /// The station's word about the entries that it no longer keeps.
    func trim() async throws -> TrimWord
}

/// Finds the journal that is meant.
enum JournalViews {
    /// The view of a journal file.
    static func open(_ database: String) throws -> any JournalView {
        guard FileManager.default.fileExists(atPath: database) else {
            throw JournalTrouble("there is no journal at \(database)")
        }
        if let client = ControlClient.connect(ControlSocket.path(besides: database)) {
            return RunningJournal(client: client)
        }
        return try StoredJournal(database)
    }
}

/// The journal of a station that runs.
struct RunningJournal: JournalView {
    let client: ControlClient

    func documents(after: UInt64, _ take: @escaping ([UInt8]) throws -> Void) async throws {
        try await client.lines("v1/entries?after=\(after)", take)
    }

    func status() async throws -> JSON { try JSON(parsing: try await client.get("v1/status")) }

    func checkpoint() async throws -> String { String(decoding: try await client.get("v1/checkpoint"), as: UTF8.self) }

    func trim() async throws -> TrimWord {
        guard let word = TrimWord(try JSON(parsing: try await client.get("v1/trim", maximum: 1 << 26))) else {
            throw JournalTrouble("the station's word about trimmed entries makes no sense")
        }
        return word
    }
}

/// The journal of a station that does not run.
struct StoredJournal: JournalView {
    private let path: String
    private let database: DatabaseQueue
    private let epoch: Epoch
    private let source: EntrySource

    /// Opens a journal for reading. The file is not checked: that is what `journal verify` is for.
    ///
    /// Throws: ``JournalTrouble`` where it is none, or in use.
    init(_ path: String) throws {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = true
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            guard let (epoch, source) = try database.read(JournalReader.identity) else {
                throw JournalTrouble("\(path) holds no journal")
            }
            (self.epoch, self.source) = (epoch, source)
        } catch let error as DatabaseError {
            throw JournalTrouble("\(path) can't be read: \(error.message ?? "\(error.resultCode)")")
        }
    }

    func documents(after start: UInt64, _ take: @escaping ([UInt8]) throws -> Void) async throws {
        var after = start
        while true {
            let slice = try await entries(after: after)
            for entry in slice { try take(entry.document(source: source)) }
            guard let last = slice.last else { return }
            after = last.number.sequence
        }
    }

    private func entries(after: UInt64) async throws -> [Entry] {
        try await database.read { try JournalReader.entries($0, epoch: epoch, after: after, limit: 1000) }
    }

    func status() async throws -> JSON {
        let head = try await head()
        let key = try key()?.noteKey.description
        return try await database.read { database in
            let acknowledged = try UploadTable.acknowledged(database)
            var object: [String: JSON] = [
                "source": .string(source.description), "epoch": .string(epoch.description),
                "entries": .integer(Int64(head.sequence)), "hash": .string(head.hash.description),
                "acknowledged": .integer(Int64(acknowledged)),
                "backlog": .integer(Int64(head.sequence - min(acknowledged, head.sequence))),
                "setaside": .integer(Int64(try UploadTable.setAside(database))),
                "openloans": .integer(Int64(try Books.openLoans(database))),
                "unverified": .array(
                    try Books.contents(database).filter { $0.value == .unverified }.keys.sorted()
                        .map { .string($0.text) }),
                "trimmed": .integer(Int64(try Retention.marks(database).trimmed)),
                "running": .boolean(false),
            ]
            if let key { object["key"] = .string(key) }
            return .object(object)
        }
    }

    func checkpoint() async throws -> String {
        guard let key = try key() else {
            throw JournalTrouble("there is no station.key beside the journal, so no checkpoint can be signed")
        }
        return try key.sign(Checkpoint(source: source, head: try await head()).text).encoded
    }

    func trim() async throws -> TrimWord { try await database.read(TrimWord.read) }

    /// The station's key, if it is beside the journal.
    private func key() throws -> SigningKey? {
        let file = path.folder + "/station.key"
        guard try SecretFile.readIfPresent(file) != nil else { return nil }
        return try SigningKey(file: file, name: source.description)
    }

    private func head() async throws -> JournalHead {
        try await database.read { database in
            let last = try JournalReader.lastSequence(database)
            return JournalHead(epoch: epoch, sequence: last, hash: try JournalReader.hash(database, at: last) ?? .none)
        }
    }
}

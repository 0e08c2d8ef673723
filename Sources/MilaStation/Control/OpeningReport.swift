// How an opening that was ordered goes, for whoever ordered it.

internal import GRDB
internal import StationCore

/// How far an opening has come, or how it ended.
struct OpeningReport: Equatable {
    /// The end of an opening.
    enum End: Equatable {
        /// The door opened: when, when it latched, and how that is known.
        case completed(opened: WallTime?, latched: WallTime?, DoorReport.Basis)
        /// It came to nothing, and why.
        case failed(OpeningFailure)
        /// Nobody knows what the door did.
        case unknown
    }

    /// When it was ordered.
    var begun: WallTime
    /// How far it has come; `nil` where it is over.
    var progress: OpeningProgress?
    /// How it ended; `nil` where it goes on.
    var end: End?
    /// The lockers whose doors opened meanwhile though nobody asked them to.
    var opened: [LockerID] = []

    /// The report of an opening; `nil` where no entry of this number ordered one.
    ///
    /// Throws: an error where the journal can't be read.
    init?(of number: EntryNumber, _ place: StationLoop.Workplace) throws {
        guard number.epoch == place.journal.head.epoch, let sequence = Int64(exactly: number.sequence) else {
            return nil
        }
        let progress = place.conductor.progress(of: number)
        let found: (begun: WallTime, rows: [Row])? = try place.journal.read { database in
            let time = try Int64.fetchOne(
                database, sql: "SELECT time FROM entry WHERE sequence = ? AND kind = ?",
                arguments: [sequence, EntryKind.serviceBegun.rawValue])
            guard let time else { return nil }
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT kind, opening, locker, reason, basis, opened, latched FROM entry
                    WHERE sequence > ? AND kind IN (?, ?, ?, ?) ORDER BY sequence LIMIT 1000
                    """,
                arguments: [sequence] + StatementArguments(Self.kinds.map(\.rawValue)))
            return (WallTime(milliseconds: time), rows)
        }
        guard let found else { return nil }
        begun = found.begun
        self.progress = progress
        for row in found.rows {
            let kind = (row["kind"] as String?).flatMap(EntryKind.init(rawValue:))
            if kind == .doorOpenedUnasked {
                opened += [(row["locker"] as String?).flatMap { LockerID($0) }].compactMap(\.self)
            } else if (row["opening"] as DatabaseValue) == sequence.databaseValue {
                end = Self.end(kind, row)
                return
            }
        }
    }

    private static let kinds: [EntryKind] = [.serviceCompleted, .serviceFailed, .outcomeUnknown, .doorOpenedUnasked]

    private static func end(_ kind: EntryKind?, _ row: Row) -> End {
        func time(_ column: String) -> WallTime? { (row[column] as Int64?).map(WallTime.init(milliseconds:)) }
        switch kind {
        case .serviceCompleted:
            let basis = (row["basis"] as String?).flatMap(DoorReport.Basis.init(rawValue:))
            return .completed(opened: time("opened"), latched: time("latched"), basis ?? .assumed)
        case .serviceFailed:
            return (row["reason"] as String?).flatMap(OpeningFailure.init(rawValue:)).map(End.failed) ?? .unknown
        default: return .unknown
        }
    }

    // MARK: - As it travels

    /// The report as JSON.
    var json: JSON {
        var members: [String: JSON] = [
            "begun": .string(begun.iso8601), "openedunasked": .array(opened.map { .string($0.text) }),
        ]
        if let progress { members["progress"] = .string(progress.rawValue) }
        switch end {
        case .completed(let opened, let latched, let basis):
            members["end"] = .string("completed")
            members["basis"] = .string(basis.rawValue)
            if let opened { members["opened"] = .string(opened.iso8601) }
            if let latched { members["latched"] = .string(latched.iso8601) }
        case .failed(let failure):
            members["end"] = .string("failed")
            members["reason"] = .string(failure.rawValue)
        case .unknown: members["end"] = .string("unknown")
        case nil: break
        }
        return .object(members)
    }

    /// A report that a station sent; `nil` where it is none.
    init?(_ json: JSON) {
        func time(_ name: String) -> WallTime? { json[name]?.string.flatMap { WallTime(iso8601: $0) } }
        guard let members = json.object, let opened = members["openedunasked"]?.array, let begun = time("begun") else {
            return nil
        }
        self.begun = begun
        self.opened = opened.compactMap { $0.string.flatMap { LockerID($0) } }
        progress = members["progress"]?.string.flatMap(OpeningProgress.init(rawValue:))
        switch members["end"]?.string {
        case "completed":
            guard let basis = members["basis"]?.string.flatMap(DoorReport.Basis.init(rawValue:)) else { return nil }
            end = .completed(opened: time("opened"), latched: time("latched"), basis)
        case "failed":
            guard let failure = members["reason"]?.string.flatMap(OpeningFailure.init(rawValue:)) else { return nil }
            end = .failed(failure)
        case "unknown": end = .unknown
        case nil: guard progress != nil else { return nil }
        default: return nil
        }
    }
}

// What a station says of itself, for `journal status` and for admins.

internal import Groundwork
internal import StationCore

enum StationStatus {
    /// The status of a running station.
    static func json(
        _ place: StationLoop.Workplace, register: RegisterVersion?, backlog: UInt64?, scrub: JournalScrub.Finding,
        key: NoteKey, lockers: Set<LockerID>
    ) throws -> JSON {
        let (acknowledged, setAside, loans, contents, trimmed) = try place.journal.read { database in
            (
                try UploadTable.acknowledged(database), try UploadTable.setAside(database),
                try Books.openLoans(database), try Books.contents(database), try Retention.marks(database).trimmed
            )
        }
        let doubted = contents.filter { $0.value == .unverified }.keys
        let head = place.journal.head
        var object: [String: JSON] = [
            "program": .string(programVersion),
            "source": .string(place.journal.source.description),
            "epoch": .string(head.epoch.description),
            "entries": .integer(Int64(head.sequence)),
            "hash": .string(head.hash.description),
            "acknowledged": .integer(Int64(acknowledged)),
            "backlog": .integer(Int64(backlog ?? (head.sequence - min(acknowledged, head.sequence)))),
            "setaside": .integer(Int64(setAside)),
            "guard": .string(place.conductor.isGuardPresent ? "present" : "absent"),
            "lockers": .array(
                lockers.sorted().compactMap { locker in
                    place.conductor.state(of: locker)?.json(locker, contents[locker])
                }),
            "busy": .boolean(place.conductor.isBusy),
            "openloans": .integer(Int64(loans)),
            "unverified": .array(doubted.sorted().map { .string($0.text) }),
            "trimmed": .integer(Int64(trimmed)),
            "unknowncodes": .integer(Int64(clamping: place.conductor.unknownCodes)),
            "scrub": .string(scrub.description),
            "key": .string(key.description),
        ]
        if let register { object["register"] = .string(register.description) }
        return .object(object)
    }
}

extension LockerState {
    fileprivate func json(_ locker: LockerID, _ content: Content?) -> JSON {
        var members: [String: JSON] = [
            "locker": .string(locker.text), "door": .string(door.rawValue), "basis": .string(basis.rawValue),
            "service": .string(fault != nil ? "faulty" : isSuspended ? "suspended" : "in-service"),
        ]
        if let content { members["content"] = .string(content.rawValue) }
        if let fault { members["fault"] = .string(fault) }
        return .object(members)
    }
}

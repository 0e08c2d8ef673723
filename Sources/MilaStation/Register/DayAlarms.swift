// What went wrong today, out of the journal's last entries.

internal import GRDB
internal import StationCore

enum DayAlarms {
    /// One of them, by the names that the journal has.
    struct Finding {
        var kind: Alarm.Kind
        var time: WallTime
        var locker: LockerID?
        var item: ItemID?
    }

    /// How many are read out at most: nobody listens to more.
    static let maximumCount = 50
    /// How far back in the journal they are looked for.
    private static let maximumEntries = 10_000

    /// The findings since a time, oldest first.
    static func read(_ database: Database, since start: WallTime) throws -> [Finding] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT kind, time, locker, item, reason, content FROM entry
                WHERE sequence > (SELECT max(sequence) FROM entry) - ? AND time >= ? AND kind IN (
                    'door-opened-unasked', 'outcome-unknown', 'locker-out-of-service', 'guard-lost', 'pin-refused',
                    'condition-reported', 'emergency-stop-pressed', 'sensor-distrusted', 'checkout-failed', 'return-failed', 'service-failed', 'checkout-completed')
                ORDER BY sequence
                """, arguments: [maximumEntries, start.milliseconds])
        let findings = rows.compactMap { row -> Finding? in
            guard let entry = EntryKind(rawValue: row["kind"]), let kind = kind(entry, row["reason"], row["content"])
            else { return nil }
            return Finding(
                kind: kind, time: WallTime(milliseconds: row["time"]),
                locker: (row["locker"] as String?).flatMap(LockerID.init),
                item: (row["item"] as String?).flatMap(ItemID.init))
        }
        return Array(findings.suffix(maximumCount))
    }

    private static func kind(_ entry: EntryKind, _ reason: String?, _ content: String?) -> Alarm.Kind? {
        switch entry {
        case .doorOpenedUnasked: .doorOpenedUnasked
        case .outcomeUnknown: .outcomeUnknown
        case .lockerOutOfService: .lockerOutOfService
        case .guardLost: .guardLost
        case .emergencyStopPressed: .emergencyStop
        case .sensorDistrusted: .sensorDistrusted
        case .pinRefused: .wrongPIN
        case .conditionReported: reason == Condition.damaged.rawValue ? .damaged : .incomplete
        case .checkoutFailed, .returnFailed, .serviceFailed:
            switch reason.flatMap(OpeningFailure.init) {
            case .leftOpen: .doorLeftOpen
            case .didNotOpen, .refusedByGuard: .doorDidNotOpen
            case .guardLost, .cancelled, nil: nil
            }
        // The item is taken, and nobody shut the door behind it.
        case .checkoutCompleted: content == Content.unverified.rawValue ? .doorLeftOpen : nil
        default: nil
        }
    }
}

extension TimeZoneTable {
    /// When the local day began that a moment is in.
    func midnight(before moment: WallTime) -> WallTime { instant(local(moment).date, millisecondOfDay: 0) }
}

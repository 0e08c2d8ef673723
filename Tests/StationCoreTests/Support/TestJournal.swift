// Journals for the tests of the chain: entries sealed one behind the other, to be damaged afterwards.

@testable import StationCore

struct TestJournal {
    let source: EntrySource
    private(set) var head: JournalHead
    private(set) var entries: [Entry] = []

    init(station: String = "demo", epoch: UInt64 = 0xe) {
        source = EntrySource(cityDomain: "example.org", station: .of(station))
        head = JournalHead(epoch: Epoch(epoch), sequence: 0, hash: .none)
    }

    /// A journal of so many entries: loans of one item, again and again.
    init(count: Int, station: String = "demo", epoch: UInt64 = 0xe) {
        self.init(station: station, epoch: epoch)
        for index in 0..<count {
            write(
                index % 2 == 0
                    ? .checkoutBegun(
                        item: .of("drill"), borrower: .of("b-1"), locker: .of("4"), due: SampleHouse.due, opening: nil)
                    : .stationStarted(program: "test \(index)"))
        }
    }

    /// The entries as they travel.
    var documents: [[UInt8]] { entries.map { $0.document(source: source) } }

    @discardableResult
    mutating func write(_ happening: Happening) -> Entry {
        let moment = Moment(
            monotonic: MonotonicInstant(nanoseconds: 1),
            wall: SampleHouse.noon.adding(milliseconds: Int64(entries.count) * 1000), quality: .holdover)
        let salt = Salt.of(UInt8(truncatingIfNeeded: 7 + entries.count))
        let entry = Entry(happening, after: head, at: moment, salt: salt, source: source)
        entries.append(entry)
        head = JournalHead(after: entry)
        return entry
    }
}

extension [UInt8] {
    /// A document with a member changed or taken out, its hash left as it was.
    func with(_ key: String, _ value: JSON?) -> [UInt8] {
        guard var object = (try? JSON(parsing: self))?.object else { preconditionFailure("no document") }
        object[key] = value
        return JSON.object(object).canonical
    }

    /// A document with a member changed, and the hash that fits it then.
    func resealed(_ key: String, _ value: JSON) -> [UInt8] {
        let changed = with(key, value)
        let bare = changed.with("entryhash", nil).with("disclosure", nil)
        return changed.with("entryhash", .string(EntryHash(of: bare).description))
    }
}

extension EntryKind {
    /// Happenings of this kind: one for each way in which its members can be there or not. A new kind does not compile
    /// here until it has samples.
    var samples: [Happening] {
        let number = EntryNumber(epoch: Epoch(0xe), sequence: 3)
        let (item, locker, time) = (ItemID.of("drill"), LockerID.of("4"), SampleHouse.noon)
        func errands(_ purpose: Errand.Purpose) -> [Errand] {
            [
                Errand(purpose: purpose, opening: number, loan: number, item: item, locker: locker),
                Errand(purpose: purpose, opening: number, loan: number, item: item, locker: nil),
            ]
        }
        let reports: [DoorReport?] = [
            nil, DoorReport(opened: time, latched: time, basis: .sensed),
            DoorReport(opened: time, latched: nil, basis: .assumed),
        ]
        switch self {
        case .epochOpened:
            let closed = ClosedEpoch(number: number, hash: EntryHash(of: [1]))
            return EpochReason.allCases.flatMap { reason in
                [nil, closed].map { .epochOpened(reason, program: "mila \"1\"", predecessor: $0) }
            }
        case .stationStarted: return [.stationStarted(program: "mila-station 0.1.0")]
        case .stationStopped: return [.stationStopped]
        case .checkoutBegun:
            return [
                .checkoutBegun(item: item, borrower: .of("b-1"), locker: locker, due: time, opening: nil),
                .checkoutBegun(item: item, borrower: .of("b-1"), locker: nil, due: time, opening: number),
            ]
        case .checkoutCompleted:
            return errands(.checkout).flatMap { errand in
                reports.map { .checkoutCompleted(errand, $0, content: errand.locker == nil ? nil : .empty) }
            }
        case .checkoutFailed:
            return errands(.checkout).flatMap { errand in
                OpeningFailure.allCases.map { .checkoutFailed(errand, $0, content: .unverified) }
            }
        case .returnBegun:
            return [
                .returnBegun(loan: number, item: item, locker: locker, opening: nil),
                .returnBegun(loan: number, item: item, locker: nil, opening: number),
            ]
        case .returnCompleted:
            return errands(.giveBack).flatMap { errand in
                reports.map { .returnCompleted(errand, $0, content: .holds) }
            }
        case .returnFailed:
            return errands(.giveBack).flatMap { errand in
                OpeningFailure.allCases.map { .returnFailed(errand, $0, content: nil) }
            }
        case .outcomeUnknown: return Errand.Purpose.allCases.flatMap { errands($0).map { .outcomeUnknown($0) } }
        case .refused:
            return Refusal.allCases.map { .refused($0, item: item, locker: locker) }
                + [.refused(.unknownCode, item: nil, locker: nil)]
        case .contentChecked: return Content.allCases.map { .contentChecked(locker: locker, $0) }
        case .contentDoubted: return [.contentDoubted(locker: locker)]
        case .doorOpenedUnasked: return [.doorOpenedUnasked(locker: locker, at: time)]
        case .doorLatchedLate: return [.doorLatchedLate(locker: locker, at: time)]
        case .lockerOutOfService: return [.lockerOutOfService(locker: locker, reason: "Leitung fehlt \u{1f512}")]
        case .lockerInService: return [.lockerInService(locker: locker)]
        case .guardJoined: return [.guardJoined]
        case .guardLost: return [.guardLost]
        case .registerApplied:
            return RegisterVersion(incarnation: "p-1", number: 7).map { [.registerApplied($0)] } ?? []
        }
    }
}

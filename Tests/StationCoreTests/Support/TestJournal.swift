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
        let staff = StaffID.of("s-1")
        let attendants: [Attendant] = [
            .staff(staff), .admin(.of("town-hall"), reason: nil),
            .admin(.of("town-hall"), reason: OrderReason("the caretaker called")),
        ]
        let service = Errand(purpose: .service, opening: number, loan: number, item: nil, locker: locker)
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
        case .passAccepted:
            return [.passAccepted(PassNonce(7), booking: .of("booking-7"), loan: number, until: time)]
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
                .returnBegun(loan: number, item: item, locker: locker, opening: nil, isReported: false),
                .returnBegun(loan: number, item: item, locker: nil, opening: number, isReported: true),
            ]
        case .returnCompleted:
            return errands(.giveBack).flatMap { errand in
                reports.map { .returnCompleted(errand, $0, content: .holds) }
            }
        case .returnFailed:
            return (errands(.giveBack) + errands(.report)).flatMap { errand in
                OpeningFailure.allCases.map { .returnFailed(errand, $0, content: nil) }
            }
        case .returnReported:
            return errands(.report).flatMap { errand in
                reports.map { .returnReported(errand, $0, content: .unverified) }
            }
        case .itemReceived: return [.itemReceived(item: item, .of("b-1")), .itemReceived(item: item, nil)]
        case .returnConfirmed:
            return [locker, nil].map { .returnConfirmed(loan: number, item: item, locker: $0, staff: staff) }
        case .loanRenewed: return [.loanRenewed(loan: number, item: item, due: time)]
        case .loanApproved:
            return [0, 5000].map { .loanApproved(item: item, depositCents: $0, staff: staff) }
        case .partsChecked:
            return [[], [2], [1, 3]].map { .partsChecked(loan: number, item: item, .giveBack, missing: $0) }
        case .conditionReported:
            return Condition.allCases.flatMap { condition in
                [number, nil].map { .conditionReported(item: item, condition, loan: $0) }
            }
        case .itemChecked: return [.itemChecked(item: item, staff: staff)]
        case .itemPlaced:
            return [locker, nil].map { .itemPlaced(item: item, locker: locker, registered: $0, staff: staff) }
        case .serviceBegun: return attendants.map { .serviceBegun(locker: locker, by: $0) }
        case .serviceCompleted: return reports.map { .serviceCompleted(service, $0) }
        case .serviceFailed: return OpeningFailure.allCases.map { .serviceFailed(service, $0) }
        case .serviceSuspended: return attendants.map { .serviceSuspended(locker: locker, by: $0) }
        case .serviceResumed: return attendants.map { .serviceResumed(locker: locker, by: $0) }
        case .staffSignedIn: return [.staffSignedIn(staff)]
        case .staffSignedOut: return [.staffSignedOut(staff)]
        case .pinRefused: return [.pinRefused(.staff(staff)), .pinRefused(.borrower(.of("b-1")))]
        case .stockTaken: return [.stockTaken(staff: staff, found: 0), .stockTaken(staff: staff, found: 120)]
        case .stockDiffers: return StockDifference.allCases.map { .stockDiffers(item: item, $0) }
        case .cardReplaced: return [.cardReplaced(.of("b-1"), card: EntryHash(of: [1]))]
        case .borrowerProposed: return [.borrowerProposed(card: EntryHash(of: [2]), staff: staff)]
        case .itemProposed: return [.itemProposed(label: "8004 \"x\"", staff: staff)]
        case .outcomeUnknown:
            return [Errand.Purpose.checkout, .giveBack, .report].flatMap { errands($0).map { .outcomeUnknown($0) } }
                + [.outcomeUnknown(service)]
        case .refused:
            return Refusal.allCases.map { .refused($0, item: item, locker: locker) }
                + [.refused(.unknownCode, item: nil, locker: nil)]
        case .contentChecked:
            return Content.allCases.flatMap { content in
                attendants.map { .contentChecked(locker: locker, content, by: $0) }
            }
        case .contentDoubted: return [.contentDoubted(locker: locker)]
        case .doorOpenedUnasked: return [.doorOpenedUnasked(locker: locker, at: time)]
        case .doorLatchedLate: return [.doorLatchedLate(locker: locker, at: time)]
        case .pulseRepeated: return [.pulseRepeated(locker: locker, opening: number)]
        case .holdBegun: return [.holdBegun(loan: number, item: item, locker: locker)]
        case .holdEnded: return HoldEnd.allCases.map { .holdEnded(locker: locker, opening: number, $0) }
        case .sensorDistrusted: return [.sensorDistrusted(locker: locker)]
        case .sensorTrusted: return [.sensorTrusted(locker: locker)]
        case .emergencyStopPressed: return [.emergencyStopPressed(name: "front")]
        case .emergencyStopReleased: return [.emergencyStopReleased(name: "front")]
        case .lockerOutOfService: return [.lockerOutOfService(locker: locker, reason: "Leitung fehlt \u{1f512}")]
        case .lockerInService: return [.lockerInService(locker: locker)]
        case .guardJoined: return [.guardJoined]
        case .guardLost: return [.guardLost]
        case .registerApplied:
            return RegisterVersion(incarnation: "p-1", number: 7).map { [.registerApplied($0)] } ?? []
        }
    }
}

// What happened, read back from entries.

@testable import StationCore

extension PlainBooks {
    /// Notes an entry of the journal: what happened is read back from its members.
    mutating func note(_ entry: Entry) {
        guard let happening = Happening(entry) else { return }
        note(happening, as: entry.number)
    }
}

extension Happening {
    /// What an entry about loans, errands and contents says happened; `nil` for all others.
    init?(_ entry: Entry) {
        let fields = entry.fields
        func errand(_ purpose: Errand.Purpose) -> Errand? {
            guard let loan = fields.loan, let item = fields.item, let opening = fields.opening else { return nil }
            return Errand(purpose: purpose, opening: opening, loan: loan, item: item, locker: fields.locker)
        }
        var service: Errand? {
            fields.opening.map {
                Errand(purpose: .service, opening: $0, loan: $0, item: nil, locker: fields.locker)
            }
        }
        var staff: StaffID? {
            if case .staff(let staff)? = entry.disclosure?.person { staff } else { nil }
        }
        var attendant: Attendant? {
            switch entry.disclosure?.person {
            case .staff(let staff): .staff(staff)
            case .admin(let admin): .admin(admin, reason: fields.reason.flatMap(OrderReason.init))
            case .borrower, nil: nil
            }
        }
        let failure = fields.reason.flatMap(OpeningFailure.init)
        switch entry.kind {
        case .checkoutBegun:
            guard let item = fields.item, let borrower = entry.disclosure?.borrower, let due = fields.due else {
                return nil
            }
            self = .checkoutBegun(
                item: item, borrower: borrower, locker: fields.locker, due: due, opening: fields.opening)
        case .passAccepted:
            guard let pass = fields.pass, let booking = fields.booking, let loan = fields.loan, let due = fields.due
            else { return nil }
            self = .passAccepted(pass, booking: booking, loan: loan, until: due)
        case .returnBegun:
            guard let loan = fields.loan, let item = fields.item else { return nil }
            self = .returnBegun(
                loan: loan, item: item, locker: fields.locker, opening: fields.opening,
                isReported: fields.purpose == .report)
        case .returnReported:
            guard let errand = errand(.report) else { return nil }
            self = .returnReported(errand, nil, content: fields.content)
        case .returnConfirmed:
            guard let loan = fields.loan, let item = fields.item, let staff else { return nil }
            self = .returnConfirmed(loan: loan, item: item, locker: fields.locker, staff: staff)
        case .loanRenewed:
            guard let loan = fields.loan, let item = fields.item, let due = fields.due else { return nil }
            self = .loanRenewed(loan: loan, item: item, due: due)
        case .serviceBegun:
            guard let locker = fields.locker, let attendant else { return nil }
            self = .serviceBegun(locker: locker, by: attendant)
        case .serviceCompleted:
            guard let service else { return nil }
            self = .serviceCompleted(service, nil)
        case .serviceFailed:
            guard let service, let failure else { return nil }
            self = .serviceFailed(service, failure)
        case .serviceSuspended:
            guard let locker = fields.locker, let attendant else { return nil }
            self = .serviceSuspended(locker: locker, by: attendant)
        case .serviceResumed:
            guard let locker = fields.locker, let attendant else { return nil }
            self = .serviceResumed(locker: locker, by: attendant)
        case .conditionReported:
            guard let item = fields.item, let condition = fields.reason.flatMap(Condition.init) else { return nil }
            self = .conditionReported(item: item, condition, loan: fields.loan)
        case .itemChecked:
            guard let item = fields.item, let staff else { return nil }
            self = .itemChecked(item: item, staff: staff)
        case .itemPlaced:
            guard let item = fields.item, let locker = fields.locker, let staff else { return nil }
            self = .itemPlaced(
                item: item, locker: locker, registered: fields.reason.flatMap(LockerID.init), staff: staff)
        case .cardReplaced:
            guard let borrower = entry.disclosure?.borrower, let card = fields.card else { return nil }
            self = .cardReplaced(borrower, card: card)
        case .checkoutCompleted:
            guard let errand = errand(.checkout) else { return nil }
            self = .checkoutCompleted(errand, nil, content: fields.content)
        case .checkoutFailed:
            guard let errand = errand(.checkout), let failure else { return nil }
            self = .checkoutFailed(errand, failure, content: fields.content)
        case .returnCompleted:
            guard let errand = errand(.giveBack) else { return nil }
            self = .returnCompleted(errand, nil, content: fields.content)
        case .returnFailed:
            guard let errand = errand(fields.purpose ?? .giveBack), let failure else { return nil }
            self = .returnFailed(errand, failure, content: fields.content)
        case .outcomeUnknown:
            guard let purpose = fields.purpose, let errand = purpose == .service ? service : errand(purpose) else {
                return nil
            }
            self = .outcomeUnknown(errand)
        case .contentChecked:
            guard let locker = fields.locker, let content = fields.content, let attendant else { return nil }
            self = .contentChecked(locker: locker, content, by: attendant)
        case .contentDoubted:
            guard let locker = fields.locker else { return nil }
            self = .contentDoubted(locker: locker)
        case .doorOpenedUnasked:
            guard let locker = fields.locker else { return nil }
            self = .doorOpenedUnasked(locker: locker, at: WallTime(milliseconds: 0))
        case .epochOpened, .stationStarted, .stationStopped, .refused, .doorLatchedLate, .lockerOutOfService,
            .lockerInService, .guardJoined, .guardLost, .registerApplied, .loanApproved, .partsChecked, .staffSignedIn,
            .staffSignedOut, .pinRefused, .stockTaken, .stockDiffers, .borrowerProposed, .itemProposed,
            .itemReceived, .pulseRepeated, .holdBegun, .holdEnded, .sensorDistrusted, .sensorTrusted,
            .emergencyStopPressed, .emergencyStopReleased:
            return nil
        }
    }
}

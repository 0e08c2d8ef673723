// Why the station says no. The raw value stands in the journal; the catalogue of texts has a sentence for each.

/// A reason to refuse what a borrower asked for.
public enum Refusal: String, CaseIterable, Sendable {
    /// Nobody knows the code.
    case unknownCode = "unknown-code"
    /// The code's check character is wrong: scan again.
    case mistypedCode = "mistyped-code"
    /// What was scanned is no code at all.
    case unreadableCode = "unreadable-code"
    /// The scanner types for another keyboard layout than the station's.
    case wrongKeyboardLayout = "wrong-keyboard-layout"
    /// The borrower may not borrow at present.
    case borrowerBlocked = "borrower-blocked"
    /// The borrower's right to borrow is over.
    case borrowerExpired = "borrower-expired"
    /// The borrower is no longer in the register.
    case borrowerUnknown = "borrower-unknown"
    /// Somebody has to scan a card first.
    case noSession = "no-session"
    /// The borrower has as many loans as allowed.
    case tooManyLoans = "too-many-loans"
    /// The item is with another borrower, or all its equals are.
    case onLoan = "on-loan"
    /// The item is not to be lent at present.
    case notLendable = "not-lendable"
    /// The item does not live at this station.
    case notHere = "not-here"
    /// The locker should be empty.
    case lockerEmpty = "locker-empty"
    /// The locker holds more than one kind of item: scan the item's own label.
    case whichItem = "which-item"
    /// What the locker holds is in doubt (rule S7).
    case lockerUnverified = "locker-unverified"
    /// The locker's lines don't work, or the station has no such locker.
    case lockerOutOfService = "locker-out-of-service"
    /// Somebody is at this door.
    case lockerInUse = "locker-in-use"
    /// The guard does not answer, so no door can open.
    case guardAbsent = "guard-absent"
    /// The register or the journal can't be read.
    case undecidable = "undecidable"
    /// The journal can't take another entry.
    case storageFull = "storage-full"
    /// Staff functions are not part of this version.
    case staffUnavailable = "staff-unavailable"
}

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
    /// An emergency stop is pressed, so no door can open.
    case emergencyStop = "emergency-stop"
    /// The register or the journal can't be read.
    case undecidable = "undecidable"
    /// The journal can't take another entry.
    case storageFull = "storage-full"
    /// The borrower has as many loans of this category as allowed.
    case tooManyOfCategory = "too-many-of-category"
    /// With this item the borrower would have things of more value than allowed.
    case tooValuable = "too-valuable"
    /// The borrower is too young for this item.
    case tooYoung = "too-young"
    /// The register does not say how old the borrower is.
    case ageUnknown = "age-unknown"
    /// The borrower lacks what has to be learnt for this item.
    case notQualified = "not-qualified"
    /// Somebody has booked the item for now.
    case booked
    /// Somebody has booked the item for soon.
    case bookedSoon = "booked-soon"
    /// Doors stay shut at this hour.
    case quietHours = "quiet-hours"
    /// The pool has been out of reach for too long, or for what is asked.
    case poolOutOfReach = "pool-out-of-reach"
    /// Somebody has said that the item is damaged.
    case damaged
    /// There are not as many as that.
    case notEnough = "not-enough"
    /// The time for which the borrower has the room is over.
    case loanOver = "loan-over"
    /// The loan can't be renewed.
    case notRenewable = "not-renewable"
    /// The borrower does not have this item.
    case notYours = "not-yours"
    /// Without the borrower's card this can't be brought back here.
    case cardNeeded = "card-needed"
    /// A PIN is needed, and the card has none.
    case pinMissing = "pin-missing"
    /// The PIN is wrong.
    case wrongPIN = "wrong-pin"
    /// Too many wrong PINs: the next one is taken after a while.
    case pinTooSoon = "pin-too-soon"
    /// So many wrong PINs that the card ends.
    case pinLocked = "pin-locked"
    /// This needs a badge and a PIN of staff.
    case staffOnly = "staff-only"
    /// The badge's right is over.
    case staffExpired = "staff-expired"
    /// The code can't be registered.
    case codeUnusable = "code-unusable"
    /// Nothing was reported about this item.
    case notReported = "not-reported"
    /// Staff have taken the locker out of service.
    case lockerSuspended = "locker-suspended"
    /// The pass can't be read: something of it was lost, or it is of a later version.
    case passUnreadable = "pass-unreadable"
    /// The pass is signed with a key that the station does not know.
    case passOfUnknownKey = "pass-of-unknown-key"
    /// The pass does not bear the signature of the key that it names: it was changed, or made up.
    case passForged = "pass-forged"
    /// The pass is for another station.
    case passOfOtherStation = "pass-of-other-station"
    /// The pool has taken the pass back.
    case passRevoked = "pass-revoked"
    /// The station does not know what time it is, so that no pass counts (rule S12).
    case passClockUnknown = "pass-clock-unknown"
    /// The time of the pass has not begun.
    case passTooEarly = "pass-too-early"
    /// The time of the pass is over.
    case passTooLate = "pass-too-late"
    /// The time of the pass began before the journal that would know whether it was used.
    case passOlderThanJournal = "pass-older-than-journal"
    /// The pass was used.
    case passUsed = "pass-used"
    /// The door did not open for the pass, as often as it may be tried.
    case passSpent = "pass-spent"
    /// What the pass is for is not at this station.
    case passForNothingHere = "pass-for-nothing-here"
}

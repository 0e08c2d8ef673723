// Borrowers and staff, and the codes they are known by. What is on a card is as good as a key: it is never repeated in a
// message, and neither is a PIN (rule S10).

import Groundwork
import StationCore

/// A card or badge as somebody wrote it down.
struct CardText {
    var code: String
    var pin: String?
    var line: Int?
}

extension HouseCheck {
    /// Takes a borrower over from a register that was checked before.
    mutating func keep(_ member: House.Member, line: Int?) {
        add(borrower: member.borrower, cards: [], keeping: member.cards, line: line)
    }

    /// Adds a borrower with their cards, and with those that they had before.
    mutating func add(borrower: Borrower, cards: [CardText], keeping kept: [House.CardPrint] = [], line: Int?) {
        guard isFirst("borrower '\(borrower.id)'", line: line) else { return }
        if borrower.blockedBecause != nil, borrower.standing == .active {
            note(
                "borrower '\(borrower.id)' has a reason to be blocked, and is not",
                remedy: "Set the standing to blocked, or remove 'blocked-because'.", line: line)
        }
        let owner = "borrower '\(borrower.id)'"
        for card in kept { _ = isFirst("a card of \(owner)", key: "card \(card.fingerprint)", line: line) }
        house.borrowers.append(
            .init(borrower: borrower, cards: kept + cards.compactMap { cardPrint(ofCard: $0, owner) }))
    }

    /// Adds a member of staff with their badges.
    mutating func add(staff: Staff, badges: [CardText], line: Int?) {
        guard isFirst("staff '\(staff.id)'", line: line) else { return }
        let owner = "staff '\(staff.id)'"
        house.staff.append(.init(staff: staff, badges: badges.compactMap { cardPrint(ofBadge: $0, owner) }))
    }

    private mutating func cardPrint(ofCard card: CardText, _ owner: String) -> House.CardPrint? {
        let thing = "a card of \(owner)"
        let house = HouseCode(card.code)
        guard house?.kind == .borrowerCard || house == nil && !HouseCode.isNearly(card.code) else {
            note(
                "\(thing) is no card code with a right check character",
                remedy: "Write the code as it is printed on the card: it begins with MB and has 19 characters.",
                line: card.line)
            return nil
        }
        guard HouseText.label(card.code) != nil else {
            note("\(thing) is not \(HouseText.labelShape)", remedy: "Write it as it is scanned.", line: card.line)
            return nil
        }
        // Other numbers than house codes can be counted up or copied.
        guard house != nil || card.pin != nil else {
            note(
                "\(thing) is no house code, and has no PIN",
                remedy: "Write { code: …, pin: \"…\" }, or the code of a house card: it begins with MB.",
                line: card.line)
            return nil
        }
        return cardPrint(of: card, thing)
    }

    private mutating func cardPrint(ofBadge badge: CardText, _ owner: String) -> House.CardPrint? {
        let thing = "a badge of \(owner)"
        guard HouseCode(badge.code)?.kind == .staffBadge else {
            note(
                "\(thing) is no badge code with a right check character",
                remedy: "Write the code as it is printed on the badge: it begins with MS and has 19 characters.",
                line: badge.line)
            return nil
        }
        guard badge.pin != nil else {
            note("\(thing) has no PIN", remedy: "Write { code: MS…, pin: \"…\" }.", line: badge.line)
            return nil
        }
        return cardPrint(of: badge, thing)
    }

    private mutating func cardPrint(of card: CardText, _ thing: String) -> House.CardPrint? {
        if let pin = card.pin, !PINVerifier.isPIN(pin) {
            let (fewest, most) = (PINVerifier.digitCounts.lowerBound, PINVerifier.digitCounts.upperBound)
            note(
                "the PIN of \(thing) is not \(fewest) to \(most) digits", remedy: "Write a PIN of so many digits.",
                line: card.line)
            return nil
        }
        // What the station looks the card up under, and has its PIN checked with.
        let code = CodeReader.key(ofRegistered: card.code)
        let fingerprint = CardCode.fingerprint(of: code)
        guard isFirst(thing, key: "card \(fingerprint)", line: card.line) else { return nil }
        return House.CardPrint(
            fingerprint: fingerprint, pin: card.pin.map { PINVerifier(pin: $0, code: code) },
            isWeak: !CardCode.isStrong(code))
    }
}

// Looks things up in the register.

internal import Foundation
internal import GRDB
internal import Groundwork
internal import StationCore

/// The register, within one read.
struct RegisterReader {
    private let database: Database
    private let memo: DocumentMemo

    /// What a database says now.
    init(_ database: Database, _ memo: DocumentMemo) { (self.database, self.memo) = (database, memo) }

    private func row(_ sql: String, _ argument: some DatabaseValueConvertible) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: [argument])
    }

    private func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
    }

    private func item(_ row: Row) throws -> Item { try memo.items.value(of: row["document"], Item.init) }

    private func locker(_ row: Row) throws -> Locker { try memo.lockers.value(of: row["document"], Locker.init) }

    // MARK: - People

    /// A card or badge that the register knows.
    struct KnownCard<Owner> {
        var owner: Owner
        var digest: CardDigest
        var pin: PINVerifier?
    }

    /// What a code is known by at this station; `nil` where there is no register, or where the code can be no card: it is no
    /// house code, and the register has no others, so that its slow hash would be for nothing.
    func digest(of code: String) throws -> CardDigest? {
        guard try CardCode.isStrong(code) || hasWeakCards() else { return nil }
        return try digest(ofFingerprint: CardCode.fingerprint(of: code))
    }

    /// What a card of this fingerprint is known by at this station.
    func digest(ofFingerprint fingerprint: EntryHash) throws -> CardDigest? {
        guard let key = try Data.fetchOne(database.cachedStatement(sql: "SELECT cardkey FROM register")) else {
            return nil
        }
        return CardCode.digest(of: fingerprint, cardKey: Array(key))
    }

    private func hasWeakCards() throws -> Bool {
        try Bool.fetchOne(database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM card WHERE weak)")) ?? false
    }

    /// The borrower's card with this digest.
    func card(_ digest: CardDigest) throws -> KnownCard<BorrowerID>? {
        guard let row = try row("SELECT borrower, pin FROM card WHERE digest = ?", Data(digest.hash.bytes)),
            let borrower = BorrowerID(row["borrower"] as String)
        else { return nil }
        return KnownCard(owner: borrower, digest: digest, pin: (row["pin"] as String?).flatMap { PINVerifier($0) })
    }

    /// The badge with this digest.
    func badge(_ digest: CardDigest) throws -> KnownCard<Staff>? {
        guard
            let row = try row(
                "SELECT id, validuntil, pin FROM badge JOIN staff ON staff.id = badge.staff WHERE digest = ?",
                Data(digest.hash.bytes)),
            let id = StaffID(row["id"] as String)
        else { return nil }
        let until = (row["validuntil"] as Int64?).map(WallTime.init(milliseconds:))
        return KnownCard(
            owner: Staff(id: id, validUntil: until), digest: digest,
            pin: (row["pin"] as String?).flatMap { PINVerifier($0) })
    }

    /// A borrower by pseudonym.
    func borrower(_ id: BorrowerID) throws -> Borrower? {
        try row("SELECT document FROM borrower WHERE id = ?", id.text).map { row in
            try memo.borrowers.value(of: row["document"]) { try RegisterSnapshot.Card($0).borrower }
        }
    }

    /// The bookings of an item.
    func bookings(of item: ItemID) throws -> [Booking] {
        try rows("SELECT document FROM booking WHERE item = ? ORDER BY id", [item.text]).map { row in
            try memo.bookings.value(of: row["document"], Booking.init)
        }
    }

    // MARK: - Passes

    /// Whether the pool has taken a pass back.
    func isRevoked(_ pass: PassNonce) throws -> Bool {
        try row("SELECT 1 FROM revoked_pass WHERE nonce = ?", pass.description) != nil
    }

    /// The borrower whom a pass is for. It does not name them, so that all are looked through.
    func borrower(of pass: Pass) throws -> Borrower? {
        let ids = try String.fetchCursor(database.cachedStatement(sql: "SELECT id FROM borrower"))
        while let text = try ids.next() {
            if let id = BorrowerID(text), pass.isFor(id) { return try borrower(id) }
        }
        return nil
    }

    // MARK: - Things

    /// The item whose label has this key.
    func item(label: String) throws -> Item? {
        try row("SELECT document FROM item WHERE label = ?", label).map(item)
    }

    /// An item by its identifier.
    func item(_ id: ItemID) throws -> Item? {
        try row("SELECT document FROM item WHERE id = ?", id.text).map(item)
    }

    /// Whether the pool has dropped an item that somebody had.
    func isGone(_ id: ItemID) throws -> Bool { try row("SELECT 1 FROM item WHERE id = ? AND gone", id.text) != nil }

    /// The items that live in a locker, with those that are gone and may be inside.
    func items(in locker: LockerID) throws -> [Item] {
        try rows("SELECT document FROM item WHERE locker = ? ORDER BY id", [locker.text]).map(item)
    }

    /// All items of the station, and nothing that is gone.
    func items() throws -> [Item] {
        try rows("SELECT document FROM item WHERE NOT gone ORDER BY id").map(item)
    }

    /// The locker with this label.
    func locker(label: String) throws -> Locker? {
        try row("SELECT document FROM locker WHERE label = ?", label).map(locker)
    }

    /// A locker by identifier.
    func locker(_ id: LockerID) throws -> Locker? {
        try row("SELECT document FROM locker WHERE id = ?", id.text).map(locker)
    }

    /// All lockers of the station.
    func lockers() throws -> [Locker] {
        try rows("SELECT document FROM locker ORDER BY id").map(locker)
    }

    // MARK: - Rules

    /// The rules; the usual ones where the pool has sent none.
    func policy() throws -> Policy {
        guard let row = try Row.fetchOne(database.cachedStatement(sql: "SELECT policy FROM register")) else {
            return Policy()
        }
        return try memo.policies.value(of: row["policy"], Policy.init)
    }
}

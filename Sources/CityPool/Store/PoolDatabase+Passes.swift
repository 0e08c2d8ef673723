// The passes of bookings in the database: the nonce of each, and those that stations must no longer take.

import StationCore

/// What a pass is made of.
struct PassBasis: Sendable {
    var booking: PoolBooking
    var nonce: PassNonce
    /// What people call what is booked.
    var name: LocalizedText
}

extension PoolDatabase {
    func pass(of number: Int64) async throws -> PassBasis {
        try await engine.read { database in
            let booking = try Self.existing(number, database)
            let row = try database.row("SELECT nonce FROM pool_bookings WHERE number = ?1", [.integer(number)])
            let nonce = try row.map { try Self.nonce($0) }
            guard let nonce else { throw StoreDamage(description: "booking \(number) has no nonce") }
            return PassBasis(booking: booking, nonce: nonce, name: try Self.name(of: booking, database))
        }
    }

    static func nonce(_ row: SQLRow) throws -> PassNonce {
        let bytes: [UInt8] = try row.get("nonce")
        guard bytes.count == passNonceCount else { throw StoreDamage(description: "a nonce has another length") }
        return PassNonce(bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    private static func name(of booking: PoolBooking, _ database: any DatabaseSession) throws -> LocalizedText {
        let row: SQLRow?
        switch booking.subject {
        case .category(let category, _): return LocalizedText(category)
        case .item(let item):
            row = try database.row("SELECT german, english FROM items WHERE id = ?1", [.text(item.text)])
        case .locker(let locker, let station), .room(let locker, let station):
            row = try database.row(
                "SELECT german, english FROM lockers WHERE station = ?1 AND id = ?2",
                [.text(station.text), .text(locker.text)])
            let kinds = try database.rows(
                "SELECT id FROM items WHERE station = ?1 AND locker = ?2", [.text(station.text), .text(locker.text)])
            guard kinds.count == 1 else {
                throw BookingRefusal.mistaken(
                    "a pass is for a locker in which one kind of thing lives; in '\(locker)' there are \(kinds.count)")
            }
        }
        guard let row else { throw BookingRefusal.mistaken("the register no longer has what is booked") }
        return LocalizedText(german: try row.get("german"), english: try row.get("english"))
    }

    /// Takes back the pass that a booking has had so far, and forgets those whose time is over.
    static func revokePass(of number: Int64, _ database: any DatabaseSession, at now: WallTime) throws {
        try database.execute("DELETE FROM revoked_passes WHERE ends <= ?1", [.time(now)])
        try database.execute(
            """
            INSERT INTO revoked_passes (nonce, station, ends)
            SELECT nonce, station, ends FROM pool_bookings WHERE number = ?1 ON CONFLICT (nonce) DO NOTHING
            """, [.integer(number)])
    }

    /// The passes that stations must no longer take.
    static func revokedPasses(_ database: any DatabaseSession, at now: WallTime) throws -> [StationID: [PassNonce]] {
        var passes: [StationID: [PassNonce]] = [:]
        for row in try database.rows(
            "SELECT nonce, station FROM revoked_passes WHERE ends > ?1 ORDER BY nonce", [.time(now)])
        {
            passes[try row.identifier("station"), default: []].append(try nonce(row))
        }
        return passes
    }
}

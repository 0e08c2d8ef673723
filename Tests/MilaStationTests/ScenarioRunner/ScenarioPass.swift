// Passes as scenarios call them: `her pass for the drill from 2026-11-20 11:00 until 2026-11-20 18:00`. The same words mean
// the same pass.

import Groundwork
import StationCore
import TestSupport

@testable import MilaStation

/// The passes of scenarios.
enum ScenarioPass {
    /// The pool's key, and one of another pool.
    private static let keys: (own: SigningKey, other: SigningKey)? = {
        guard let folder = try? Folder(),
            let own = try? SigningKey(file: folder.file("own.key"), name: "pool.demo.example"),
            let other = try? SigningKey(file: folder.file("other.key"), name: "pool.other.example")
        else { return nil }
        return (own, other)
    }()

    /// The key whose passes the station takes.
    static func poolKey() throws -> NoteKey { try own().noteKey }

    private static func own() throws -> SigningKey {
        guard let keys else { throw BenchError("no keys for passes could be made") }
        return keys.own
    }

    /// What is wrong with a pass, by the word in front of it.
    private enum Fault: String, CaseIterable {
        /// Somebody else has signed it.
        case forged
        /// Another pool has signed it.
        case foreign
        /// It is for another station.
        case misplaced
        /// A character was lost on the way.
        case misread
    }

    /// Whether a scenario speaks of a pass.
    static func isMeant(_ thing: String) -> Bool { thing.split(separator: " ").prefix(3).contains("pass") }

    /// The text of a pass.
    static func text(_ thing: String, by person: String, _ gaps: Gaps) throws -> String {
        let (pass, fault) = try pass(thing, by: person, gaps)
        switch fault {
        case nil, .misplaced: return try own().sign(pass)
        case .foreign: return try keys?.other.sign(pass) ?? ""
        case .forged: return pass.encode { _ in [UInt8](repeating: 1, count: 64) }
        case .misread: return try String(own().sign(pass).dropLast())
        }
    }

    /// What makes a pass one of its kind.
    static func nonce(_ thing: String, by person: String, _ gaps: Gaps) throws -> PassNonce {
        try pass(thing, by: person, gaps).pass.nonce
    }

    private static func pass(_ thing: String, by person: String, _ gaps: Gaps) throws -> (pass: Pass, Fault?) {
        guard let match = thing.wholeMatch(of: /(\S+) (?:(\w+) )?pass for (.+) from (\S+ \S+) until (\S+ \S+)/),
            let from = LocalTime(gaps.house.zone).instant(String(match.4)),
            let until = LocalTime(gaps.house.zone).instant(String(match.5))
        else {
            throw ScenarioMistake(
                "'\(thing)' is no pass",
                "Write, for instance: her pass for the drill from 2026-11-20 11:00 until 2026-11-20 18:00")
        }
        let fault = match.2.flatMap { Fault(rawValue: String($0)) }
        guard match.2 == nil || fault != nil else {
            throw ScenarioMistake(
                "a pass is not '\(match.2 ?? "")'", Gaps.choose(Fault.allCases.map(\.rawValue)))
        }
        let who = match.1.hasSuffix("'s") ? String(match.1.dropLast(2)) : person
        let key = fault == .foreign ? keys?.other.noteKey : try own().noteKey
        // `her` and `Anna's` mean the same.
        let words = EntryHash(of: Array("\(who.lowercased()) \(thing.dropFirst(match.1.count))".utf8)).bytes.prefix(8)
        guard let key, let borrower = BorrowerID(who.lowercased()),
            let station = fault == .misplaced ? StationID("elsewhere") : gaps.house.configuration.station,
            let booking = BookingID("booking-1"),
            let pass = Pass(
                key: key, nonce: PassNonce(words.reduce(0) { $0 << 8 | UInt64($1) }), station: station,
                resource: try resource(String(match.3), gaps), borrower: borrower, from: from, until: until,
                booking: booking)
        else { throw ScenarioMistake("'\(thing)' can't be made", "A pass ends after it begins.") }
        return (pass, fault)
    }

    /// `the drill`, `locker 4`, or `any of tools`.
    private static func resource(_ text: String, _ gaps: Gaps) throws -> Pass.Resource {
        if text.hasPrefix("any of ") { return .category(String(text.dropFirst("any of ".count))) }
        if text.hasPrefix("locker "), let locker = LockerID(String(text.dropFirst("locker ".count))) {
            return .locker(locker)
        }
        return .item(try gaps.item(text))
    }
}

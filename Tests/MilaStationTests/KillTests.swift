// Any of the three processes is killed at any moment, two hundred times, or as often as KILLS says and KILL_MINUTES allow. An outside ledger of what people were told and
// of what the lines did is then held against the journal and the pool: rules S1 to S5.

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct KillTests {
    static let kills = number("KILLS") ?? 200

    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    @Test func `what was told is durable and no coil moved without its entry, whoever is killed`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("kill test: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let house = try DemoStation(startsStation: false)
        let cards = SampleHouse.borrowers.prefix(2).map(\.card.text)
        // What both may have without further ado: a question or a refusal by the rules moves no coil.
        let items = SampleHouse.items.filter { !["bikes", "machines", "rooms"].contains($0.category) }.map(\.label.text)
        var killed: [DemoStation.Part: Int] = [:]
        // How long a start takes here and now: a slow machine gets the time to come as far as a fast one.
        let began = ContinuousClock.now
        try house.start(.station)
        try eventually("the guard joins") { house.screen.contains("station-ready") }
        let start = began.duration(to: .now)
        let longest = UInt32(350_000 + min(start / .microseconds(1), 2_000_000))

        let deadline = Self.number("KILL_MINUTES").map { Date(timeIntervalSinceNow: Double($0) * 60) } ?? .distantFuture
        for kill in 0..<Self.kills where Date() < deadline {
            if kill > 0, kill.isMultiple(of: 1000) { print("kill test: \(kill) of \(Self.kills) kills") }
            // People scan on, whatever has just been started again.
            house.scan(cards.randomElement(using: &generator)!)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                house.scan(items.randomElement(using: &generator)!)
            }
            // A random point, from the first instants of a start to the calm after all doors have latched.
            usleep(UInt32.random(in: 0...longest, using: &generator))
            let part = DemoStation.Part.allCases.randomElement(using: &generator)!
            #expect(house.isRunning(part), "\(part.rawValue) ended by itself: \(house.errors(of: part))")
            try house.kill(part)
            if part == .guardian {
                // Rule S3: after the service's `--outputs-off` nothing is under power.
                let powered = try house.outputs().filter { $0.value != "0" && $0.key.contains("coil") }
                #expect(powered.isEmpty, "\(powered) after seed \(seed)")
            }
            try house.start(part)
            killed[part, default: 0] += 1
            await lookIntoLockers(of: house, &generator)
        }

        // All is well again: the doors come to rest, the rest goes up, the station stops in good order.
        try await settle(house)
        #expect(house.stop(.station) == 0, "\(house.errors(of: .station))")
        #expect(house.stop(.guardian) == 0)
        #expect(house.stop(.pool) == 0)
        #expect(killed.count == 3)

        let journal = try await KilledJournal(of: house)
        try journal.checkOrder()
        try journal.checkTold(house.screens)
        let kills = killed.values.reduce(0, +)
        try journal.checkCoils(house.trace, atLeast: kills / 10)
        try journal.checkLoans()
        try journal.checkPool(house.poolDatabase)
        // A test in which nothing happened would show nothing.
        #expect(journal.count("checkout-completed") >= kills / 10)
        #expect(journal.count("return-completed") >= kills / 20)
        #expect(journal.count("outcome-unknown") >= 1)
        print(
            "kill test: \(kills) kills: \(killed.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")); \(journal.summary)"
        )
    }

    /// Somebody looks into the lockers that are in doubt, as staff would; a station that does not answer is left alone.
    private func lookIntoLockers(of house: DemoStation, _ generator: inout SeededGenerator) async {
        guard let client = ControlClient.connect(house.controlSocket),
            let status = try? await client.get("v1/status"),
            let object = try? JSONSerialization.jsonObject(with: Data(status)) as? JSONLine
        else { return }
        for locker in object["unverified"] as? [String] ?? [] {
            // Which of the two is true nobody can know here; both must leave the loans as they are.
            let content = Bool.random(using: &generator) ? Content.holds : .empty
            // The station may be killed meanwhile.
            _ = try? await client.order(AdminOrder(.found(content), id(locker), by: id("town-hall"), because: nil))
        }
    }

    private func settle(_ house: DemoStation) async throws {
        try eventually("the pool listens again") { house.errors(of: .pool).contains("listening") }
        house.scan("MCFN1X")
        let deadline = Date().addingTimeInterval(patience)
        while Date() < deadline {
            if let client = ControlClient.connect(house.controlSocket),
                let status = try? await client.get("v1/status"),
                let object = try? JSONSerialization.jsonObject(with: Data(status)) as? JSONLine,
                object["backlog"] as? Int == 0, object["busy"] as? Bool == false
            {
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw BenchError("the station did not come to rest: \(house.errors(of: .station))")
    }
}

/// The journal after the kills, held against the ledger outside.
private struct KilledJournal {
    private let entries: [JSONLine]
    private let journal: String

    init(of house: DemoStation) async throws {
        let verify = try house.run("journal", "verify")
        #expect(verify.code == 0, "\(verify.output)\(verify.errors)")
        let export = try house.run("journal", "export")
        #expect(export.code == 0, "\(export.errors)")
        entries = try jsonLines(export.output)
        journal = house.journal
    }

    private func kind(_ entry: JSONLine) -> String {
        let type = entry["type"] as? String ?? ""
        return String(type.dropFirst("org.milastation.".count).dropLast(".v1".count))
    }

    private func data(_ entry: JSONLine, _ name: String) -> String? {
        (entry["data"] as? JSONLine)?[name] as? String
    }

    func count(_ kind: String) -> Int { entries.count { self.kind($0) == kind } }

    var summary: String {
        let kinds = Dictionary(grouping: entries, by: kind).mapValues(\.count)
        return "\(entries.count) entries: " + kinds.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")
    }

    /// S4: the order has no holes.
    func checkOrder() throws {
        let sequences = entries.compactMap { ($0["sequence"] as? String).flatMap { Int($0) } }
        #expect(sequences == Array(1...entries.count))
        #expect(Set(entries.compactMap { $0["epoch"] as? String }).count == 1)
    }

    /// S4: whatever was said on the screen is in the journal, as often as it was said.
    func checkTold(_ screens: [String]) throws {
        var written: [String: Int] = [:]
        var dues: [String: String] = [:]
        for entry in entries {
            let id = entry["id"] as? String ?? ""
            switch kind(entry) {
            case "checkout-begun":
                dues[id] = data(entry, "due")
                written["locker-opens \(data(entry, "item") ?? "") \(data(entry, "due") ?? "")", default: 0] += 1
            case "return-begun":
                written["locker-opens-for-return \(data(entry, "item") ?? "") ", default: 0] += 1
            case "checkout-completed":
                let due = data(entry, "loan").flatMap { dues[$0] } ?? ""
                written["taken \(data(entry, "item") ?? "") \(due)", default: 0] += 1
            case "return-completed":
                written["returned \(data(entry, "item") ?? "") ", default: 0] += 1
            default: break
            }
        }
        var told: [String: Int] = [:]
        for screen in screens {
            let text = String(decoding: FileManager.default.contents(atPath: screen) ?? Data(), as: UTF8.self)
            for line in try jsonLines(text) {
                guard let id = line["id"] as? String,
                    ["locker-opens", "locker-opens-for-return", "taken", "returned"].contains(id)
                else { continue }
                told["\(id) \(line["item"] as? String ?? "") \(line["due"] as? String ?? "")", default: 0] += 1
            }
        }
        #expect(told.values.reduce(0, +) > 0)
        for (message, times) in told {
            // Who scans again while the door opens for a return is told again.
            let isRepeatable = message.hasPrefix("locker-opens-for-return")
            #expect(
                written[message, default: 0] >= (isRepeatable ? 1 : times),
                "told \(times) times, but not written as often: \(message)")
        }
    }

    /// S1: each pulse has an entry of its own, written before it, that opens this very locker. S2: one coil at a time.
    /// S3: no pulse is repeated, for each entry is good for one.
    func checkCoils(_ trace: [(nanoseconds: UInt64, line: String, value: String)], atLeast count: Int) throws {
        // Loans on the open shelf move no coil; an errand that joined an opening has that opening's number.
        var openings: [String: [Date]] = [:]
        for entry in entries where ["checkout-begun", "return-begun"].contains(kind(entry)) {
            guard let locker = data(entry, "locker"), data(entry, "opening") == nil else { continue }
            openings[locker, default: []].append(try #require(Self.date(entry["time"] as? String)))
        }
        let boot = Date().timeIntervalSince1970 - Double(SystemClock.monotonic.nanoseconds) / 1e9
        var powered: String?
        var pulses = 0
        for order in trace where order.line.contains("coil-") {
            if order.value == "0" {
                if powered == order.line { powered = nil }
                continue
            }
            #expect(powered == nil, "\(order.line) was energised while \(powered ?? "") was")
            powered = order.line
            pulses += 1
            let locker = String(order.line.split(separator: "-").last ?? "")
            // The clock behind the trace and that behind the entries are read a moment apart.
            let time = Date(timeIntervalSince1970: boot + Double(order.nanoseconds) / 1e9 + 0.05)
            let index = openings[locker]?.lastIndex { $0 <= time }
            let used = try #require(index, "\(order.line) was energised without an entry")
            openings[locker]?.remove(at: used)
        }
        #expect(powered == nil)
        #expect(pulses > count)
    }

    /// An item is lent once at a time, and the books are what the entries add up to.
    func checkLoans() throws {
        var open: [String: String] = [:]
        for entry in entries {
            let loan = data(entry, "loan") ?? ""
            switch kind(entry) {
            case "checkout-begun":
                let item = try #require(data(entry, "item"))
                let quantity = try #require(SampleHouse.items.first { $0.id == item }).quantity
                open[try #require(entry["id"] as? String)] = item
                #expect(open.values.count { $0 == item } <= quantity, "\(item) was lent twice")
            case "checkout-failed", "return-completed": #expect(open.removeValue(forKey: loan) != nil)
            default: break
            }
        }
        let books = try rows("SELECT id FROM loan", in: journal).map { $0["id"] as String }
        #expect(Set(books) == Set(open.keys))
    }

    /// S5: the pool has each entry once, the same ones, and set none aside.
    func checkPool(_ database: String) throws {
        let kept = try rows(
            "SELECT epoch || '-' || printf('%012d', sequence) AS id, lower(hex(hash)) AS hash, rejection FROM entries",
            in: database)
        #expect(kept.allSatisfy { $0["rejection"] as String? == nil })
        #expect(Set(kept.map { $0["id"] as String }).count == kept.count)
        let own = Dictionary(
            entries.map { ($0["id"] as? String ?? "", $0["entryhash"] as? String ?? "") }, uniquingKeysWith: { $1 })
        for entry in kept { #expect(own[entry["id"]] == entry["hash"]) }
        // All but the very last, which says that the station stopped.
        #expect(kept.count == entries.count - 1)
        #expect(try rows("SELECT 1 FROM forks", in: database).isEmpty)
        // The pool's loans are the station's.
        let theirs = try rows("SELECT id FROM loans WHERE ended IS NULL", in: database).map { $0["id"] as String }
        #expect(Set(theirs) == Set(try rows("SELECT id FROM loan", in: journal).map { $0["id"] as String }))
    }

    private static func date(_ text: String?) -> Date? {
        text.flatMap { WallTime(iso8601: $0) }.map { Date(timeIntervalSince1970: Double($0.milliseconds) / 1000) }
    }
}

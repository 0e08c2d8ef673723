// The city pool in a simulated world: what becomes of a batch is decided by the real one's intake; its database is a value
// here, committed at once or not at all, copied for a backup and put back from one.

import PoolIntake
import TestSupport

@testable import StationCore

/// What the pool's people keep: who may borrow, what is booked, which rules count.
struct SimulatedRegister {
    var version: RegisterVersion
    var borrowers = SampleHouse.borrowers
    var bookings: [Booking] = []
    var house = Self.ordinary
    /// The passes that were taken back.
    var revokedPasses: Set<PassNonce> = []

    /// Rules under which everything comes up that rules can ask for.
    static let ordinary: HouseFacts = {
        let rules: [LendingRule] = [
            .of(category: "music") { terms in
                terms.partsCheck = .each
                terms[.pinAbove] = 100
            },
            .of(category: "events") { $0.confirmation = .staff },
        ]
        return HouseFacts(policy: Policy(rules: rules))
    }()
}

/// What comes back over the network.
enum PoolAnswer {
    /// Status 200 with a body.
    case body([UInt8])
    /// Another status, and after how many seconds to come again.
    case status(Int, retryAfter: Int?)
    /// The register is another one.
    case register(SimulatedRegister)
    /// The register is as it was.
    case notModified
}

final class SimulatedPool {
    /// What is in its database.
    private struct Database {
        var incarnation: String
        var register: SimulatedRegister
        var heads: [Epoch: EpochHead] = [:]
        var places: [EntryNumber: StoredPlace] = [:]
        /// When each entry came, in nanoseconds.
        var received: [EntryNumber: UInt64] = [:]
        var books = ReplayedBooks()
        var poisoned = 0
    }

    private unowned let world: SimulatedWorld
    private var database: Database
    private var backup: Database
    private var incarnations = 1
    private(set) var isUp = true
    /// Whether it dies in the middle of the next batch: before its commit, or after it.
    private var diesNext: (beforeCommit: Bool, seconds: Int)?

    init(_ world: SimulatedWorld) {
        self.world = world
        database = Database(incarnation: "p-1", register: SimulatedRegister(version: Self.version("p-1", 1)))
        backup = database
    }

    private static func version(_ incarnation: String, _ number: UInt64) -> RegisterVersion {
        guard let version = RegisterVersion(incarnation: incarnation, number: number) else {
            preconditionFailure("\(incarnation)/\(number) is a version")
        }
        return version
    }

    // MARK: - What it knows

    func head(of epoch: Epoch) -> JournalHead? { database.heads[epoch]?.head }
    /// The hash of what is stored at a place.
    func hash(at number: EntryNumber) -> EntryHash? { database.places[number]?.hash }
    var incarnation: String { database.incarnation }
    var books: ReplayedBooks { database.books }
    var hasPoison: Bool { database.poisoned > 0 }

    // MARK: - Requests

    /// Takes a batch in; `nil` where nobody answers.
    func take(_ body: [UInt8], onlyFirstHalf: Bool = false) -> PoolAnswer? {
        guard isUp else { return nil }
        guard var elements = (try? JSON(parsing: body))?.array else { return .status(400, retryAfter: nil) }
        if onlyFirstHalf { elements = Array(elements.prefix((elements.count + 1) / 2)) }
        let arrivals = Arrival.batch(elements)
        var heads: [Epoch: EpochHead] = [:]
        var stored: [EntryNumber: StoredPlace] = [:]
        for case let number? in arrivals.map(\.number) {
            heads[number.epoch] = database.heads[number.epoch]
            stored[number] = database.places[number]
            applyAgain(number)
        }
        let intake = Intake(arrivals, source: world.source, heads: heads, stored: stored)
        if world.mutant == .poisonBlocks, !intake.rejected.isEmpty {
            let head = intake.epoch.flatMap { database.heads[$0]?.head.sequence } ?? 0
            world.see(.poolTook(arrivals.compactMap(\.number), headBefore: head))
            return .status(422, retryAfter: nil)
        }
        let answer = answer(to: intake)
        if world.mutant == .acknowledgesBeforeCommit {
            world.after(5_000_000_000) { [self] _ in commit(intake) }
            return answer
        }
        if let death = diesNext {
            diesNext = nil
            if !death.beforeCommit { commit(intake) }
            stop(seconds: death.seconds)
            return nil
        }
        let head = intake.epoch.flatMap { database.heads[$0]?.head.sequence } ?? 0
        commit(intake)
        world.see(.poolTook(arrivals.compactMap(\.number), headBefore: head))
        return onlyFirstHalf ? .status(429, retryAfter: 60) : answer
    }

    /// The register, where it is another one than the station has.
    func register(since version: RegisterVersion?) -> PoolAnswer? {
        guard isUp else { return nil }
        return version == database.register.version ? .notModified : .register(database.register)
    }

    private func answer(to intake: Intake) -> PoolAnswer {
        if !intake.forks.isEmpty {
            world.stats.count("pool", "fork")
            return .status(409, retryAfter: nil)
        }
        if intake.foreignSource != nil { return .status(400, retryAfter: nil) }
        let head = intake.epoch.flatMap { intake.heads[$0]?.head }
        let receipt = head.map { head in
            Self.key.sign(Receipt(source: world.source, head: head, incarnation: database.incarnation).text)
        }
        return .body(BatchAnswer(receipt: receipt ?? "", rejected: intake.rejected).body)
    }

    private func commit(_ intake: Intake) {
        for filling in intake.fillings {
            // A batch that came in meanwhile may have filled the place.
            guard database.places[filling.number] == nil else { continue }
            database.places[filling.number] = StoredPlace(hash: filling.hash, rejection: filling.rejection)
            database.received[filling.number] = world.now
            switch filling.arrival.content {
            case .entry(let entry, _):
                database.books.apply(entry)
                world.see(.poolApplied(filling.number))
            case .poison:
                database.poisoned += 1
                world.stats.count("pool", "poison set aside")
                world.see(.poolSetAside(filling.number))
            }
        }
        for (epoch, head) in intake.heads where head.head.sequence > database.heads[epoch]?.head.sequence ?? 0 {
            database.heads[epoch] = head
        }
    }

    /// A mutant forgets after a day that an entry came before.
    private func applyAgain(_ number: EntryNumber) {
        guard world.mutant == .dedupesByTimeWindow, let received = database.received[number],
            world.now - received > 24 * 3_600_000_000_000
        else { return }
        database.received[number] = world.now
        world.see(.poolApplied(number))
    }

    // MARK: - Its life

    func dieInNextBatch(beforeCommit: Bool, seconds: Int) { diesNext = (beforeCommit, seconds) }

    func stop(seconds: Int) {
        isUp = false
        world.after(UInt64(seconds) * 1_000_000_000) { [self] _ in isUp = true }
    }

    func backUp() { backup = database }

    /// The last backup is put back, as another life of the database.
    func restore() {
        let newest = database.register
        database = backup
        incarnations += 1
        database.incarnation = "p-\(incarnations)"
        // Its people notice and bring the register up to date.
        database.register = newest
        database.register.version = Self.version(database.incarnation, 1)
        world.see(.poolRestored)
    }

    func changeRegister(_ change: (inout SimulatedRegister) -> Void) {
        change(&database.register)
        database.register.version = Self.version(database.incarnation, database.register.version.number + 1)
    }

    // MARK: - Its key

    /// A key whose signatures nobody else in the simulated world can make.
    struct Key {
        let secret: [UInt8]
        let name: String

        var note: NoteKey {
            guard let key = NoteKey(name: name, publicKey: EntryHash(of: secret).bytes) else {
                preconditionFailure("'\(name)' is a key's name")
            }
            return key
        }

        private func signature(_ text: [UInt8]) -> [UInt8] {
            EntryHash(of: secret + text).bytes + EntryHash(of: text + secret).bytes
        }

        func sign(_ text: String) -> String { SignedNote(text: text, key: note, sign: signature).encoded }

        func signed(_ signed: SignedNote) -> Bool { signed.isSigned(by: note) { $0 == signature($1) } }
    }

    static let key = Key(secret: Array("the city's pool".utf8), name: "pool.example.org")
    /// Of a pool that is not this station's.
    static let otherKey = Key(secret: Array("another pool".utf8), name: "pool.example.org")
}

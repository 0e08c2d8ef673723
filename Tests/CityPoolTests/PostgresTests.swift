// The pool on PostgreSQL when things go wrong or happen at once: servers that restart, commits that nobody answers, pools
// that get in each other's way, and passwords.

import Foundation
import Glibc
import NIOConcurrencyHelpers
import PoolIntake
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct PostgresTests {
    private static func database(
        limits: PostgresLimits = PostgresLimits()
    ) async throws -> (PoolDatabase, address: String) {
        let address = try PostgresCluster.shared.get().makeDatabase()
        return (try await PoolDatabase(PostgresEngine(PostgresAddress(address), limits: limits)), address)
    }

    private static func account(_ journal: TestJournal, _ name: String) -> StationAccount {
        StationAccount(
            id: .of(name), source: journal.source, cardKey: [], tokenHash: EntryHash(of: Array(name.utf8)))
    }

    private static func arrivals(_ documents: [[UInt8]]) -> [Arrival] {
        Arrival.batch(documents.compactMap { try? JSON(parsing: $0) })
    }

    // MARK: - At once

    @Test func `pools that start on an empty database at once make its tables once`() throws {
        let house = try PoolHouse(on: .postgres, stations: [], admin: false)
        let postgres = try #require(house.postgres)
        let processes = try (0..<4).map { _ in
            try TestProcess("city-pool", ["station", "list", "--data", house.data, "--postgres", postgres])
        }
        for process in processes { #expect(process.wait() == 0, "\(process.errors)") }
        #expect(try house.rows("SELECT count(*) FROM migrations") == ["\(PostgresSchema.steps.count)"])
        #expect(try house.rows("SELECT count(*) FROM pool") == ["1"])
        // The control: tables of a version that this one does not know are left alone.
        _ = try house.rows("INSERT INTO migrations VALUES ('99 of tomorrow')")
        let ended = try house.run(["station", "list"])
        #expect(ended.code == 70 && ended.errors.contains("newer city-pool"))
    }

    @Test func `batches of one station wait for each other, those of others don't, and no task waits for a thread`()
        async throws
    {
        // Nobody's patience ends while a busy machine is asked whether all wait.
        let patient = PostgresLimits(statement: 300_000, lock: 300_000, answer: 300_000)
        let (store, address) = try await Self.database(limits: patient)
        let (first, second) = (TestJournal(station: "one"), TestJournal(station: "two"))
        for (journal, name) in [(first, "one"), (second, "two")] {
            #expect(try await store.add(Self.account(journal, name)))
        }
        // Another pool is in the midst of a batch of station one.
        let other = try await PostgresEngine(PostgresAddress(address), limits: patient)
        let (isHeld, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let holding = Task {
            try await other.write { database in
                try database.lock("station one")
                isHeld.signal()
                mayEnd.wait()
            }
        }
        try await soon("the lock is held") { isHeld.wait(timeout: .now()) == .success }
        let ended = NIOLockedValueBox(0)
        let waiting = (1..<PostgresEngine.connections).map { _ in
            Task {
                let outcome = try await store.take(
                    Self.arrivals(first.documents), of: Self.account(first, "one"), at: WallTime(milliseconds: 1))
                ended.withLockedValue { $0 += 1 }
                return outcome
            }
        }
        let cluster = try PostgresCluster.shared.get()
        let blocked =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
        try await soon("all wait") { try cluster.rows(blocked, in: address) == ["\(waiting.count)"] }
        let outcome = try await store.take(
            Self.arrivals(second.documents), of: Self.account(second, "two"), at: WallTime(milliseconds: 1))
        #expect(outcome.head == second.head)
        #expect(ended.withLockedValue { $0 } == 0)
        mayEnd.signal()
        try await holding.value
        var filled = 0
        for task in waiting {
            let outcome = try await task.value
            #expect(outcome.head == first.head && outcome.intake.forks.isEmpty)
            filled += outcome.intake.fillings.count
        }
        #expect(filled == first.documents.count, "each entry was applied once")
        try await other.close()
        try await store.close()
    }

    @Test func `a pool goes on while another one brings the tables up to date`() async throws {
        let (store, address) = try await Self.database()
        let query = LoanQuery(openOnly: false, limit: 10)
        #expect(try await store.loans(query).isEmpty)
        let cluster = try PostgresCluster.shared.get()
        // The statement of before would give other columns now, which PostgreSQL refuses.
        _ = try cluster.rows("ALTER TABLE loans ADD COLUMN remark TEXT", in: address)
        #expect(try await store.loans(query).isEmpty)
        // The control: a statement that is wrong stays wrong.
        await #expect(throws: PostgresError.self) {
            try await store.engine.read { _ = try $0.rows("SELECT remarks FROM loans") }
        }
        try await store.close()
    }

    @Test func `what undid each other is tried again`() async throws {
        let (store, _) = try await Self.database()
        let attempts = NIOLockedValueBox(0)
        let (one, two) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        /// Locks two things; the first time it waits in between until the other side has locked its first.
        @Sendable func cross(_ names: [String], _ mine: DispatchSemaphore, _ theirs: DispatchSemaphore) async throws {
            let isFirst = NIOLockedValueBox(true)
            try await store.engine.write { database in
                attempts.withLockedValue { $0 += 1 }
                try database.lock(names[0])
                if isFirst.withLockedValue({ first in
                    defer { first = false }; return first
                }) {
                    mine.signal()
                    theirs.wait()
                }
                try database.lock(names[1])
            }
        }
        async let left: Void = cross(["a", "b"], one, two)
        async let right: Void = cross(["b", "a"], two, one)
        _ = try await (left, right)
        #expect(attempts.withLockedValue { $0 } >= 3)
        try await store.close()
    }

    // MARK: - Servers that go

    @Test func `a server that stops or crashes costs nobody an entry`() throws {
        let server = try PostgresCluster()
        let house = try PoolHouse(on: .postgres, admin: false, server: server)
        try house.serve()
        var journal = TestJournal()
        journal.lend(times: 20)
        let documents = journal.documents
        try house.take(Array(documents[..<20]))
        // Restarted while nobody asks: the connections of before are dead, and nobody notices.
        for signal in [SIGINT, SIGQUIT] {
            try server.halt(signal)
            try server.start()
            #expect(house.receipt(try house.take([]))?.head.sequence == 20)
        }
        try server.halt()
        let answer = try house.send(Array(documents[20...]))
        #expect(answer.status == 503 && answer.problem == "unavailable" && answer.fields["retry-after"] == "2")
        #expect(try house.ask("GET", "/health").status == 503)
        try server.start()
        #expect(house.receipt(try house.take(Array(documents[20...])))?.head == journal.head)
        #expect(try house.rows("SELECT count(*), count(DISTINCT sequence) FROM entries") == ["81|81"])
        #expect(try house.rows("SELECT count(*), count(ended) FROM loans") == ["20|20"])
        #expect(house.process?.isRunning == true && house.stop() == 0)
        server.stop()
    }

    @Test func `a commit that nobody answers is answered so that the station sends again`() throws {
        let house = try PoolHouse(on: .postgres, admin: false)
        try house.serve()
        var journal = TestJournal()
        journal.lend(times: 5)
        // The server ends the connection in the midst of the commit.
        _ = try house.rows(
            """
            CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER hang_up AFTER INSERT ON entries DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION hang_up()
            """)
        let answer = try house.send(journal.documents)
        #expect(answer.status == 503 && answer.problem == "unavailable")
        #expect(house.process?.errors.contains("in the midst of a commit") == true)
        _ = try house.rows("DROP TRIGGER hang_up ON entries")
        for _ in 0..<2 { #expect(house.receipt(try house.take(journal.documents))?.head == journal.head) }
        #expect(try house.rows("SELECT count(*) FROM entries") == ["21"])
        #expect(try house.rows("SELECT count(*), count(ended) FROM loans") == ["5|5"])
        #expect(house.stop() == 0)
    }

    @Test func `nothing waits for ever: not for a statement, not for a lock, not for a server that hangs`() async throws
    {
        let cluster = try PostgresCluster.shared.get()
        let address = try cluster.makeDatabase()
        let slow = "SELECT pg_sleep(600) IS NULL AS slept"
        /// Why a question got no answer; `nil` where it got one.
        @Sendable func failure(
            _ engine: PostgresEngine, _ question: @escaping @Sendable (any DatabaseSession) throws -> Void
        )
            async -> String?
        {
            do {
                try await engine.write { try question($0) }
                return nil
            } catch StoreFailure.unavailable(let reason) {
                return reason
            } catch { return "another error: \(error)" }
        }
        let hasty = try await PostgresEngine(PostgresAddress(address), limits: PostgresLimits(statement: 3000))
        #expect(await failure(hasty) { _ = try $0.rows(slow) }?.contains("57014") == true)
        let other = try await PostgresEngine(PostgresAddress(address), limits: PostgresLimits(lock: 3000))
        let reason = try await hasty.write { database in
            try database.lock("a")
            let (reason, ended) = (NIOLockedValueBox<String?>(nil), DispatchSemaphore(value: 0))
            Task {
                let why = await failure(other) { try $0.lock("a") }
                reason.withLockedValue { $0 = why }
                ended.signal()
            }
            ended.wait()
            return reason.withLockedValue { $0 }
        }
        #expect(reason?.contains("55P03") == true, "\(reason ?? "")")
        // This side gives up what the server does not answer, and the next question has a connection of its own.
        let deaf = try await PostgresEngine(PostgresAddress(address), limits: PostgresLimits(answer: 5000))
        #expect(await failure(deaf) { _ = try $0.rows(slow) }?.contains("did not answer") == true)
        for engine in [hasty, other, deaf] {
            #expect(await failure(engine) { _ = try $0.rows("SELECT 1 AS one") } == nil)
            try await engine.close()
        }
    }

    @Test func `a server that would lose what it confirms is refused`() async throws {
        let careless = try PostgresCluster(settings: ["fsync": "off"])
        let address = try careless.makeDatabase()
        let folder = try Folder()
        let ended = try TestProcess.run("city-pool", ["station", "list", "--data", folder.path, "--postgres", address])
        #expect(ended.code == 70 && ended.errors.contains("fsync off"))
        careless.stop()

        let cluster = try PostgresCluster.shared.get()
        let name = "ascii\(UInt32.random(in: 0...UInt32.max))"
        _ = try cluster.rows(
            "CREATE DATABASE \(name) ENCODING 'SQL_ASCII' TEMPLATE template0", in: cluster.address("postgres"))
        let strange = try TestProcess.run(
            "city-pool", ["station", "list", "--data", folder.path, "--postgres", cluster.address(name)])
        #expect(strange.code == 70 && strange.errors.contains("not UTF8"))

        // What a role or a database may set for itself is set right.
        let hasty = try cluster.makeDatabase()
        let database = try #require(hasty.split(separator: "=").last)
        _ = try cluster.rows("ALTER DATABASE \(database) SET synchronous_commit = off", in: cluster.address("postgres"))
        let engine = try await PostgresEngine(PostgresAddress(hasty))
        let setting: String? = try await engine.read {
            try $0.row("SELECT current_setting('synchronous_commit') AS setting")?.get("setting")
        }
        #expect(setting == "on")
        try await engine.close()
    }

    @Test func `a text that PostgreSQL can't hold blocks nobody`() throws {
        let house = try PoolHouse(on: .postgres, admin: false)
        try house.serve()
        var journal = TestJournal()
        journal.write(.itemProposed(label: "A\u{0}B", staff: .of("s-1")))
        journal.checkOut("drill-1")
        #expect(house.receipt(try house.take(journal.documents))?.head == journal.head)
        #expect(try house.rows("SELECT label FROM proposals") == ["A\u{fffd}B"])
        #expect(try house.rows("SELECT item FROM loans") == ["drill-1"])
    }

    // MARK: - Addresses

    @Test func `a password is in no list of processes and in no log`() throws {
        let house = try PoolHouse(on: .postgres, admin: false)
        let postgres = try #require(house.postgres)
        let folder = try Folder()
        func serve(_ arguments: [String], _ name: String) throws -> TestProcess {
            let process = try TestProcess(
                "city-pool",
                ["serve", "--data", house.data, "--port", "0", "--port-file", folder.file(name)] + arguments)
            try eventually("it serves") {
                guard process.isRunning else { throw BenchError(process.errors) }
                return !fileText(folder.file(name)).isEmpty
            }
            return process
        }
        let secret = "Geheim4711"
        for (number, arguments) in [
            ["--postgres", "\(postgres) password=\(secret)"], ["--postgres=\(postgres) password=\(secret)"],
        ].enumerated() {
            let process = try serve(arguments, "port-\(number)")
            let title = fileText("/proc/\(process.identifier)/cmdline")
            #expect(!title.contains(secret) && title.contains("--postgres") && title.contains("xxxx"))
            process.send(signal: SIGTERM)
            #expect(process.wait() == 0 && !process.errors.contains(secret))
        }
        // From a file that only its owner may read; and the control: an address without a password stays as it is.
        let file = try folder.write("\(postgres) password=\(secret)\n", to: "address")
        chmod(file, 0o644)
        let open = try TestProcess.run("city-pool", ["station", "list", "--data", house.data, "--postgres-file", file])
        #expect(open.code == 70 && open.errors.contains("chmod 600") && !open.text.contains(secret))
        chmod(file, 0o600)
        let process = try serve(["--postgres-file", file], "port-file")
        process.send(signal: SIGTERM)
        #expect(process.wait() == 0)
        let plain = try serve(["--postgres", postgres], "port-plain")
        #expect(fileText("/proc/\(plain.identifier)/cmdline").contains(postgres))
        plain.send(signal: SIGTERM)
        #expect(plain.wait() == 0)
    }

    @Test(arguments: [
        ("postgresql://u:Geheim4711@[nowhere/x", Int32(2), "can't be read"), ("", 2, "can't be read"),
        ("host=/nowhere password=Geheim4711", 70, "nowhere"), ("host=/nowhere dbname='x", 2, "can't be read"),
    ])
    func `an address that leads nowhere is told without its password`(_ address: String, _ code: Int32, _ words: String)
        throws
    {
        let folder = try Folder()
        let ended = try TestProcess.run("city-pool", ["station", "list", "--data", folder.path, "--postgres", address])
        #expect(ended.code == code && ended.errors.contains(words), "\(ended)")
        #expect(!ended.text.contains("Geheim4711"))
    }
}

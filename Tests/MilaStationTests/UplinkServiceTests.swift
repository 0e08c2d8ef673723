// Uplink and register services over a real journal, against servers that answer as a test wants it, and over TLS
// against the real pool.

import Foundation
import Groundwork
import Logging
import ServiceLifecycle
import StationCore
import Synchronization
import TestSupport
import Testing

@testable import MilaStation

@Suite struct UplinkServiceTests {
    /// A loop over a journal with some entries, and a register beside it.
    private final class Bench: Sendable {
        let pool: PoolBench
        let loop: StationLoop
        let store: RegisterStoreBox
        private let faults = FaultList()
        // Its folder goes with it.
        private let journal: JournalBench

        init() async throws {
            pool = try PoolBench()
            let journal = try JournalBench()
            self.journal = journal
            store = RegisterStoreBox(store: try RegisterStore(pool.folder.path + "/register.sqlite"))
            loop = StationLoop(log: Self.log, onEntries: { _ in }, onTurn: {}, onFault: { [faults] in faults.add($0) })
            try await loop.start {
                let station = try JournalStation(journal)
                return StationLoop.Workplace(conductor: station.conductor, journal: station.journal)
            }
        }

        /// Why the loop gave up, if it did.
        var fault: JournalFault? { faults.first }

        static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        func head() async throws -> JournalHead { try await loop.ask { $0.journal.head } }

        func acknowledged() async throws -> UInt64 {
            try await loop.ask { try $0.journal.read(UploadTable.acknowledged) }
        }

        func version() async throws -> RegisterVersion? {
            let store = store
            return try await loop.ask { _ in try store.store.version() }
        }

        /// One attempt to renew the register from an answer; the version in place after it.
        func renew(_ answer: [UInt8]) async throws -> RegisterVersion? {
            let server = try ScriptedPool { _, _ in ScriptedPool.answer("200 OK", body: answer) }
            let client = try pool.client(server.url)
            let attempted = Milestone()
            let contact = PoolContact(noted: nil)
            let service = RegisterService(loop: loop, client: client, store: store, contact: contact, log: Self.log) {
                _ in
                attempted.reach()
            }
            let task = Task { try await service.run() }
            #expect(await attempted.reached(atMost: .seconds(patience)))
            task.cancel()
            _ = await task.result
            try await client.close()
            return try await version()
        }
    }

    /// The faults that ended a loop.
    private final class FaultList: Sendable {
        private let faults = Mutex<[JournalFault]>([])
        func add(_ fault: JournalFault) { faults.withLock { $0.append(fault) } }
        var first: JournalFault? { faults.withLock(\.first) }
    }

    @Test func `entries wait through portals and busy pools, and arrive when the pool has signed for them`()
        async throws
    {
        let bench = try await Bench()
        let head = try await bench.head()
        let body = try bench.pool.acknowledgement(of: head)
        let server = try ScriptedPool { number, _ in
            switch number {
            case 0: ScriptedPool.answer("200 OK", ["Content-Type: text/html"], body: Array("<html>".utf8))
            case 1: ScriptedPool.answer("503 Busy", ["Retry-After: 1"])
            default: ScriptedPool.answer("200 OK", body: body)
            }
        }
        let client = try bench.pool.client(server.url)
        let uplink = UplinkService(client: client, source: bench.pool.source, log: Bench.log, loop: bench.loop) { _ in }
        let task = Task { try await uplink.run() }
        try await soon("two answers that are none") { server.requests.count >= 2 }
        #expect(try await bench.acknowledged() == 0)
        #expect(uplink.backlog == head.sequence)
        #expect(await uplink.drained(atMost: .seconds(patience)))
        #expect(try await bench.acknowledged() == head.sequence)
        #expect(server.requests.count == 3)
        // Each time the same entries, from the first on.
        #expect(server.requests.allSatisfy { $0.contains("\(head.epoch)-000000000001") })
        task.cancel()
        _ = await task.result
        try await client.close()
        await bench.loop.finish()
        #expect(bench.fault == nil)
    }

    @Test func `a pool that does not answer keeps no station that is told to stop`() async throws {
        let bench = try await Bench()
        let server = try ScriptedPool { _, _ in nil }
        let client = try bench.pool.client(server.url, patience: .seconds(3600))
        let uplink = UplinkService(client: client, source: bench.pool.source, log: Bench.log, loop: bench.loop) { _ in }
        let group = ServiceGroup(services: [uplink], logger: Bench.log)
        let ended = Milestone()
        let running = Task {
            try await group.run()
            ended.reach()
        }
        try await soon("the pool was asked") { !server.requests.isEmpty }
        await group.triggerGracefulShutdown()
        #expect(await ended.reached(atMost: .seconds(patience)))
        running.cancel()
        _ = await running.result
        try await client.close()
        await bench.loop.finish()
    }

    @Test func `a receipt for another history of the journal is not remembered`() async throws {
        let bench = try await Bench()
        var head = try await bench.head()
        head.hash = EntryHash(of: [1])
        let body = try bench.pool.acknowledgement(of: head)
        let server = try ScriptedPool { _, _ in ScriptedPool.answer("200 OK", body: body) }
        let client = try bench.pool.client(server.url)
        let uplink = UplinkService(client: client, source: bench.pool.source, log: Bench.log, loop: bench.loop) { _ in }
        let task = Task { try await uplink.run() }
        try await soon("an answer came") { !server.requests.isEmpty }
        #expect(await !uplink.drained(atMost: .milliseconds(200)))
        #expect(try await bench.acknowledged() == 0)
        task.cancel()
        _ = await task.result
        try await client.close()
        await bench.loop.finish()
    }

    @Test func `only a receipt that the pool has signed and that contradicts the journal shows a fork`() async throws {
        let bench = try await Bench()
        let (pool, own) = (bench.pool, try await bench.head())
        let other = JournalHead(epoch: own.epoch, sequence: own.sequence, hash: EntryHash(of: [1]))
        let later = JournalHead(epoch: own.epoch, sequence: own.sequence + 5, hash: EntryHash(of: [2]))
        let elsewhere = JournalHead(epoch: Epoch(1), sequence: own.sequence, hash: EntryHash(of: [1]))
        let answers: [(name: String, status: String, body: [UInt8], isFork: Bool)] = [
            ("nothing", "409 Conflict", [], false),
            ("no JSON", "409 Conflict", Array("<html>".utf8), false),
            ("a stranger's", "409 Conflict", try pool.acknowledgement(of: other, by: pool.foreignKey), false),
            ("this very journal", "409 Conflict", try pool.acknowledgement(of: own), false),
            ("another epoch", "409 Conflict", try pool.acknowledgement(of: elsewhere), false),
            ("another status", "503 Busy", try pool.acknowledgement(of: other), false),
            ("another hash", "409 Conflict", try pool.acknowledgement(of: other), true),
            ("entries that are not here", "409 Conflict", try pool.acknowledgement(of: later), true),
        ]
        for (name, status, body, isFork) in answers {
            let server = try ScriptedPool { _, _ in ScriptedPool.answer(status, body: body) }
            let client = try pool.client(server.url)
            let forks = Mutex<[String]>([])
            let refused = Milestone()
            let log = Logger(label: "test") { _ in Listener { refused.reach() } }
            let uplink = UplinkService(client: client, source: pool.source, log: log, loop: bench.loop) { note in
                forks.withLock { $0.append(note) }
            }
            let task = Task { try await uplink.run() }
            // It says so before it looks at what the pool sent along, and that it does in any case.
            #expect(await refused.reached(atMost: .seconds(patience)))
            task.cancel()
            _ = await task.result
            #expect(forks.withLock(\.count) == (isFork ? 1 : 0), "\(name)")
            try await client.close()
        }
        await bench.loop.finish()
    }

    @Test func `a register is taken when it is newer, signed and not suddenly empty`() async throws {
        let bench = try await Bench()
        let pool = bench.pool
        func version(_ text: String) throws -> RegisterVersion { try #require(RegisterVersion(text)) }
        let empty = try await bench.renew(try pool.register("pool-1/1", items: 0))
        #expect(try empty == version("pool-1/1"))  // A station that has nothing may hear that there is nothing.
        #expect(try await bench.renew(try pool.register("pool-1/5", items: 2)) == version("pool-1/5"))
        for (name, body) in [
            ("an older one", try pool.register("pool-1/4", items: 3)),
            ("an empty one", try pool.register("pool-1/6", items: 0)),
            ("an empty one of another incarnation", try pool.register("pool-2/1", items: 0)),
            ("a stranger's", try pool.register("pool-1/7", items: 3, by: pool.foreignKey)),
            ("another station's", try pool.register("pool-1/7", items: 3, station: id("two"))),
            ("none", Array("<html>".utf8)),
        ] {
            #expect(try await bench.renew(body) == version("pool-1/5"), "\(name)")
        }
        // Only a new life of the pool's database, signed by its key, may count from 1 again.
        #expect(try await bench.renew(try pool.register("pool-2/1", items: 1)) == version("pool-2/1"))
        let applied = try await bench.loop.ask { place in
            try place.journal.entries().filter { $0.kind == .registerApplied }.compactMap(\.fields.register)
        }
        #expect(try applied == [version("pool-1/1"), version("pool-1/5"), version("pool-2/1")])
        await bench.loop.finish()
    }

    @Test func `a journal that fails when a service writes ends the station too`() async throws {
        let bench = try await Bench()
        // An entry in the way of the next one, as damage could put it there.
        try await bench.loop.ask { place in
            let entry = try #require(place.journal.sealed([.guardLost]).first)
            var twice = entry
            twice.number.sequence -= 1
            #expect(throws: JournalFault.self) { try place.journal.commit([twice], urgency: .outcome) }
        }
        try await soon("the loop gives up") { bench.fault != nil }
        await bench.loop.finish()
    }
}

/// A log that somebody listens to.
private struct Listener: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    let onEntry: @Sendable () -> Void

    init(_ onEntry: @escaping @Sendable () -> Void) { self.onEntry = onEntry }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { onEntry() }
}

/// TLS with a private root and client certificates, against the real pool.
@Suite struct PoolEncryptionTests {
    private let demo: DemoFolder
    private let folder: Folder
    private let key: NoteKey
    private let pool: TestProcess
    private let port: String

    init() throws {
        folder = try Folder()
        demo = try DemoFolder(chosen: folder.path + "/data")
        key = try #require(NoteKey(try demo.introduceStation()))
        try demo.writeHouse()
        for root in ["root", "foreign"] {
            try Self.openssl(
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=\(root)", "-keyout", "\(root).key", "-out", "\(root).pem",
                ], in: folder.path)
        }
        try Self.certify("pool", by: "root", "subjectAltName=DNS:localhost", in: folder.path)
        try Self.certify("station", by: "root", "extendedKeyUsage=clientAuth", in: folder.path)
        try Self.certify("stranger", by: "foreign", "extendedKeyUsage=clientAuth", in: folder.path)
        pool = try TestProcess(
            "city-pool",
            [
                "serve", "--data", demo.pool, "--port", "0", "--port-file", demo.poolPort, "--load", demo.house,
                "--certificate", folder.path + "/pool.pem", "--private-key", folder.path + "/pool.key",
                "--client-ca", folder.path + "/root.pem",
            ], in: folder, as: "pool")
        let file = demo.poolPort
        try eventually("the pool listens") { FileManager.default.fileExists(atPath: file) }
        port = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func openssl(_ arguments: [String], in folder: String) throws {
        let files = arguments.map { word in
            [".pem", ".key", ".csr", ".ext"].contains { word.hasSuffix($0) } ? folder + "/" + word : word
        }
        let answer = try TestProcess.run("openssl", files)
        guard answer.code == 0 else { throw BenchError("openssl \(arguments): \(answer.errors)") }
    }

    private static func certify(_ subject: String, by root: String, _ extensions: String, in folder: String) throws {
        try Data((extensions + "\n").utf8).write(to: URL(fileURLWithPath: "\(folder)/\(subject).ext"))
        try openssl(
            [
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(subject)",
                "-keyout", "\(subject).key", "-out", "\(subject).csr",
            ], in: folder)
        try openssl(
            [
                "x509", "-req", "-in", "\(subject).csr", "-CA", "\(root).pem", "-CAkey", "\(root).key",
                "-CAcreateserial", "-days", "2", "-extfile", "\(subject).ext", "-out", "\(subject).pem",
            ], in: folder)
        guard chmod("\(folder)/\(subject).key", 0o600) == 0 else { throw BenchError("chmod: errno \(errno)") }
    }

    /// The register as this client gets it.
    private func ask(
        _ url: String? = nil, root: String? = "root", certificate: String? = "station",
        patience: Duration = .seconds(60)
    ) async throws -> RegisterSnapshot? {
        let client = try PoolClient(
            StationConfiguration.PoolConfiguration(
                url: url ?? "https://localhost:\(port)", tokenFile: demo.token, key: key,
                authorityFile: root.map { folder.path + "/\($0).pem" },
                certificateFile: certificate.map { folder.path + "/\($0).pem" },
                certificateKeyFile: certificate.map { folder.path + "/\($0).key" }),
            station: id(SampleHouse.station),
            source: EntrySource(cityDomain: SampleHouse.cityDomain, station: id(SampleHouse.station)),
            patience: patience)
        let answer = await Result { try await client.register(since: nil) }
        try await client.close()
        return try answer.get()
    }

    @Test func `a station and its pool know each other by certificates of a private root`() async throws {
        #expect(try await ask()?.items.count == SampleHouse.items.count)
        // The client tries again as long as it may.
        let brief = Duration.seconds(1)
        await #expect(throws: PoolError.self, "another root") { _ = try await ask(root: "foreign", patience: brief) }
        await #expect(throws: PoolError.self, "the system's roots") { _ = try await ask(root: nil, patience: brief) }
        await #expect(throws: PoolError.self, "no certificate") { _ = try await ask(certificate: nil, patience: brief) }
        await #expect(throws: PoolError.self, "a stranger's") {
            _ = try await ask(certificate: "stranger", patience: brief)
        }
        await #expect(throws: PoolError.self, "another name") {
            _ = try await ask("https://127.0.0.1:\(port)", patience: brief)
        }
        await #expect(throws: PoolError.self, "without TLS") {
            _ = try await ask("http://localhost:\(port)", patience: brief)
        }
        #expect(try await ask() != nil)
    }

    @Test func `a private key that others may read is not used`() async throws {
        #expect(chmod(folder.path + "/station.key", 0o640) == 0)
        await #expect(throws: SecretError.self) { _ = try await ask() }
    }
}

extension Result where Failure == any Error {
    /// What work gives, or the error it throws.
    fileprivate init(_ work: () async throws -> Success) async {
        do { self = .success(try await work()) } catch { self = .failure(error) }
    }
}

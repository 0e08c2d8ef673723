// Puts a station together: journal, register, loop, guard link, uplink, control socket. Start order is dependency order,
// stop order its reverse.

internal import Foundation
internal import GRDB
internal import Groundwork
internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle
internal import StationCore
internal import UnixSignals

/// A station with everything behind its ports.
final class StationHouse: Sendable {
    /// Why the station ended.
    enum Ending: Sendable {
        /// The input ended and all that was under way is finished.
        case inputEnded
        /// It was told to stop.
        case stopped
        /// The journal failed.
        case fault
    }

    let configuration: StationConfiguration
    let loop: StationLoop
    let guardLink: GuardLink
    let uplink: UplinkService
    let console: Console
    private let client: PoolClient
    private let writer: OutputWriter
    private let log: Logger
    private let key: SigningKey
    private let register = NIOLockedValueBox<(store: RegisterStoreBox, contact: PoolContact)?>(nil)
    private let faults: AsyncStream<Void>
    private let guardJoined = Milestone()
    private let registerKnown = Milestone()

    /// A station that is not started yet.
    init(_ configuration: StationConfiguration, console: Console, writer: OutputWriter, log: Logger) throws {
        self.configuration = configuration
        self.console = console
        self.writer = writer
        self.log = log
        try DurableFile.makeFolder(configuration.dataFolder)
        key = try SigningKey(file: configuration.keyFile, name: configuration.source.description)
        client = try PoolClient(configuration.pool, station: configuration.station, source: configuration.source)
        let (faults, faulted) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.faults = faults
        // Loop, guard link and uplink know each other; whoever is made first gets the others through this relay.
        let relay = Relay()
        loop = StationLoop(
            log: log, onEntries: { relay.uplink?.journalEnds($0) }, onTurn: { relay.guardLink?.beat() },
            onFault: { _ in faulted.yield() })
        uplink = UplinkService(client: client, source: configuration.source, log: log, loop: loop) { [loop] receipt in
            // Who is being served is served to the end. The next start puts the journal aside.
            guard await Self.keep(receipt, of: configuration.journalFile, log) else { return }
            await loop.rest(atMost: Self.farewell)
            faulted.yield()
        }
        guardLink = GuardLink(path: configuration.guardSocket, table: configuration.lines, log: log) {
            [loop, guardJoined] in
            loop.post(.event($0))
            if $0 == .guardJoined { guardJoined.reach() }
        }
        relay.connect(uplink: uplink, guardLink: guardLink)
    }

    /// Opens journal and register and starts deciding; lines may be posted from now on.
    func open(screen kind: ScreenKind) async throws {
        let zone = try SystemTimeZone.table(configuration.timeZone)
        let catalogue = Catalogue(configuration.languages, zone: zone, contact: configuration.contact)
        let (configuration, guardLink, console, log) = (configuration, guardLink, console, log)
        var setup = DeskSetup(doors: configuration.doors, zone: zone)
        setup.sessionTimeout = configuration.sessionTimeout
        setup.language = configuration.language
        let deskSetup = setup
        try await loop.start { [self] in
            let opened = try JournalStore.open(configuration.journalFile, source: configuration.source)
            if let quarantine = opened.quarantine {
                let cause: Logger.Message =
                    opened.newEpoch?.reason == .forked
                    ? "ALARM: the journal was copied or restored, and put aside; a new one begins, all lockers are unverified"
                    : "the journal was damaged and put aside; a new one begins, all lockers are unverified"
                log.critical(cause, metadata: ["file": "\(quarantine.file)", "reason": "\(quarantine.reason)"])
            }
            let (store, damage) = try RegisterStore.open(configuration.registerFile)
            if let damage {
                log.critical(
                    "the register was damaged and put aside; the pool sends it anew", metadata: ["reason": "\(damage)"])
            }
            let contact = PoolContact(noted: try store.confirmed())
            register.withLockedValue { $0 = (RegisterStoreBox(store: store), contact) }
            let journal = opened.store
            let lockers = Set(configuration.doors.keys)
            let ports = StationPorts(
                journal: journal,
                facts: LiveFacts(
                    register: store, journal: journal, station: configuration.station,
                    poolKeys: [try configuration.pool.joinedKey()], lockersHere: lockers, contact: contact, zone: zone,
                    languages: configuration.languages.codes),
                guardian: guardLink,
                screen: Screen(kind, catalogue: catalogue, language: configuration.language, console: console),
                clock: SystemClock(floor: try ClockFloor.read(journal, poolTime: try store.poolTime())),
                randomness: SystemRandomness()
            )
            let program = "mila-station \(programVersion)"
            let conductor = try Conductor(
                ports: ports, setup: deskSetup, program: program, codes: configuration.scanner.codes,
                epoch: opened.newEpoch.map {
                    .epochOpened($0.reason, program: program, predecessor: $0.predecessor)
                },
                doubted: opened.newEpoch?.reason.leavesDoubt == true ? lockers.sorted() : [])
            return StationLoop.Workplace(conductor: conductor, journal: journal)
        }
        guardLink.start()
    }

    /// How long those who are being served have, once the station must end.
    private static let farewell: Duration = .seconds(120)

    /// Keeps the pool's word that it has another history of the journal; whether that worked.
    private static func keep(_ receipt: String, of journal: String, _ log: Logger) async -> Bool {
        do {
            try ForkMark.write(receipt, besides: journal)
        } catch {
            log.critical(
                "ALARM: the journal was copied or restored, which can't be noted", metadata: ["error": "\(error)"])
            return false
        }
        log.critical(
            "ALARM: the pool has another history of this journal, which was copied or restored; the station ends, and begins a new one at its next start"
        )
        return true
    }

    /// Waits until the guard answers and a register is there, each at most so long; what is missing by then, if
    /// anything. Lines that are posted after that are served.
    func missing(after patience: Duration) async -> String? {
        guard await guardJoined.reached(atMost: patience) else { return "the lock guard does not answer" }
        guard await registerKnown.reached(atMost: patience) else { return "the pool has sent no register" }
        return nil
    }

    /// Serves until the input ends, a signal comes, or the journal fails.
    ///
    /// - Parameters:
    ///   - patience: how long the uplink may take to bring the rest to the pool once the input has ended.
    func serve(drainAtMost patience: Duration) async throws -> Ending {
        guard let (register, contact) = register.withLockedValue(\.self) else {
            preconditionFailure("serve() comes after open()")
        }
        let ending = NIOLockedValueBox(Ending.stopped)
        let registerService = RegisterService(loop: loop, client: client, store: register, contact: contact, log: log) {
            if $0 != nil { self.registerKnown.reach() }
        }
        let scrub = JournalScrub(loop: loop, source: configuration.source, log: log)
        let retention = RetentionService(
            loop: loop, log: log, erasureDays: { try register.store.read { try $0.policy() }.erasureDays },
            sign: { [key] in try key.sign($0.text).encoded })
        let report = ReportService(client: client, log: log) { [self] in
            StationReport(checkpoint: try await checkpoint(), status: try await status(register, scrub))
        }
        uplink.whenAcknowledged { report.occur() }
        let services: [any Service] = [
            control(register, scrub), uplink, report, registerService, scrub, retention, StartPages(),
            PoolTimeService(loop: loop, client: client, store: register, log: log),
            Watcher(name: "input") { [self] in
                await loop.quiet.reached()
                guard !Task.isCancelled else { return }
                if await !uplink.drained(atMost: patience), patience > .zero {
                    log.warning(
                        "the pool does not have all entries yet; the journal keeps them",
                        metadata: ["waiting": "\(uplink.backlog ?? 0)"])
                }
                ending.withLockedValue { $0 = .inputEnded }
            },
            Watcher(name: "faults") { [faults] in
                for await _ in faults {
                    ending.withLockedValue { $0 = .fault }
                    return
                }
            },
        ]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        do {
            try await group.run()
        } catch {
            try? await close()  // The first error is the one to tell.
            throw error
        }
        try await close()
        return ending.withLockedValue(\.self)
    }

    private func close() async throws {
        await loop.finish()
        guardLink.stop()
        writer.drain()
        try await client.close()
    }

    private func status(_ register: RegisterStoreBox, _ scrub: JournalScrub) async throws -> JSON {
        let backlog = uplink.backlog
        return try await loop.ask { [key, configuration] place in
            try StationStatus.json(
                place, register: register.store.version(), backlog: backlog, scrub: scrub.finding, key: key.noteKey,
                lockers: Set(configuration.doors.keys))
        }
    }

    private func checkpoint() async throws -> String {
        let head = try await loop.ask { $0.journal.head }
        return try key.sign(Checkpoint(source: configuration.source, head: head).text).encoded
    }

    private func control(_ register: RegisterStoreBox, _ scrub: JournalScrub) -> ControlServer {
        ControlServer(
            socket: configuration.controlSocket, loop: loop, source: configuration.source,
            status: { [self] in try await status(register, scrub) },
            checkpoint: { [self] in try await checkpoint() },
            lockers: Set(configuration.doors.keys), log: log)
    }
}

/// Lets loop, guard link and uplink reach each other though none of them can be made before the others.
private final class Relay: Sendable {
    private let ends = NIOLockedValueBox<(uplink: UplinkService?, guardLink: GuardLink?)>((nil, nil))

    var uplink: UplinkService? { ends.withLockedValue(\.uplink) }
    var guardLink: GuardLink? { ends.withLockedValue(\.guardLink) }

    func connect(uplink: UplinkService, guardLink: GuardLink) {
        ends.withLockedValue { $0 = (uplink, guardLink) }
    }
}

/// A service that ends the station when what it watches for has happened.
private struct Watcher: Service {
    let name: String
    let happened: @Sendable () async -> Void

    func run() async throws {
        await withTaskGroup { group in
            group.addTask { await happened() }
            group.addTask { try? await gracefulShutdown() }
            await group.next()
            group.cancelAll()
        }
    }
}

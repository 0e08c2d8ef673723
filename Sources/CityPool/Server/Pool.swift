// The pool as its addresses see it: who may come in, and what is done for them. It holds no state but the database's, so
// that several of them can stand before one database.

import Groundwork
import Logging
import NIOConcurrencyHelpers
import PoolIntake
import StationCore

/// The pool's services over a database.
struct Pool: Sendable {
    let store: any PoolStore
    let incarnation: String
    private let folder: String
    private let knownKey: NIOLockedValueBox<SigningKey?>
    let logger: Logger
    /// What is available, as anybody may ask.
    let availability: AvailabilityWatch
    /// The time zone in which houses are open.
    let zone: TimeZoneTable

    /// The pool over a database, with the key from its folder.
    ///
    /// - Parameter zone: the time zone in which houses are open; that of this machine where there is none.
    /// Throws: ``PoolKeyError`` where the key is missing or another one than the pool signed with so far, and
    /// `TimeZoneTrouble` where the machine's zone makes no sense.
    init(store: any PoolStore, folder: String, logger: Logger, zone: TimeZoneTable? = nil) async throws {
        self.store = store
        self.logger = logger
        self.zone = try zone ?? SystemTimeZone.current()
        availability = AvailabilityWatch(store)
        let identity = try await store.identity()
        incarnation = identity.incarnation
        self.folder = folder
        knownKey = NIOLockedValueBox(try identity.key.map { try PoolKey.open(folder: folder, known: $0) })
    }

    /// Now, as this machine's clock says.
    var now: WallTime { PoolDatabase.now }

    /// The key that signs receipts, registers and passes; `nil` before the first station was added, which other processes may
    /// do while this one serves.
    ///
    /// Throws: as ``init(store:folder:logger:zone:)``.
    func key() async throws -> SigningKey? {
        if let key = knownKey.withLockedValue(\.self) { return key }
        let key = try await store.identity().key.map { try PoolKey.open(folder: folder, known: $0) }
        knownKey.withLockedValue { $0 = key }
        return key
    }

    // MARK: - Who may come in

    /// The station of this name, where the token is its own.
    ///
    /// Throws: ``Problem``
    func station(_ name: String?, token: String?) async throws -> StationAccount {
        guard let token else { throw Problem.noToken }
        let hash = AccessToken.hash(of: token)
        if let id = name.flatMap({ StationID($0) }), let account = try await store.station(id),
            account.tokenHash.equalsInConstantTime(hash)
        {
            return account
        }
        throw try await store.station(tokenHash: hash) == nil ? Problem.noToken : Problem.otherStation
    }

    /// Lets admins pass.
    ///
    /// Throws: ``Problem``
    func admitAdmin(token: String?) async throws {
        guard let token else { throw Problem.noToken }
        let hash = AccessToken.hash(of: token)
        if let admin = try await store.identity().adminTokenHash, admin.equalsInConstantTime(hash) { return }
        throw try await store.station(tokenHash: hash) == nil ? Problem.noToken : Problem.adminsOnly
    }

    /// Takes a station in that holds an invitation and its own key; gives the signed welcome with its token.
    ///
    /// Throws: ``Problem``
    func welcome(_ id: StationID?, _ request: JoinRequest) async throws -> String {
        guard let id, let account = try await store.station(id), let note = SignedNote(request.note),
            let wish = JoinNote(text: note.text), wish.key.signed(note), wish.source == account.source,
            wish.invitation == JoinCode.hash(of: request.secret)
        else { throw Problem.joinRefused }
        let token = AccessToken(kind: "station")
        guard try await store.join(wish, as: id, tokenHash: token.hash, at: now) else { throw Problem.joinRefused }
        logger.notice("a station has joined", metadata: ["station": "\(id)", "key": "\(wish.key)"])
        return try await signed(WelcomeNote(source: account.source, key: wish.key, token: token.text).text)
    }

    // MARK: - What is done

    /// Takes a batch of a station in and answers with a receipt for what is stored after the commit.
    ///
    /// Throws: ``Problem``
    func take(_ body: [UInt8], of account: StationAccount) async throws -> BatchAnswer {
        let json: JSON
        do { json = try JSON(parsing: body) } catch {
            throw Problem.unreadable("The body is no JSON of the kind that entries use: \(error).")
        }
        guard let elements = json.array else { throw Problem.unreadable("The body is no JSON array of entries.") }
        guard elements.count <= EntryBatch.maximumEntries else { throw Problem.tooLarge(EntryBatch.maximumBytes) }
        let outcome = try await store.take(Arrival.batch(elements), of: account, at: now)
        report(outcome, of: account)
        var receipt: String?
        if let head = outcome.head {
            receipt = try await signed(Receipt(source: account.source, head: head, incarnation: incarnation).text)
        }
        if let fork = outcome.intake.forks.first {
            // The hash of an entry that was set aside is only a claim: it shows nobody another history.
            let isSure = outcome.head.flatMap { outcome.intake.heads[$0.epoch] }?.isPoison == false
            throw Problem.fork(fork.number, count: outcome.intake.forks.count, receipt: isSure ? receipt : nil)
        }
        if let source = outcome.intake.foreignSource { throw Problem.foreignSource(source, account: account) }
        return BatchAnswer(receipt: receipt ?? "", rejected: outcome.intake.rejected)
    }

    /// Keeps what a station says of itself, where its checkpoint is its own.
    ///
    /// Throws: ``Problem``
    func keep(_ report: StationReport, of account: StationAccount) async throws {
        guard let note = SignedNote(report.checkpoint), let checkpoint = Checkpoint(text: note.text),
            checkpoint.source == account.source
        else { throw Problem.unreadable("'checkpoint' is no signed note of '\(account.source)'.") }
        // One whose token was carried by hand has shown no key.
        if let key = try await store.keys(of: account.id).first, !key.signed(note) {
            throw Problem.unreadable("'checkpoint' is not signed by the key that the station has joined with.")
        }
        try await store.keep(report, of: account.id, at: now)
    }

    /// The pool's signed note over a text.
    func signed(_ text: String) async throws -> String {
        guard let key = try await key() else { throw StoreDamage(description: "there is a station, but no key") }
        return try key.sign(text).encoded
    }

    private func report(_ outcome: IntakeOutcome, of account: StationAccount) {
        let intake = outcome.intake
        func log(_ level: Logger.Level, _ text: Logger.Message, _ more: Logger.Metadata) {
            logger.log(level: level, text, metadata: more.merging(["station": "\(account.id)"]) { first, _ in first })
        }
        for fork in intake.forks.prefix(3) {
            log(
                .critical, "ALARM: a fork: another entry came for a place that is filled, and was not applied",
                ["entry": "\(fork.number)", "hash": "\(fork.hash)", "count": "\(intake.forks.count)"])
        }
        if let source = intake.foreignSource {
            log(.error, "a batch names another source and was refused", ["source": "\(LogText.safe(source))"])
        }
        for filling in intake.fillings {
            guard let reason = filling.rejection else { continue }
            log(
                .warning, "an entry can't be applied and was set aside",
                ["entry": "\(filling.number)", "reason": "\(LogText.safe(reason))"])
        }
        for number in outcome.unmatched.prefix(10) {
            log(.warning, "an entry speaks of a loan that is not open here", ["entry": "\(number)"])
        }
        log(
            .debug, "took a batch",
            [
                "stored": "\(intake.fillings.count)", "rejected": "\(intake.rejected.count)",
                "waiting": "\(intake.waiting)",
            ])
    }
}

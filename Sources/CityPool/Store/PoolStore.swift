// What the pool asks of its database. SQLite or PostgreSQL is behind it, which is why no question speaks of rows. Each is
// answered in one transaction.

import PoolIntake
import StationCore

/// A station as the pool knows it.
struct StationAccount: Equatable, Sendable {
    /// The station.
    var id: StationID
    /// The source its entries name.
    var source: EntrySource
    /// Under which the digests of cards are made for it, 32 bytes.
    var cardKey: [UInt8]
    /// SHA-256 of its token.
    var tokenHash: EntryHash
}

/// Which pool this is.
struct PoolIdentity: Equatable, Sendable {
    /// Which life of the database this is: another one for each new database.
    var incarnation: String
    /// The public key that signed everything so far; `nil` where nothing was signed yet.
    var key: NoteKey?
    /// SHA-256 of the admin's token; `nil` where there is none.
    var adminTokenHash: EntryHash?
}

/// What a batch led to.
struct IntakeOutcome: Sendable {
    /// What was decided and done.
    var intake: Intake
    /// Where the epoch of the batch ends now; `nil` where nothing of it is stored.
    var head: JournalHead?
    /// Entries that speak of loans which the pool does not know, or which ended before.
    var unmatched: [EntryNumber]
}

/// What a station list shows of a station.
struct StationSummary: Equatable, Sendable {
    /// The station.
    var id: StationID
    /// The source its entries name.
    var source: EntrySource
    /// How many entries are stored.
    var entries: Int
    /// How many of them were set aside.
    var rejected: Int
    /// How many entries of another history came.
    var forks: Int
    /// When entries came last; `nil` where none came.
    var lastContact: WallTime?
    /// When it spoke of itself last; `nil` where it never did.
    var lastReport: WallTime?
    /// The key that it joined with last; `nil` where it has not shown one.
    var key: NoteKey?
}

/// A station's last word about itself, byte for byte.
struct KeptReport: Equatable, Sendable {
    /// When it came.
    var received: WallTime
    /// Its checkpoint, a signed note.
    var checkpoint: String
    /// Its status, JSON.
    var status: [UInt8]
}

/// A loan as the pool knows it.
struct PoolLoan: Equatable, Sendable {
    /// Its place in the order of loans, for paging.
    var position: Int64
    /// Where it began.
    var station: String
    /// The entry that began it.
    var id: String
    /// What is lent.
    var item: String
    /// To whom; `nil` where that was erased.
    var borrower: String?
    /// When it is to be back.
    var due: WallTime
    /// When it began, by the station's clock.
    var begun: WallTime
    /// When it ended; `nil` while it is open.
    var ended: WallTime?
    /// How it ended: `returned`, or `void` where the item never left.
    var ending: String?
    /// The errand at a door that is under way for it.
    var errand: String?
    /// How often it was renewed.
    var renewals: Int
    /// Whether somebody brought the item back without the borrower's card.
    var isReported: Bool
    /// The case that ended it; `nil` where its station did.
    var settled: Int64?
}

/// An item with what the pool knows of its whereabouts.
struct PoolItem: Equatable, Sendable {
    /// The item.
    var item: Item
    /// The station it lives at.
    var station: StationID
    /// How many of it are lent.
    var lent: Int
    /// In what state it is, as its station says.
    var condition: Condition
    /// Where its station's staff put it; `nil` where they didn't.
    var placed: LockerID?
    /// What is known of the content of the locker that it is in.
    var content: Content?
    /// Whether staff took that locker out of service.
    var isSuspended: Bool
    /// Whether it is marked as lost.
    var isLost: Bool
}

/// What a station proposes to those who keep the register.
struct PoolProposal: Equatable, Sendable {
    /// The entries that propose something.
    static let kinds: Set<EntryKind> = [
        .borrowerProposed, .itemProposed, .cardReplaced, .itemPlaced, .itemReceived, .stockDiffers,
    ]

    /// Its place in the order of proposals, for paging.
    var position: Int64
    /// Which station proposes it.
    var station: String
    /// The entry that says it.
    var entry: String
    /// The kind of this entry.
    var kind: String
    /// When, by the station's clock.
    var time: WallTime
    /// Whose card was replaced.
    var borrower: String?
    /// Who proposes it; `nil` where that was erased, or nobody does.
    var staff: String?
    /// The fingerprint of the card, in hex.
    var card: String?
    /// Which item it is about.
    var item: String?
    /// Where the item is now.
    var locker: String?
    /// The label of an item that the register does not have.
    var label: String?
    /// How stock differs: `missing`, `on-loan` or `too-many`.
    var difference: String?
}

/// Which loans are asked for.
struct LoanQuery: Equatable, Sendable {
    /// Only those of a station.
    var station: StationID?
    /// Only those that are open.
    var openOnly = true
    /// Only those after this position.
    var after: Int64 = 0
    /// How many at most.
    var limit: Int
}

/// The register as stations get it, all of one moment.
struct StationRegister: Sendable {
    var version: RegisterVersion
    var house: House
    /// The pool's own bookings.
    var bookings: [Booking]
    /// The passes that were taken back, by the station that they were for.
    var revokedPasses: [StationID: [PassNonce]]
}

/// Why the database could not keep something.
enum StoreFailure: Error {
    /// There is no room; what was to be written was not, and the rest is as it was.
    case full
    /// Writing or syncing failed, or the file is damaged. What the system still holds in memory may differ from what is
    /// on the disk, so nothing may be built on it: the process has to end, and start from the disk again.
    case broken(String)
    /// The database can't be reached, or did not answer in time; nothing was written.
    case unavailable(String)
    /// The connection was lost while a transaction was committed: nobody knows whether it was. What is sent again then is
    /// found or written, once.
    case uncertain(String)
}

extension StoreFailure: CustomStringConvertible {
    var description: String {
        switch self {
        case .full: "the database has no room left; nothing was written"
        case .broken(let reason): reason
        case .unavailable(let reason): "\(reason); nothing was written"
        case .uncertain(let reason):
            "\(reason); whether the last change was made is not known, so look before you repeat it"
        }
    }
}

extension PoolStore {
    /// Makes this the register, whatever was edited.
    func replace(with house: House) async throws -> RegisterVersion {
        try await replace(with: house, overwriting: true, isWhole: true)
    }
}

/// The pool's database. What writes throws ``StoreFailure`` where the database can't keep it.
protocol PoolStore: Sendable {
    /// Which pool this is.
    func identity() async throws -> PoolIdentity
    /// Begins another life of the database, and gives its name.
    func beginIncarnation() async throws -> String
    /// Keeps the public key with which this pool signs from now on. Where two processes make one at once, the first counts.
    func adopt(key: NoteKey) async throws
    /// Replaces the admin's token.
    func setAdminToken(hash: EntryHash) async throws

    /// A station; `nil` where there is none of this name.
    func station(_ id: StationID) async throws -> StationAccount?
    /// The station that a token belongs to.
    func station(tokenHash: EntryHash) async throws -> StationID?
    /// Adds a station; says whether the name was free.
    func add(_ account: StationAccount) async throws -> Bool
    /// Replaces a station's token; says whether there is such a station.
    func setToken(hash: EntryHash, of station: StationID) async throws -> Bool
    /// Invites a station with a secret, of which this is the hash, until a time; an invitation before it is void.
    func invite(_ station: StationID, secret: EntryHash, until: WallTime) async throws
    /// Takes a station in that holds an invitation: its key is known from now on, and its token is replaced. Says whether the
    /// invitation was good: of this station, in time, and used by nobody else.
    func join(_ note: JoinNote, as station: StationID, tokenHash: EntryHash, at now: WallTime) async throws -> Bool
    /// The keys that a station has joined with, the newest first.
    func keys(of station: StationID) async throws -> [NoteKey]
    /// Keeps what a station says of itself, in the place of what it said before.
    func keep(_ report: StationReport, of station: StationID, at now: WallTime) async throws
    /// What a station said of itself last; `nil` where it said nothing.
    func report(of station: StationID) async throws -> KeptReport?
    /// All stations, by name.
    func stations() async throws -> [StationSummary]

    /// Decides on a batch and does what was decided, in one transaction. Returns after the commit.
    func take(_ arrivals: [Arrival], of account: StationAccount, at now: WallTime) async throws -> IntakeOutcome
    /// Where the newest epoch of a station ends.
    func newestHead(of station: StationID) async throws -> JournalHead?
    /// Where an epoch of a station ends.
    func head(of station: StationID, epoch: Epoch) async throws -> JournalHead?
    /// Stored entries after a sequence, in order, as they are handed on.
    func entries(of station: StationID, epoch: Epoch, after: UInt64, limit: Int) async throws -> [[UInt8]]
    /// Loans in the order in which they came.
    func loans(_ query: LoanQuery) async throws -> [PoolLoan]
    /// All items with their whereabouts, by name.
    func items() async throws -> [PoolItem]
    /// Open proposals after a position, oldest first.
    func proposals(after position: Int64, limit: Int) async throws -> [PoolProposal]

    /// The entries of a station that were not applied, after one of them, by epoch and sequence.
    func setAside(of station: StationID, after number: EntryNumber?, limit: Int) async throws -> [SetAsideEntry]
    /// The entries of a station that show another history.
    func forks(of station: StationID) async throws -> [ForkedEntry]

    /// Cases, by number.
    func cases(_ query: CaseQuery) async throws -> [PoolCase]
    /// A case; `nil` where there is none of this number.
    func poolCase(_ number: Int64) async throws -> PoolCase?
    /// Takes a case on, or over from somebody else. Throws ``CaseRefusal`` where it is closed, or none.
    func takeOn(_ number: Int64, by admin: AdminID) async throws -> PoolCase
    /// Closes a case and does what goes with it, in one transaction. Throws ``CaseRefusal`` where that can't be.
    func close(_ number: Int64, _ closing: CaseClosing, at now: WallTime) async throws -> PoolCase
    /// Marks an item as lost, or no longer; says whether that was new.
    func mark(_ item: ItemID, isLost: Bool, at now: WallTime) async throws -> Bool

    /// Erases the next borrowers of whom the pool heard the last before a time: of loans that were over then, and of entries
    /// without a loan. Says whether there was anything to erase.
    func erase(before cutoff: WallTime) async throws -> Bool
    /// Leaves nothing in the files of what was erased.
    func scour() async throws

    /// The register's version; `nil` before there is a register.
    func registerVersion() async throws -> RegisterVersion?
    /// The register with its version.
    func house() async throws -> (version: RegisterVersion, house: House)?
    /// What stations get of the register and of the pool's own bookings; `nil` before there is a register.
    func stationRegister(at now: WallTime) async throws -> StationRegister?
    /// Makes this the register; the version counts up only where it differs from the one before.
    ///
    /// - Parameter overwriting: whether it takes the place of what was edited since the last time; else ``RegisterEdited``
    ///   is thrown where there is something that would be lost.
    func replace(with house: House, overwriting: Bool, isWhole: Bool) async throws -> RegisterVersion
    /// Changes the register, in one transaction: nobody's change in the meantime is lost.
    func edit(_ change: @escaping @Sendable (House) throws -> House) async throws -> RegisterVersion

    /// Makes a booking.
    ///
    /// Throws: ``BookingRefusal`` where it can't be made.
    func book(_ request: BookingRequest, at now: WallTime) async throws -> PoolBooking
    /// Gives a booking that is not fetched yet another time; what is `nil` stays as it is.
    ///
    /// Throws: ``BookingRefusal`` where that can't be.
    func change(booking number: Int64, from: WallTime?, until: WallTime?, at now: WallTime) async throws -> PoolBooking
    /// Takes a booking back that is not fetched yet.
    ///
    /// Throws: ``BookingRefusal`` where that can't be.
    func cancel(booking number: Int64, at now: WallTime) async throws -> PoolBooking
    /// A booking.
    ///
    /// Throws: ``BookingRefusal`` where there is none.
    func booking(_ number: Int64) async throws -> PoolBooking
    /// What the pass for a booking is made of.
    ///
    /// Throws: ``BookingRefusal`` where there is none.
    func pass(of number: Int64) async throws -> PassBasis
    /// What is available from a time on; `nil` before there is a register.
    func availability(at now: WallTime) async throws -> AvailabilityBasis?
    /// Bookings by number.
    func bookings(_ query: BookingQuery, at now: WallTime) async throws -> [PoolBooking]

    /// Ends what holds the database, when what is under way is finished.
    func close() async throws
}

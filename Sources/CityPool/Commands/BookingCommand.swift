// `city-pool booking`: the pool's own bookings.

import ArgumentParser
import Foundation
import Groundwork
import StationCore

struct BookingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "booking", abstract: "Makes, lists, changes and cancels bookings.",
        subcommands: [AddBooking.self, ListBookings.self, ChangeBooking.self, CancelBooking.self, PassOfBooking.self])
}

/// This machine's time, in milliseconds since 1970.
private var now: WallTime { WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

/// An option's value as what it stands for.
private func read<Value>(_ option: String, _ text: String?, _ shape: String, _ read: (String) -> Value?) throws
    -> Value?
{
    guard let text else { return nil }
    guard let value = read(text) else { throw ValidationError("\(option) '\(LogText.safe(text))' is not \(shape).") }
    return value
}

private func readInstant(_ option: String, _ text: String?) throws -> WallTime? {
    try read(option, text, HouseText.instantShape, HouseText.instant)
}

private func readIdentifier<Subject>(_ option: String, _ text: String?) throws -> Identifier<Subject>? {
    try read(option, text, HouseText.identifierShape, Identifier.init)
}

private func require<Value>(_ value: Value?, _ option: String) throws -> Value {
    guard let value else { throw ValidationError("\(option) is missing.") }
    return value
}

/// Prints a booking: one line, its parts separated by tabs, or JSON.
private func show(_ booking: PoolBooking, asJSON: Bool) {
    let json = booking.json(at: now)
    guard !asJSON else { return print(String(decoding: json.canonical, as: UTF8.self)) }
    let subject = "\(booking.subject.kind.rawValue) \(booking.subject.name)"
    let state = booking.state(at: now).rawValue + (booking.isOverdue(at: now) ? " (overdue)" : "")
    print(
        [
            "\(booking.number)", state, booking.from.iso8601, booking.until.iso8601, booking.station.text, subject,
            booking.item?.text ?? "-", booking.borrower?.text ?? "(erased)",
        ].joined(separator: "\t"))
}

struct AddBooking: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Makes a booking, where what is wanted is free all the time.")

    @Option(help: "Who books.") var borrower: String
    @Option(help: "From when: \(HouseText.instantShape).") var from: String
    @Option(help: "Until when.") var until: String
    @Option(help: "One item; of equals, one of them.") var item: String?
    @Option(help: "Any item of a category; needs --station.") var category: String?
    @Option(help: "A locker with all that lives in it; needs --station.") var locker: String?
    @Option(help: "A room, which is a locker too; needs --station.") var room: String?
    @Option(help: "The station where it is fetched.") var station: String?
    @Flag(help: "Write JSON.") var json = false

    @OptionGroup var data: DataOptions

    func validate() throws { _ = try request() }

    private func request() throws -> BookingRequest {
        let wish = BookingWish(
            item: try readIdentifier("--item", item),
            category: try read("--category", category, HouseText.identifierShape, HouseText.sharedName),
            locker: try readIdentifier("--locker", locker), room: try readIdentifier("--room", room),
            station: try readIdentifier("--station", station))
        guard let subject = wish.subject else { throw ValidationError("A booking \(BookingWish.shape).") }
        return BookingRequest(
            subject: subject, borrower: try require(try readIdentifier("--borrower", borrower), "--borrower"),
            from: try require(try readInstant("--from", from), "--from"),
            until: try require(try readInstant("--until", until), "--until"))
    }

    func run() async throws {
        let request = try request()
        show(try await data.use { try await $0.book(request, at: now) }, asJSON: json)
    }
}

struct ListBookings: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists bookings that are open, by number.")

    @Option(help: "Only those at a station.") var station: String?
    @Option(help: "Only those of a borrower.") var borrower: String?
    @Flag(help: "Those too that are over or cancelled.") var all = false
    @Flag(help: "Write one JSON object a line.") var json = false

    @OptionGroup var data: DataOptions

    /// How many bookings are in memory at a time.
    private static let pageCount = 500

    func validate() throws { _ = try query() }

    private func query() throws -> BookingQuery {
        BookingQuery(
            station: try readIdentifier("--station", station), borrower: try readIdentifier("--borrower", borrower),
            openOnly: !all, limit: Self.pageCount)
    }

    func run() async throws {
        var query = try query()
        try await data.use { store in
            while true {
                let bookings = try await store.bookings(query, at: now)
                for booking in bookings { show(booking, asJSON: json) }
                guard let last = bookings.last else { return }
                query.after = last.number
            }
        }
    }
}

/// The number of a booking, as an argument.
struct BookingArgument: ParsableArguments {
    @Argument(help: "The booking's number.") var number: Int64
}

struct ChangeBooking: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Gives a booking another time, as long as it is not fetched.")

    @OptionGroup var booking: BookingArgument
    @Option(help: "From when.") var from: String?
    @Option(help: "Until when.") var until: String?
    @Flag(help: "Write JSON.") var json = false
    @OptionGroup var data: DataOptions

    func validate() throws {
        guard from != nil || until != nil else { throw ValidationError("Give --from, --until or both.") }
        _ = (try readInstant("--from", from), try readInstant("--until", until))
    }

    func run() async throws {
        let (from, until) = (try readInstant("--from", from), try readInstant("--until", until))
        let changed = try await data.use {
            try await $0.change(booking: booking.number, from: from, until: until, at: now)
        }
        show(changed, asJSON: json)
    }
}

struct CancelBooking: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Takes a booking back, as long as it is not fetched.")

    @OptionGroup var booking: BookingArgument
    @Flag(help: "Write JSON.") var json = false
    @OptionGroup var data: DataOptions

    func run() async throws {
        show(try await data.use { try await $0.cancel(booking: booking.number, at: now) }, asJSON: json)
    }
}

extension BookingPass.Form: ExpressibleByArgument {}

struct PassOfBooking: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pass", abstract: "Writes the pass for a booking, to be scanned at its station.",
        discussion: "Who has the pass gets what is booked: write it where nobody else reads it.")

    @OptionGroup var booking: BookingArgument
    @Option(help: "'text', 'svg' for a QR code, or 'page' for an HTML page to print.") var form = BookingPass.Form.text
    @Option(help: "The time zone of the page's times; without it, this machine's.") var timeZone: String?
    @OptionGroup var data: DataOptions

    func validate() throws { try checkTimeZone(timeZone) }

    func run() async throws {
        let zone = try timeZone.map { try SystemTimeZone.table($0) } ?? SystemTimeZone.current()
        let (identity, basis) = try await data.use { store in
            (try await store.identity(), try await store.pass(of: booking.number))
        }
        guard let known = identity.key else {
            throw CommandError("the pool has no key yet: add a station first", code: ExitCode.usage)
        }
        let key = try PoolKey.open(folder: data.folder, known: known)
        print(try BookingPass(basis, key: key, zone: zone, at: now).body(form), terminator: "")
    }
}

// `city-pool case`: what people have to see to.

import ArgumentParser
import Groundwork
import StationCore

struct CaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Lists, shows and closes cases: what people have to see to.",
        subcommands: [ListCases.self, ShowCase.self, TakeCase.self, CloseCase.self])
}

/// In which language cases are told, and how.
struct CaseForm: ParsableArguments {
    @Option(help: "The language: de or en.")
    var language = "de"

    @Flag(help: "Write one JSON object a line.")
    var json = false

    func validate() throws {
        guard ["de", "en"].contains(language) else { throw ValidationError("--language is de or en.") }
    }

    fileprivate func text(_ text: LocalizedText) -> String {
        LogText.safe(language == "de" ? text.german : text.english)
    }

    /// Writes a case in full.
    fileprivate func show(_ found: PoolCase) {
        if json {
            print(String(decoding: found.json.canonical, as: UTF8.self))
            return
        }
        print("\(found.number)\t\(found.kind.rawValue)\t\(found.state.rawValue)")
        print(text(found.text))
        print(text(found.remedy))
        let details = [
            ("item", found.item), ("station", found.station), ("home", found.home), ("locker", found.locker),
            ("borrower", found.borrower), ("time", found.time?.iso8601), ("received", found.received.iso8601),
            ("taken by", found.takenBy), ("closed", found.closed?.iso8601), ("closed by", found.closedBy),
            ("action", found.action?.rawValue), ("note", found.note),
        ]
        for (name, value) in details { if let value { print("\(name)\t\(LogText.safe(value))") } }
        for cause in found.causes { print("entry\t\(LogText.safe(cause.station))\t\(cause.entry)") }
    }
}

/// The number of a case, as an argument.
struct CaseArgument: ParsableArguments {
    @Argument(help: "The case's number.")
    var number: Int64

    func validate() throws {
        guard number > 0 else { throw ValidationError("a case has a number from 1 on.") }
    }
}

/// Who works a case off.
struct CaseWorker: ParsableArguments {
    @Option(help: "Who sees to it: an account's name, no person's civil name.")
    var by: String

    func validate() throws { _ = try id() }

    fileprivate func id() throws -> AdminID {
        guard let id = AdminID(by) else { throw ValidationError("--by is \(HouseText.identifierShape).") }
        return id
    }
}

struct ListCases: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the cases that are not closed, by number.")

    @OptionGroup var data: DataOptions
    @OptionGroup var form: CaseForm

    @Flag(help: "Closed ones too.")
    var all = false

    @Option(help: "Only those at a station.")
    var station: String?

    /// How many cases are in memory at a time.
    private static let pageCount = 500

    func validate() throws {
        if let station, StationID(station) == nil { throw ValidationError("--station is no identifier.") }
    }

    func run() async throws {
        try await data.use { store in
            var query = CaseQuery(
                openOnly: !all, station: station.flatMap { StationID($0) }, limit: Self.pageCount)
            while let last = try await store.cases(query).map(list).last { query.after = last }
        }
    }

    /// Lists a case, and gives its number.
    private func list(_ found: PoolCase) -> Int64 {
        if form.json {
            form.show(found)
        } else {
            print(
                "\(found.number)\t\(found.kind.rawValue)\t\(found.state.rawValue)\t\(found.station)\t"
                    + form.text(found.text))
        }
        return found.number
    }
}

struct ShowCase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a case: what is the matter, what to do, and which entries say so.")

    @OptionGroup var argument: CaseArgument
    @OptionGroup var data: DataOptions
    @OptionGroup var form: CaseForm

    func run() async throws {
        guard let found = try await data.use({ try await $0.poolCase(argument.number) }) else {
            throw CommandError("there is no case \(argument.number); see 'city-pool case list'", code: ExitCode.usage)
        }
        form.show(found)
    }
}

struct TakeCase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take", abstract: "Says that somebody has taken a case on.")

    @OptionGroup var argument: CaseArgument
    @OptionGroup var worker: CaseWorker
    @OptionGroup var data: DataOptions
    @OptionGroup var form: CaseForm

    func run() async throws {
        let by = try worker.id()
        let taken = try await data.use { store in
            try await refusing { try await store.takeOn(argument.number, by: by) }
        }
        form.show(taken)
    }
}

struct CloseCase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Closes a case, and does to ledger and register what goes with it.")

    @OptionGroup var argument: CaseArgument
    @OptionGroup var worker: CaseWorker
    @OptionGroup var data: DataOptions
    @OptionGroup var form: CaseForm

    @Option(help: "What is done: \(Self.actions). Not every case knows all.")
    var action = CaseAction.noted.rawValue

    @Option(help: "What there is to say about it. No names: it is kept.")
    var note: String?

    private static let actions = CaseAction.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws { _ = try closing() }

    func run() async throws {
        let closing = try closing()
        form.show(
            try await data.use { store in
                try await refusing { try await store.close(argument.number, closing, at: PoolDatabase.now) }
            })
    }

    private func closing() throws -> CaseClosing {
        guard let action = CaseAction(rawValue: action) else {
            throw ValidationError("--action is one of \(Self.actions).")
        }
        if let note, HouseText.name(note) == nil { throw ValidationError("--note is \(HouseText.nameShape).") }
        return CaseClosing(by: try worker.id(), action: action, note: note)
    }
}

/// Turns what is in the way of a case into an error for the person at the command line.
private func refusing(_ body: () async throws -> PoolCase) async throws -> PoolCase {
    do { return try await body() } catch let refusal as CaseRefusal {
        throw CommandError(refusal.description, code: ExitCode.usage)
    }
}

// `city-pool station`: the stations that may send entries and fetch the register.

import ArgumentParser
import Groundwork
import StationCore

struct StationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station", abstract: "Adds and lists stations.",
        subcommands: [AddStation.self, ListStations.self, RenewToken.self])
}

/// The name of a station, as an argument.
struct StationArgument: ParsableArguments {
    @Argument(help: "The station's identifier: 1 to 64 letters, digits, '.', '_' or '-'.")
    var name: String

    func validate() throws { _ = try id() }

    /// The station.
    func id() throws -> StationID {
        guard let id = StationID(name) else {
            throw ValidationError("'\(LogText.safe(name))' can't be the name of a station.")
        }
        return id
    }
}

struct AddStation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a station and prints its token, this once.")

    @OptionGroup var station: StationArgument
    @OptionGroup var data: DataOptions

    @Option(help: "The city's domain, e.g. potsdam.de: it keeps the entries of two cities apart.")
    var cityDomain: String

    func validate() throws {
        if PoolKey.domain(cityDomain) == nil {
            throw ValidationError("--city-domain is a DNS name in lower case, e.g. potsdam.de.")
        }
    }

    func run() async throws {
        let (id, token) = (try station.id(), AccessToken(kind: "station"))
        let account = StationAccount(
            id: id, source: EntrySource(cityDomain: cityDomain, station: id), cardKey: Randomness.bytes(32),
            tokenHash: token.hash)
        let (key, isNew) = try await data.use { store in
            let key = try await PoolKey.ensure(store, folder: data.folder, cityDomain: cityDomain)
            return (key, try await store.add(account))
        }
        guard isNew else {
            throw CommandError(
                "station '\(id)' is there already; 'city-pool station token \(id)' gives it a new token",
                code: ExitCode.usage)
        }
        print(token.text)
        tell("Station '\(id)' is added. Above is its token, this once: put it into the station's token file now.")
        tell("The pool's key, for the station's configuration: \(key.noteKey)")
    }
}

struct ListStations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the stations.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        let stations = try await data.use { try await $0.stations() }
        print("station\tsource\tentries\tset aside\tforks\tlast contact")
        for station in stations {
            let contact = station.lastContact?.iso8601 ?? "never"
            print(
                "\(station.id)\t\(station.source)\t\(station.entries)\t\(station.rejected)\t\(station.forks)"
                    + "\t\(contact)")
        }
    }
}

struct RenewToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Gives a station a new token and prints it, this once; the old one is void.")

    @OptionGroup var station: StationArgument
    @OptionGroup var data: DataOptions

    func run() async throws {
        let (id, token) = (try station.id(), AccessToken(kind: "station"))
        guard try await data.use({ try await $0.setToken(hash: token.hash, of: id) }) else {
            throw CommandError("there is no station '\(id)'; see 'city-pool station list'", code: ExitCode.usage)
        }
        print(token.text)
        tell("Above is the new token of '\(id)', this once: put it into the station's token file now.")
    }
}

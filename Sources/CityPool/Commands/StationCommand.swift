// `city-pool station`: the stations that may send entries and fetch the register.

import ArgumentParser
import Foundation
import Groundwork
import StationCore

struct StationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station", abstract: "Adds and lists stations.",
        subcommands: [AddStation.self, InviteStation.self, ListStations.self, RenewToken.self])
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

struct InviteStation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Makes a code with which a station joins, and prints it, this once.",
        discussion: """
            'mila-station join' asks for the code. It is good for one board; the one before is void. A station that is not there \
            yet is added; one that has joined keeps its token until it joins again, as a new board does.
            """)

    @OptionGroup var station: StationArgument
    @OptionGroup var data: DataOptions

    @Option(help: "The city's domain, e.g. potsdam.de, where the station is not there yet.")
    var cityDomain: String?

    @Option(help: "For how many days the code is good: 1 to 90.")
    var days = 7

    func validate() throws {
        if let cityDomain, PoolKey.domain(cityDomain) == nil {
            throw ValidationError("--city-domain is a DNS name in lower case, e.g. potsdam.de.")
        }
        guard (1...90).contains(days) else { throw ValidationError("--days is a number from 1 to 90.") }
    }

    func run() async throws {
        let id = try station.id()
        let until = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
            .adding(milliseconds: Int64(days) * 86_400_000)
        let code = try await data.use { store in
            let key = try await key(store, of: id)
            var code: JoinCode?
            while code == nil { code = JoinCode(secret: Randomness.bytes(JoinCode.secretByteCount), poolKey: key) }
            guard let code else { preconditionFailure("the loop ends with a code") }
            try await store.invite(id, secret: JoinCode.hash(of: code.secret), until: until)
            return code
        }
        print(code.text)
        tell("Above is the code with which '\(id)' joins, this once. It is good until \(until.iso8601), for one board.")
    }

    /// The pool's key; the station is there then.
    private func key(_ store: any PoolStore, of id: StationID) async throws -> NoteKey {
        if try await store.station(id) != nil, let key = try await store.identity().key { return key }
        guard let cityDomain else {
            throw CommandError(
                "there is no station '\(id)' yet; with --city-domain it is added", code: ExitCode.usage)
        }
        let key = try await PoolKey.ensure(store, folder: data.folder, cityDomain: cityDomain)
        // Nobody knows this token: the station gets its own when it joins.
        _ = try await store.add(
            StationAccount(
                id: id, source: EntrySource(cityDomain: cityDomain, station: id), cardKey: Randomness.bytes(32),
                tokenHash: AccessToken(kind: "station").hash))
        return key.noteKey
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

// `city-pool admin-token` and `city-pool key`: what admins and stations need to trust each other.

import ArgumentParser
import Groundwork
import StationCore

struct AdminTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin-token",
        abstract: "Makes an admin's token and prints it, this once; the one before is void.")

    @OptionGroup var data: DataOptions

    func run() async throws {
        let token = AccessToken(kind: "admin")
        try await data.use { try await $0.setAdminToken(hash: token.hash) }
        print(token.text)
        tell("Above is the admin's token, this once.")
    }
}

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Prints the pool's public key, for the configuration of its stations.")

    @OptionGroup var data: DataOptions

    @Option(help: "The city's domain; makes the key where there is none yet.")
    var cityDomain: String?

    func run() async throws {
        if let cityDomain, PoolKey.domain(cityDomain) == nil {
            throw ValidationError("--city-domain is a DNS name in lower case, e.g. potsdam.de.")
        }
        let key = try await data.use { store in
            if let cityDomain {
                try await PoolKey.ensure(store, folder: data.folder, cityDomain: cityDomain).noteKey
            } else {
                try await store.identity().key
            }
        }
        guard let key else {
            throw CommandError(
                "this pool has no key yet; it is made with the first station, or by --city-domain",
                code: ExitCode.usage)
        }
        print(key)
    }
}

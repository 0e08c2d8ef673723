// `city-pool proposals`: what stations propose to those who keep the register.

import ArgumentParser
import Groundwork
import StationCore

struct ProposalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proposals", abstract: "Lists what stations propose for the register, oldest first.",
        discussion: "A proposal is on the list until the register says the same.")

    @OptionGroup var data: DataOptions

    @Flag(help: "Write one JSON object a line.")
    var json = false

    /// How many proposals are in memory at a time.
    private static let pageCount = 500

    func run() async throws {
        try await data.use { store in
            var position: Int64 = 0
            while let last = try await listPage(of: store, after: position) { position = last }
        }
    }

    /// Lists some proposals, and gives the position of the last one; `nil` where there is none.
    private func listPage(of store: PoolDatabase, after position: Int64) async throws -> Int64? {
        let proposals = try await store.proposals(after: position, limit: Self.pageCount)
        for proposal in proposals {
            if json {
                print(String(decoding: proposal.json.canonical, as: UTF8.self))
            } else {
                let details = proposal.details.map { "\($0.name) \(LogText.safe($0.text))" }
                print(([proposal.time.iso8601, proposal.station, proposal.kind] + details).joined(separator: "\t"))
            }
        }
        return proposals.last?.position
    }
}

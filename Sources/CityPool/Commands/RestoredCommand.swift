// `city-pool restored`: after the database was put back from a backup.

import ArgumentParser

struct RestoredCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restored", abstract: "Tells the stations that the database was put back from a backup.",
        discussion: """
            Begins a new incarnation, so that stations take the register again though its number may be lower than the one \
            they have. What the backup lacks of their journals they send again by themselves. Call it before the pool serves.
            """)

    @OptionGroup var data: DataOptions

    func run() async throws {
        print(try await data.use { try await $0.beginIncarnation() })
        tell("The pool has a new incarnation; stations fetch the register again.")
    }
}

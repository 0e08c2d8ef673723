// `city-pool register`: brings the register in, from a house file or from spreadsheets.

import ArgumentParser
import Foundation
import Groundwork
import StationCore

struct RegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Loads the register.",
        subcommands: [LoadRegister.self, LoadItems.self, LoadBorrowers.self])
}

/// Whether a file takes back what was edited.
struct Overwriting: ParsableArguments {
    @Flag(help: "Take back what was edited since the last file, where this one says otherwise.")
    var overwrite = false
}

struct LoadRegister: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Makes a house file (YAML or JSON) the register.",
        discussion: """
            All of the register before is replaced. Where the file has mistakes, all are named and nothing changes. Where it \
            would take back what was edited by command or by a case, that is named, and nothing changes without --overwrite.
            """)

    @Argument(help: "The house file.")
    var file: String

    @OptionGroup var data: DataOptions
    @OptionGroup var overwriting: Overwriting

    func run() async throws {
        if (file as NSString).pathExtension.lowercased() == "csv" {
            throw CommandError(
                "a table is one part of the register: use 'register load-items' or 'register load-borrowers'",
                code: ExitCode.usage)
        }
        // The file first: its mistakes are told even while a pool is running.
        let house = try HouseYAML.read(file: file)
        report(
            try await data.use { try await $0.replace(with: house, overwriting: overwriting.overwrite, isWhole: true) })
    }
}

struct LoadItems: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load-items", abstract: "Makes a table (CSV) the list of items; the rest of the register stays.",
        discussion: "Columns: \(HouseCSV.itemColumns.joined(separator: ", ")).")

    @Argument(help: "The table.")
    var file: String

    @OptionGroup var data: DataOptions
    @OptionGroup var overwriting: Overwriting

    func run() async throws {
        let version = try await data.use { store in
            let house = try await store.house()?.house
            return try await store.replace(
                with: try HouseCSV.items(file: file, into: house ?? House()), overwriting: overwriting.overwrite,
                isWhole: false)
        }
        report(version)
    }
}

struct LoadBorrowers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load-borrowers",
        abstract: "Makes a table (CSV) the list of borrowers; the rest of the register stays.",
        discussion: "Columns: \(HouseCSV.borrowerColumns.joined(separator: ", ")).")

    @Argument(help: "The table.")
    var file: String

    @OptionGroup var data: DataOptions
    @OptionGroup var overwriting: Overwriting

    func run() async throws {
        let version = try await data.use { store in
            guard let house = try await store.house()?.house else {
                throw CommandError("there is no register yet; load the house file first", code: ExitCode.usage)
            }
            return try await store.replace(
                with: try HouseCSV.borrowers(file: file, into: house), overwriting: overwriting.overwrite,
                isWhole: false)
        }
        report(version)
    }
}

// `city-pool item` and `city-pool borrower`: the register, row by row.

import ArgumentParser
import Groundwork
import StationCore

struct ItemCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "item", abstract: "The items of the register: lists, adds, changes and removes them.",
        subcommands: [
            ListRows<ItemTable>.self, ShowRow<ItemTable>.self, AddRow<ItemTable>.self, ChangeRow<ItemTable>.self,
            RemoveRow<ItemTable>.self, ImportRows<ItemTable>.self, LostItem.self, FoundItem.self,
        ])
}

struct BorrowerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "borrower", abstract: "The borrowers of the register: lists, adds, changes and removes them.",
        subcommands: [
            ListRows<BorrowerTable>.self, ShowRow<BorrowerTable>.self, AddRow<BorrowerTable>.self,
            ChangeRow<BorrowerTable>.self, RemoveRow<BorrowerTable>.self, ImportRows<BorrowerTable>.self,
        ])
}

extension PoolDatabase {
    /// The register, for a command that reads it.
    ///
    /// Throws: ``CommandError`` where there is none.
    func registered() async throws -> House {
        guard let house = try await house()?.house else { throw CommandError.noRegister }
        return house
    }
}

extension CommandError {
    static let noRegister = CommandError(
        "there is no register yet; load a house file first: 'city-pool register load FILE'", code: ExitCode.usage)
}

/// Writes what a change of the register came to.
func report(_ version: RegisterVersion) {
    print(version)
    tell("The register is at version \(version.number).")
}

/// The identifier of a row, as an argument.
struct RowArgument: ParsableArguments {
    @Argument(help: "The identifier.")
    var id: String
}

/// What a row says, as `COLUMN=VALUE`.
struct RowValues<Table: RegisterTable>: ParsableArguments {
    @Argument(help: "What it says, as COLUMN=VALUE; an empty value clears it. Columns are those of tables.")
    var values: [String]

    func validate() throws { _ = try cells() }

    /// The columns with their values.
    func cells() throws -> [String: String] {
        var cells: [String: String] = [:]
        for value in values {
            let halves = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            // A card's code has no place in a list of processes (rule S10).
            guard halves.count == 2, halves[0] != "id",
                Table.writtenColumns.contains(halves[0])
                    || ["name", "parts"].contains(halves[0]) && Table.columns.contains(halves[0])
            else {
                let known = Table.columns.filter { !["id", "cards", "pins"].contains($0) }.joined(separator: ", ")
                throw ValidationError("'\(LogText.name(halves[0]))' is no COLUMN=VALUE; columns are \(known).")
            }
            guard cells.updateValue(halves[1], forKey: halves[0]) == nil else {
                throw ValidationError("'\(halves[0])' is there twice.")
            }
        }
        return cells
    }
}

struct ListRows<Table: RegisterTable>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list", abstract: "Writes all of them as a table (CSV), which 'import' takes again.")
    }

    @OptionGroup var data: DataOptions

    func run() async throws {
        let rows = try await data.use { Table.rows(of: try await $0.registered()) }
        print(CSVTable.text(Table.writtenColumns, rows), terminator: "")
    }
}

struct ShowRow<Table: RegisterTable>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: "Shows one of them, a column a line.")
    }

    @OptionGroup var row: RowArgument
    @OptionGroup var data: DataOptions

    func run() async throws {
        let rows = try await data.use { Table.rows(of: try await $0.registered()) }
        guard let row = rows.first(where: { $0["id"] == row.id }) else {
            throw CommandError(
                "there is no \(Table.thing) '\(LogText.safe(row.id))'; see 'city-pool \(Table.thing) list'",
                code: ExitCode.usage)
        }
        for column in Table.writtenColumns { if let text = row[column] { print("\(column)\t\(LogText.safe(text))") } }
    }
}

struct AddRow<Table: RegisterTable>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "add", abstract: "Adds one of them.")
    }

    @OptionGroup var row: RowArgument
    @OptionGroup var values: RowValues<Table>
    @OptionGroup var data: DataOptions

    func run() async throws { try await edit(Table.self, row, values, .add, data) }
}

struct ChangeRow<Table: RegisterTable>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "change", abstract: "Changes some columns of one of them.")
    }

    @OptionGroup var row: RowArgument
    @OptionGroup var values: RowValues<Table>
    @OptionGroup var data: DataOptions

    func run() async throws { try await edit(Table.self, row, values, .change, data) }
}

private func edit<Table: RegisterTable>(
    _ table: Table.Type, _ row: RowArgument, _ values: RowValues<Table>, _ mode: RowMode, _ data: DataOptions
) async throws {
    var cells = try values.cells()
    cells["id"] = row.id
    let rows = [CSVTable.Row(line: nil, cells: cells)]
    report(
        try await data.use { store in
            try await store.edit { try Table.edit(rows, file: Table.thing, mode, in: $0) }
        })
}

struct RemoveRow<Table: RegisterTable>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "remove", abstract: "Removes one of them.",
            discussion: "What somebody has on loan still comes back like anything else.")
    }

    @OptionGroup var row: RowArgument
    @OptionGroup var data: DataOptions

    func run() async throws {
        let id = row.id
        report(try await data.use { store in try await store.edit { try Table.remove(id, from: $0) } })
    }
}

struct ImportRows<Table: RegisterTable>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import", abstract: "Adds and changes the rows of a table (CSV); the others stay.",
            discussion: """
                Columns: \(Table.columns.joined(separator: ", ")). Of those that are there already, columns that the table does \
                not have stay as they are. Where the table has mistakes, all are named and nothing changes.
                """)
    }

    @Argument(help: "The table.")
    var file: String

    @OptionGroup var data: DataOptions

    func run() async throws {
        let (rows, name) = (try CSVTable(file: file, known: Table.columns).rows, file)
        report(
            try await data.use { store in
                try await store.edit { try Table.edit(rows, file: name, .addOrChange, in: $0) }
            })
    }
}

// MARK: - Lost and found

struct LostItem: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lost", abstract: "Marks an item as lost: where it turns up, that is a case.")

    @OptionGroup var row: RowArgument
    @OptionGroup var data: DataOptions

    func run() async throws { try await mark(row, isLost: true, data) }
}

struct FoundItem: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "found", abstract: "Marks an item as no longer lost.")

    @OptionGroup var row: RowArgument
    @OptionGroup var data: DataOptions

    func run() async throws { try await mark(row, isLost: false, data) }
}

private func mark(_ row: RowArgument, isLost: Bool, _ data: DataOptions) async throws {
    let isNew = try await data.use { store in
        guard let item = try await store.registered().items.map(\.item.id).first(where: { $0.text == row.id }) else {
            throw CommandError(
                "there is no item '\(LogText.safe(row.id))'; see 'city-pool item list'", code: ExitCode.usage)
        }
        return try await store.mark(item, isLost: isLost, at: PoolDatabase.now)
    }
    tell("'\(row.id)' is \(isNew ? "" : "already ")marked as \(isLost ? "lost" : "not lost").")
}

// Looks whether a database's tables are those that its migrations make. A bit that was flipped in a column's name leaves a
// database that SQLite reads without complaint, and in which a program does not find what it takes for granted.

public import GRDB

/// What a database's tables should look like.
public struct SchemaCheck: Sendable {
    /// A column, without its name.
    private struct Form: Equatable, Sendable {
        var type: String
        var isNeeded: Bool
        var standard: String?
        var keyPlace: Int
    }

    private let tables: [String: [String: Form]]

    /// The tables that migrations make.
    ///
    /// Throws: GRDB's errors.
    public init(_ migrator: DatabaseMigrator) throws {
        let made = try DatabaseQueue()
        try migrator.migrate(made)
        tables = try made.read(Self.tables)
    }

    /// What is wrong with the tables of a database that was brought up to date; `nil` where nothing is.
    ///
    /// Throws: GRDB's errors.
    public func damage(_ database: Database) throws -> String? {
        let found = try Self.tables(database)
        let wrong = tables.keys.filter { found[$0] != tables[$0] }.sorted()
        return wrong.isEmpty ? nil : "the form of these tables: \(wrong.joined(separator: ", "))"
    }

    /// The forms themselves and not the text that made them: another version of SQLite may write that differently.
    private static func tables(_ database: Database) throws -> [String: [String: Form]] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT s.name, c.name, c.type, c."notnull", c.dflt_value, c.pk
                FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS c WHERE s.type = 'table'
                """)
        var tables: [String: [String: Form]] = [:]
        for row in rows {
            let (table, column): (String, String) = (row[0], row[1])
            tables[table, default: [:]][column] = Form(
                type: row[2], isNeeded: row[3], standard: row[4], keyPlace: row[5])
        }
        return tables
    }
}

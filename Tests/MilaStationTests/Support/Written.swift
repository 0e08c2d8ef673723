// Reads what the programs wrote.

import Foundation
import GRDB
import TestSupport

/// One line of the screen's JSON, or an entry of an export.
typealias JSONLine = [String: Any]

/// The whole lines of a text as JSON objects; a last line without its end was cut off by a kill.
func jsonLines(_ text: String) throws -> [JSONLine] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if !lines.isEmpty { lines.removeLast() }
    return try lines.map { line in
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? JSONLine else {
            throw BenchError("no JSON object: \(line)")
        }
        return object
    }
}

/// Rows of a database that another process has finished with.
func rows(_ sql: String, in database: String) throws -> [Row] {
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: database, configuration: configuration)
    defer { try? queue.close() }
    return try queue.read { try Row.fetchAll($0, sql: sql) }
}

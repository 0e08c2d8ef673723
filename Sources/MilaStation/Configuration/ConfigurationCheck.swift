// What can be wrong with a configuration that is written without mistakes: files, folders and secrets it names.

internal import Foundation
internal import Groundwork
internal import GuardProtocol
internal import StationCore

enum ConfigurationCheck {
    /// What is wrong, a sentence each.
    static func problems(_ configuration: StationConfiguration) -> [String] {
        var problems: [String] = []
        func attempt(_ work: () throws -> Void) {
            do { try work() } catch { problems.append("\(error)") }
        }
        attempt { _ = try SecretFile.read(SecretFile.credential("pool-token") ?? configuration.pool.tokenFile) }
        attempt { _ = try configuration.pool.joinedKey() }
        if let key = configuration.pool.certificateKeyFile { attempt { _ = try SecretFile.read(key) } }
        for file in [configuration.pool.authorityFile, configuration.pool.certificateFile].compactMap(\.self) {
            if !FileManager.default.isReadableFile(atPath: file) { problems.append("\(file) can't be read.") }
        }
        attempt { try checkTable(configuration) }
        attempt { try checkFolder(configuration.dataFolder) }
        if configuration.pool.url.hasPrefix("http://"), !isLoopback(configuration.pool.url) {
            problems.append(
                "\(configuration.pool.url) is not encrypted: token and pseudonyms would travel in clear. Use https://.")
        }
        return problems
    }

    private static func checkTable(_ configuration: StationConfiguration) throws {
        let file = configuration.lineTableFile
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw JournalTrouble("\(file), the guard's table, is missing: run 'mila-station lines'")
        }
        let table: LineTable
        do { table = try LineTable(parsing: Array(bytes)) } catch {
            throw JournalTrouble("\(file):\(error.line): \(error.problem): run 'mila-station lines'")
        }
        guard table.digest == configuration.lines.digest else {
            throw JournalTrouble(
                "\(file) is older than the configuration: run 'mila-station lines' and restart the guard")
        }
    }

    private static func checkFolder(_ folder: String) throws {
        let files = FileManager.default
        guard files.fileExists(atPath: folder) else { return }  // `run` makes it.
        guard files.isWritableFile(atPath: folder) else {
            throw JournalTrouble("\(folder) can't be written to by this user")
        }
    }

    /// Whether what goes to an `http://` address stays on this machine.
    static func isLoopback(_ url: String) -> Bool {
        let authority = url.dropFirst("http://".count)
        let port = authority.lastIndex(of: ":").flatMap { authority.hasSuffix("]") ? nil : $0 } ?? authority.endIndex
        return ["127.0.0.1", "localhost", "[::1]"].contains(String(authority[..<port]))
    }
}

// A PostgreSQL for tests: made by Debian's own programs in a folder of its own, reached through a socket in that folder,
// and gone when the test's process is, however that ends.

internal import Foundation
internal import Glibc

/// A running server with data of its own.
package final class PostgresCluster: @unchecked Sendable {
    // The one state that changes is the process, and who restarts a server has it alone.

    private let place: String
    private var process: TestProcess?

    /// The server that tests share; each has databases of its own in it. It ends with the tests' process.
    package static let shared = Result { try PostgresCluster() }

    /// Makes and starts a server.
    ///
    /// - Parameter settings: of its configuration.
    /// - Throws: ``BenchError`` where it does not start; a test that needs it fails then.
    package init(inMemory: Bool = true, settings: [String: String] = [:]) throws {
        var template = Array("\(inMemory ? Self.memory : "/tmp")/mila-station-postgres-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw BenchError("no folder: errno \(errno)") }
        place = String(cString: made)
        if getuid() == 0 {
            guard let user = getpwnam("postgres") else {
                throw BenchError("there is no user 'postgres': scripts/setup --test")
            }
            chown(place, user.pointee.pw_uid, user.pointee.pw_gid)
        }
        let maker = try Self.asUser(
            [
                try Self.program("initdb"), "-D", "\(place)/data", "-U", "city", "-A", "trust", "-E", "UTF8",
                "--locale=C",
            ])
        guard maker.wait() == 0 else { throw BenchError("initdb: \(maker.errors)") }
        let defaults = [
            "listen_addresses": "", "unix_socket_directories": place, "max_connections": "200",
            "shared_buffers": "128MB",
            "deadlock_timeout": "100ms", "max_wal_size": inMemory ? "128MB" : "1GB",
        ]
        let lines = defaults.merging(settings) { $1 }.map { "\($0.key) = '\($0.value)'\n" }.sorted()
        let file = "\(place)/data/postgresql.conf"
        try Data((fileText(file) + lines.joined()).utf8).write(to: URL(fileURLWithPath: file))
        try start()
    }

    deinit { stop() }

    /// A folder in memory, where there is room for a server's data.
    private static var memory: String {
        var room = statvfs()
        guard access("/dev/shm", W_OK) == 0, statvfs("/dev/shm", &room) == 0 else { return "/tmp" }
        return room.f_bavail * room.f_frsize > 1 << 30 ? "/dev/shm" : "/tmp"
    }

    /// The address of a database of this server.
    package func address(_ database: String) -> String { "host=\(place) user=city dbname=\(database)" }

    /// Makes an empty database, and gives its address.
    package func makeDatabase() throws -> String {
        let name = "d\(UInt64.random(in: 0...UInt64.max))"
        _ = try rows("CREATE DATABASE \(name)", in: address("postgres"))
        return address(name)
    }

    /// What a statement gives, as `psql` prints it.
    package func rows(_ sql: String, in address: String) throws -> [String] {
        try Self.run("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", sql])
            .split(separator: "\n").map(String.init)
    }

    /// Runs a program of PostgreSQL's that must succeed, and gives what it prints.
    @discardableResult
    package static func run(_ name: String, _ arguments: [String]) throws -> String {
        let ended = try TestProcess.run(try program(name), arguments)
        guard ended.code == 0 else { throw BenchError("\(name): \(ended.errors)") }
        return ended.output
    }

    /// Starts the server, which must not be running, and waits until it takes connections.
    package func start() throws {
        let process = try Self.asUser(["sh", "-c", Self.keeper, "sh", try Self.program("postgres"), place])
        self.process = process
        let ready = try Self.program("pg_isready")
        try eventually("PostgreSQL takes connections") {
            guard process.isRunning else { throw BenchError("PostgreSQL ended: \(process.errors)") }
            return try TestProcess.run(ready, ["-q", "-h", place]).code == 0
        }
    }

    /// Waits for the end of its input, which comes with the end of the tests however they end, and takes the server and its
    /// data away then.
    private static let keeper = """
        exec 3<&0
        "$1" -D "$2/data" </dev/null 3<&- &
        server=$!
        read -r order <&3
        kill -INT $server
        wait $server
        [ "$order" = keep ] || rm -rf "$2"
        """

    /// Stops the server in the midst of what it does, as its operators do, or as a power cut does. Its data stay.
    package func halt(_ signal: Int32 = SIGINT) throws {
        guard let server = pid_t(fileText("\(place)/data/postmaster.pid").prefix { $0.isNumber }) else {
            throw BenchError("PostgreSQL does not run")
        }
        kill(server, signal)
        process?.feed("keep\n")
        process?.wait()
        process = nil
    }

    /// Stops the server and removes its data.
    package func stop() {
        if let process {
            process.endInput()
            process.wait()
        } else {
            try? FileManager.default.removeItem(atPath: place)
        }
        process = nil
    }

    /// Its log.
    package var log: String { process?.errors ?? "" }

    /// A program of PostgreSQL's, of the newest version that is installed.
    private static func program(_ name: String) throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        guard let newest = versions.filter({ access("\(root)/\($0)/bin/\(name)", X_OK) == 0 }).max() else {
            throw BenchError("there is no \(name) in \(root): scripts/setup --test")
        }
        return "\(root)/\(newest)/bin/\(name)"
    }

    /// Starts a program as the user that PostgreSQL is to run as: it refuses to run as root.
    private static func asUser(_ words: [String]) throws -> TestProcess {
        let user = getuid() == 0 ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        return try TestProcess("setpriv", user + words)
    }
}

// Where a PostgreSQL is: a URL or a string of keywords, as libpq reads both. What it leaves out comes from where libpq
// looks for it: a password file (PGPASSFILE, ~/.pgpass), a service file (service=…), the environment (PGHOST, …).

import CPostgres
import Glibc
import Groundwork

/// The address of a database. It may hold a password, so it has no description.
struct PostgresAddress: Sendable {
    /// As libpq reads it.
    let text: String

    /// An address.
    ///
    /// Throws: ``CommandError`` where libpq can't read it. What libpq says of it may quote the password, and is not told.
    init(_ text: String) throws {
        let options = PQconninfoParse(text, nil)
        defer { PQconninfoFree(options) }
        guard options != nil, !text.isEmpty else {
            throw CommandError(
                "the address of PostgreSQL can't be read; it looks like postgresql://USER@HOST/DATABASE, or like "
                    + "'host=HOST dbname=DATABASE'", code: ExitCode.usage)
        }
        self.text = text
    }

    /// Whether it holds a password itself.
    var hasPassword: Bool {
        guard let options = PQconninfoParse(text, nil) else { return false }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if String(cString: keyword) == "password", option.pointee.val != nil { return true }
            option += 1
        }
        return false
    }

    /// Blanks a text in the arguments that this process was called with: anybody on the machine may read them in the list
    /// of processes.
    static func blankArgument(_ text: String) {
        for index in 0..<Int(CommandLine.argc) {
            // The process's own memory, from which the kernel answers who asks; it ends where the text in it ends.
            guard let argument = CommandLine.unsafeArgv[index], let place = strstr(argument, text) else { continue }
            memset(place, Int32(UInt8(ascii: "x")), strlen(place))
        }
    }
}

// `lock-guard`: the process that alone owns a station's GPIO lines. It ends every pulse in time, whatever happens to
// the station, and has as little in it as that takes: no network, no Foundation, no threads.

import CGpiod
import Glibc
import GuardProtocol

/// The version of the product.
let productVersion = "0.1.0"

/// The table in a file.
func readTable(_ path: String) throws -> LineTable {
    let file = try Descriptor(open(path, O_RDONLY | O_CLOEXEC), "reading \(path)")
    var bytes: [UInt8] = []
    while bytes.count <= LineTable.maximumBytes {
        let chunk = [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, count in
            count = max(0, read(file.number, buffer.baseAddress, buffer.count))
        }
        if chunk.isEmpty { break }
        bytes += chunk
    }
    return try LineTable(parsing: bytes)
}

/// Where the lines of a table are found.
func adapter(for table: LineTable, _ options: Options) throws -> any LineAdapter {
    switch (table.backend, options.simulatedFolder) {
    case (.gpiod, nil): return GpiodLines()
    case (.simulated, let folder?): return try SimulatedLines(folder: folder, table: table)
    case (.gpiod, _?): throw Options.Mistake(problem: "--simulated goes with 'backend simulated' in the table only")
    case (.simulated, nil): throw Options.Mistake(problem: "'backend simulated' in the table needs --simulated DIR")
    }
}

/// Does what the command line asks for. The exit code.
func run(_ arguments: [String], _ log: inout Log) -> Int32 {
    var path = ""
    do {
        let options = try Options(arguments)
        path = options.linesPath
        switch options.task {
        case .help:
            print(Options.help, terminator: "")
            return ExitCode.fine
        case .version:
            print(
                "lock-guard \(productVersion) (protocol \(protocolVersion), libgpiod \(String(cString: mila_gpiod_version())))"
            )
            return ExitCode.fine
        case .serve, .outputsOff, .probe:
            break
        }
        if options.endsWithInput, !canBeWatched(STDIN_FILENO) {
            throw Options.Mistake(problem: "--end-with-input needs a pipe, a socket or a terminal as standard input")
        }
        let table = try readTable(path)
        let lines = try adapter(for: table, options)
        switch options.task {
        case .outputsOff: return switchOutputsOff(table, on: lines, &log)
        case .probe: return probe(table, on: lines) { print($0) }
        case .serve, .help, .version: return try GuardLoop(table, on: lines, options: options).run()
        }
    } catch let mistake as Options.Mistake {
        log.error(mistake.problem)
        return ExitCode.usage
    } catch let mistake as LineTableError {
        log.error("\(path):\(mistake.line == 0 ? "" : "\(mistake.line):") \(mistake.problem)")
        return ExitCode.usage
    } catch {
        log.error("\(error)")
        return ExitCode.fault
    }
}

var log = Log()
exit(run(Array(CommandLine.arguments.dropFirst()), &log))

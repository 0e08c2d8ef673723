// The command line. Every mistake gets one sentence that says what to write instead.

/// What the guard was asked to do.
struct Options: Equatable {
    enum Task: Equatable {
        case serve, outputsOff, probe, help, version
    }

    var task = Task.serve
    var linesPath = ""
    var socketPath = ""
    /// The folder of the simulated lines.
    var simulatedFolder: String?
    /// The user, besides the guard's own and root, whose connections are accepted.
    var clientUser: UInt32?
    var endsWithInput = false

    /// A mistake on the command line, in words for the person who made it.
    struct Mistake: Error, Equatable {
        var problem: String
    }

    /// What to show for `--help`.
    static let help = """
        lock-guard owns a station's GPIO lines and ends every pulse in time, whatever happens to the station.

        usage: lock-guard --lines FILE --socket PATH [--simulated DIR] [--client-uid N] [--end-with-input]
               lock-guard --lines FILE --outputs-off [--simulated DIR]
               lock-guard --lines FILE --probe [--simulated DIR]

          --lines FILE       the table of lines and limits, as `mila-station lines` writes it
          --socket PATH      where the station connects; the guard makes this socket itself
          --simulated DIR    the folder of the lines; for tables with `backend simulated`, and only there
          --client-uid N     also obey a station that runs as this user (the guard's own and root always may)
          --end-with-input   stop when standard input ends, so that the guard ends with who started it
          --outputs-off      switch every output off and leave; for after a guard that died
          --probe            say of each line whether it is there, free and how it stands; moves nothing
          --help             show this
          --version          show the version

        Exit codes: 0 fine, 1 a line is not as it should be (--probe), 2 a mistake in what was asked, 70 a fault.

        """

    /// Reads the command line, without the program's name.
    init(_ arguments: [String]) throws(Mistake) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            func value(_ what: String) throws(Mistake) -> String {
                guard let value = rest.popFirst(), !value.isEmpty else {
                    throw Mistake(problem: "\(option) needs \(what)")
                }
                return value
            }
            switch option {
            case "--lines": linesPath = try value("a file")
            case "--socket": socketPath = try value("a path")
            case "--simulated": simulatedFolder = try value("a folder")
            case "--client-uid":
                let text = try value("a user's number")
                guard let user = UInt32(text) else {
                    throw Mistake(problem: "--client-uid needs a user's number, not '\(text)'")
                }
                clientUser = user
            case "--end-with-input": endsWithInput = true
            case "--outputs-off": try choose(.outputsOff, option)
            case "--probe": try choose(.probe, option)
            case "--help", "-h": task = .help
            case "--version": task = .version
            default: throw Mistake(problem: "'\(option)' is no option; --help shows them all")
            }
            if task == .help || task == .version { return }
        }
        guard !linesPath.isEmpty else { throw Mistake(problem: "--lines FILE is missing; --help shows all options") }
        switch task {
        case .serve:
            guard !socketPath.isEmpty else {
                throw Mistake(problem: "--socket PATH is missing; --help shows all options")
            }
        case .outputsOff, .probe, .help, .version:
            guard socketPath.isEmpty else { throw Mistake(problem: "--socket goes with serving a station only") }
        }
    }

    private mutating func choose(_ other: Task, _ option: String) throws(Mistake) {
        guard task == .serve else { throw Mistake(problem: "\(option) goes with no other task") }
        task = other
    }
}

/// What the process leaves with.
enum ExitCode {
    static let fine: Int32 = 0
    static let negativeFinding: Int32 = 1
    static let usage: Int32 = 2
    static let fault: Int32 = 70
}

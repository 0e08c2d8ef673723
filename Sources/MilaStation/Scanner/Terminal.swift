// The terminal's raw mode: bytes come as the scanner sends them, and none of them is a signal (a code that holds ETX
// would send Ctrl-C). What was set before is put back on every way out that a program can take.

internal import Glibc

/// Standard input as a terminal in raw mode.
enum Terminal {
    // Written once, before any handler that reads it is installed, and never again.
    private nonisolated(unsafe) static var before: termios?

    /// Whether standard input is a terminal.
    static var isThere: Bool { isatty(STDIN_FILENO) == 1 }

    /// Puts standard input into raw mode where it is a terminal; output stays as it is.
    static func makeRaw() {
        var settings = termios()
        guard isThere, before == nil, tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
        before = settings
        settings.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON)
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN | ISIG)
        atexit { Terminal.restore() }
        // A crash ends the process without `atexit`; tcsetattr is safe in a signal's handler (signal-safety(7)). SIGINT
        // and SIGTERM end it so until the services listen for them.
        for fatal in [SIGABRT, SIGBUS, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGQUIT, SIGSEGV, SIGTERM, SIGTRAP] {
            signal(fatal) { number in
                Terminal.restore()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        // Last: a signal that comes from now on puts back what was set before.
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// Puts back what was set before.
    static func restore() {
        guard var settings = before else { return }
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }
}

// `mila-station locker`: what an admin has done with a locker of a running station. All of it is in the journal.

internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import Groundwork
internal import StationCore

struct LockerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locker",
        abstract: "Open a locker of the running station, take it out of service, or say what is in it.",
        discussion: """
            open, suspend and resume need a reason for the journal; empty, holds and unverified say what somebody saw in \
            the locker. A locker whose content was in doubt is lent from again once somebody has looked.
            """)

    @Argument(help: "The locker's identifier.")
    var locker: String
    @Argument(help: "open, suspend, resume, empty, holds, or unverified.")
    var action: String
    @OptionGroup var station: RunningStation
    @Option(help: ArgumentHelp("Why, for the journal.", valueName: "text"))
    var reason: String?

    func run() async throws {
        guard let action = AdminOrder.Action(action) else {
            throw ValidationError("'\(LogText.safe(self.action))' is none of \(AdminOrder.Action.words).")
        }
        let reason = reason.map { OrderReason($0) }
        guard reason != .some(nil), reason != nil || !action.needsReason else {
            throw ValidationError("Say why with --reason, in 1 to 200 bytes of text; the journal keeps it.")
        }
        let (configuration, client) = try station.connect()
        guard let id = LockerID(locker), configuration.doors[id] != nil else {
            throw ValidationError("This station has no locker '\(LogText.safe(locker))'.")
        }
        let order = AdminOrder(action, id, by: try station.adminID(), because: reason ?? nil)
        do {
            let number = try await client.order(order)
            guard action == .open else {
                print("\(id): \(action.word).")
                return
            }
            try await follow(number, id, client)
        } catch let refusal as AdminRefusal {
            print("\(id): \(refusal.words)")
            throw ArgumentParser.ExitCode(Groundwork.ExitCode.finding)
        }
    }

    private func follow(_ number: EntryNumber, _ locker: LockerID, _ client: ControlClient) async throws {
        let report = try await OpeningWatch(number, client).end { report in
            if report.progress == .open { show("\(locker): open. Shut it again.") }
        }
        print("\(locker): \(report.sentence)")
        guard case .completed = report.end else { throw ArgumentParser.ExitCode(Groundwork.ExitCode.finding) }
    }
}

/// Prints at once, to a terminal and into a pipe: somebody waits for it.
func show(_ text: String, terminator: String = "\n") {
    print(text, terminator: terminator)
    fflush(nil)
}

/// The running station that an admin's command is for, and who gives it.
struct RunningStation: ParsableArguments {
    @Option(help: ArgumentHelp("The station's configuration.", valueName: "file"))
    var config: String
    @Option(help: ArgumentHelp("Who orders it, for the journal; else this account's name.", valueName: "name"))
    var admin: String?

    /// The station's configuration and the way to it.
    ///
    /// Throws: ``JournalTrouble`` where it does not run.
    func connect() throws -> (StationConfiguration, ControlClient) {
        let configuration = try ConfigurationReader.read(config)
        guard let client = ControlClient.connect(configuration.controlSocket) else {
            throw JournalTrouble("the station does not run, and only it writes the journal; start it first")
        }
        return (configuration, client)
    }

    /// Who gives the order: who became root to do it is named by their own account.
    ///
    /// Throws: `ValidationError` where no name can be told.
    func adminID() throws -> AdminID {
        let account = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
        let name = admin ?? ProcessInfo.processInfo.environment["SUDO_USER"] ?? account ?? ""
        guard let id = AdminID(name) else {
            throw ValidationError(
                "Say who you are with --admin: 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first.")
        }
        return id
    }
}

extension AdminRefusal {
    /// Why an order was refused, and what to do.
    var words: String {
        switch reason {
        case .guardAbsent: "refused: the lock guard does not answer; look at its service and its log."
        case .lockerInUse: "refused: somebody is at this door; wait until it is shut."
        default: "refused: \(reason.rawValue)."
        }
    }
}

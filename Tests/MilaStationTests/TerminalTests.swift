// A person's terminal: raw while the station reads from it, and as it was before on every way out.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import MilaStation

@Suite struct TerminalTests {
    /// A way to end the demo.
    enum End: CaseIterable {
        case controlD, controlC, terminate, interrupt, hangUp, quit

        var signal: Int32? {
            switch self {
            case .controlD, .controlC: nil
            case .terminate: SIGTERM
            case .interrupt: SIGINT
            case .hangUp: SIGHUP
            case .quit: SIGQUIT
            }
        }

        var code: Int32 { self == .hangUp ? -SIGHUP : self == .quit ? -SIGQUIT : 0 }
    }

    @Test(arguments: End.allCases)
    func `the demo leaves the terminal as it found it`(end: End) throws {
        let folder = try Folder()
        let terminal = try PseudoTerminal()
        let before = terminal.settings
        #expect(!before.isEmpty && !terminal.isRaw)
        try terminal.start(["demo", "--screen", "json", "--into", folder.path + "/data", "--log-level", "info"])
        try eventually("the terminal is raw") { terminal.isRaw }
        // The services listen once the guard has been heard.
        try eventually("the station serves") {
            FileManager.default.fileExists(
                atPath: ControlSocket.path(besides: folder.path + "/data/station/journal.sqlite"))
        }
        if let signal = end.signal {
            terminal.send(signal: signal)
        } else {
            terminal.type(end == .controlC ? "\u{3}" : "\u{4}")
        }
        #expect(terminal.wait() == end.code, "\(terminal.errors)")
        #expect(terminal.settings == before)
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `a signal that comes before the station serves leaves the terminal too`(signal: Int32) throws {
        let folder = try Folder()
        let terminal = try PseudoTerminal()
        let before = terminal.settings
        try terminal.start(["demo", "--screen", "json", "--into", folder.path + "/data"])
        try eventually("the terminal is raw") { terminal.isRaw }
        terminal.send(signal: signal)
        _ = terminal.wait()
        #expect(terminal.settings == before)
    }

    @Test func `a station that ends by a fault, by a signal or by a lost scanner leaves the terminal as it found it`()
        throws
    {
        let house = try DemoStation()
        try house.waitUntilReady()
        let terminal = try PseudoTerminal()
        let before = terminal.settings
        // The journal is in use.
        try terminal.start(["run", "--config", house.configuration])
        #expect(terminal.wait() == 70)
        #expect(terminal.errors.contains("is in use"))
        #expect(terminal.settings == before)
        #expect(house.stop(.station) == 0)

        let second = try PseudoTerminal()
        try second.start(["run", "--config", house.configuration, "--screen", "json"])
        try eventually("the terminal is raw") { second.isRaw }
        try eventually("the station serves") { FileManager.default.fileExists(atPath: house.controlSocket) }
        // To a station these keys are bytes that a scanner sent.
        second.type("\u{3}\u{4}\r")
        second.send(signal: SIGTERM)
        #expect(second.wait() == 0)
        #expect(second.settings == before)
    }
}

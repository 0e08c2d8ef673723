// A file system that fails when a test orders it to, below the data of a real program: see Disk/faulty.c.

import Foundation
import Glibc
import TestSupport

/// A folder on a disk that obeys a test. It goes with the test, whatever end that takes: without its orders the file system
/// unmounts itself.
final class FaultyDisk {
    /// The program, compiled once.
    private static let program = Result { try Program() }

    private struct Program {
        let folder: Folder
        var path: String { folder.file("faulty") }

        init() throws {
            folder = try Folder()
            let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Disk/faulty.c").path
            let compiled = try TestProcess.run(
                "clang",
                [
                    "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-D_FILE_OFFSET_BITS=64",
                    "-I/usr/include/fuse3", source, "-o", path, "-lfuse3", "-lpthread",
                ])
            guard compiled.code == 0 else { throw BenchError("faulty.c can't be compiled: \(compiled.errors)") }
        }
    }

    /// Why this machine can't have such a disk; `nil` where it can.
    static let isPossible = geteuid() == 0 && access("/dev/fuse", R_OK | W_OK) == 0
    static let obstacle = "only root may mount the tests' own file system, and only where there is /dev/fuse"

    /// What a test orders a call to meet.
    enum Fault {
        /// It waits until it is released.
        case waits
        /// It fails with an error.
        case fails(Int32)
        /// A sync that fails, after which what was not synced is gone.
        case loses(Int32)

        fileprivate var words: String {
            switch self {
            case .waits: "hold"
            case .fails(let error): "\(error)"
            case .loses(let error): "lose \(error)"
            }
        }
    }

    /// A call to the file system.
    enum Call: String { case sync, write, read }

    private let path: String
    /// The folder behind it, which never fails.
    let behind: String
    private let process: TestProcess
    private var orders = 0

    /// Puts the disk over a folder, with all that is in it; or over one that is to be.
    init(over path: String) throws {
        self.path = path
        behind = path + ".behind"
        let files = FileManager.default
        if files.fileExists(atPath: path) {
            try files.moveItem(atPath: path, toPath: behind)
        } else {
            try files.createDirectory(atPath: behind, withIntermediateDirectories: false)
        }
        // The programs keep it from everybody else.
        guard chmod(behind, 0o700) == 0, mkdir(path, 0o700) == 0 else { throw BenchError("\(path): errno \(errno)") }
        process = try TestProcess(try Self.program.get().path, [behind, path])
        let process = process
        try eventually("the faulty disk is mounted") {
            guard process.isRunning else { throw BenchError("no faulty disk: \(process.errors)") }
            return process.output.contains("mounted")
        }
    }

    deinit { unmount() }

    /// Heals it and takes it away.
    func unmount() {
        process.endInput()
        _ = process.wait()
        // Where the program was killed, its mount is still there.
        umount2(path, Int32(MNT_DETACH))
    }

    /// Orders a fault for calls about files of this name.
    ///
    /// - Parameters:
    ///   - skip: how many calls pass before.
    ///   - times: how many calls meet it; all where there is none.
    func order(_ fault: Fault, at call: Call, of name: String, skip: Int = 0, times: Int? = 1) throws {
        try tell("\(call.rawValue) \(name) \(skip) \(times ?? 0) \(fault.words)")
    }

    /// Lets the calls that wait go on, to whatever end.
    func release(_ fault: Fault? = nil) throws { try tell("release \(fault?.words ?? "")") }

    /// Forgets all faults.
    func heal() throws { try tell("heal") }

    private func tell(_ order: String) throws {
        orders += 1
        process.feed(order + "\n")
        try eventually("the disk obeys \(order)") { count("ok") == orders }
    }

    /// How many calls were held, and how many failed, so far.
    var held: Int { count("held ") }
    var failed: Int { count("failed ") }

    private func count(_ word: String) -> Int { process.output.split(separator: "\n").count { $0.hasPrefix(word) } }
}

// Real programs with a recorder loaded into them.

import Foundation
import Glibc
import StationCore
import TestSupport

@testable import MilaStation

/// What recorders wrote down, and the files that the programs left.
struct Recording: Sendable {
    /// The recorder, compiled once.
    private static let recorder = Result { try Recorder() }

    private struct Recorder {
        let folder: Folder
        var library: String { folder.file("recorder.so") }

        init() throws {
            folder = try Folder()
            let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Recorder/recorder.c").path
            let compiled = try TestProcess.run(
                "clang",
                ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", source, "-o", library])
            guard compiled.code == 0 else { throw BenchError("the recorder can't be compiled: \(compiled.errors)") }
        }
    }

    /// While a file of this name is beside the logs, the programs' disk is full.
    static let fullDisk = "full"

    /// Where the logs and the programs' files are.
    let path: String
    private let folder: Folder?

    /// A recording that was just made.
    init(_ folder: Folder) { (path, self.folder) = (folder.path, folder) }

    /// A recording that was kept.
    init(kept path: String) { (self.path, folder) = (path, nil) }

    /// The part of the folder whose changes are recorded.
    var home: String { path + "/data" }

    /// The environment that has a program recorded.
    ///
    /// - Parameters:
    ///   - synchronous: what SQLite is told instead of FULL.
    ///   - isClockSure: whether it is told that its clock is synchronised, whatever this machine's is.
    static func environment(
        _ folder: Folder, log: String, synchronous: String? = nil, isClockSure: Bool? = nil
    ) throws -> [String: String] {
        var environment = [
            "LD_PRELOAD": try recorder.get().library, "CRASH_RECORD_ROOT": folder.file("data"),
            "CRASH_RECORD_LOG": folder.file("\(log).record"), "CRASH_FULL": folder.file(fullDisk),
        ]
        environment["CRASH_SYNCHRONOUS"] = synchronous
        environment["CRASH_CLOCK"] = isClockSure.map { $0 ? "sure" : "unsure" }
        return environment
    }

    /// The log of a program.
    func log(_ program: String) throws -> RecordedLog { try RecordedLog(file: path + "/\(program).record") }

    /// The entries that a journal had before the recording began.
    func olderEntries(_ log: RecordedLog, _ journal: String, source: EntrySource) throws -> [Entry] {
        let folder = try Folder(inMemory: true)
        for (path, payload) in log.initial where path.hasPrefix(journal) {
            let file = folder.file("journal.sqlite" + path.dropFirst(journal.count))
            try Data(log.bytes[payload]).write(to: URL(fileURLWithPath: file))
        }
        guard FileManager.default.fileExists(atPath: folder.file("journal.sqlite")) else { return [] }
        let store = try JournalStore.open(folder.file("journal.sqlite"), source: source).store
        let entries = try store.entries()
        try store.close()
        return entries
    }

    /// What a log does not explain of the files below a folder; nothing where it was all recorded.
    func unexplained(_ log: RecordedLog, below data: String) throws -> [String] {
        let disk = RecordedDisk(log, .posix)
        for _ in log.records { try disk.advance() }
        let files = FileManager.default
        var names = Set(disk.keptNames.filter { $0.key.hasPrefix(data + "/") && $0.value != RecordedDisk.folder }.keys)
        var findings: [String] = []
        for name in try files.contentsOfDirectory(atPath: "\(home)/\(data)") {
            let type = try files.attributesOfItem(atPath: "\(home)/\(data)/\(name)")[.type] as? FileAttributeType
            guard type == .typeRegular else { continue }  // Sockets have no content.
            guard names.remove("\(data)/\(name)") != nil, let number = disk.keptNames["\(data)/\(name)"],
                Data(disk.files[number].kept) == files.contents(atPath: "\(home)/\(data)/\(name)")
            else {
                findings.append(name)
                continue
            }
        }
        return findings + names.sorted()
    }

    /// Keeps the recording, with images that failed, for who looks into it; the folder.
    func keep(as name: String, _ failures: [ImageReport.Failure]) throws -> String {
        let place = "/tmp/mila-crash-images-\(name)"
        try? FileManager.default.removeItem(atPath: place)
        // There are sockets in it, which Foundation does not copy.
        let copied = try TestProcess.run("cp", ["-a", path, place])
        guard copied.code == 0 else { throw BenchError("\(place): \(copied.errors)") }
        for (number, failure) in failures.enumerated() {
            let folder = "\(place)/failed-\(number)"
            for (part, files) in failure.parts.enumerated() {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/part-\(part)", withIntermediateDirectories: true)
                try files.write(to: "\(folder)/part-\(part)", ballast: "")
            }
        }
        return place
    }
}

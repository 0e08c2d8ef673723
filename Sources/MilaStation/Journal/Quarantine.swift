// Journals that can't be read any more: put aside whole, whatever the power does meanwhile, for those who look into it.

internal import Foundation
internal import GRDB
internal import Groundwork
internal import StationCore

/// Damaged journals are kept beside the new one, for those who look into it.
enum Quarantine {
    /// Gives a journal's files another name.
    ///
    /// The files have both names before the first of the old ones goes. A power cut never leaves the database without
    /// its write-ahead log: it would look whole, with the newest entries missing.
    ///
    /// - Returns: the new name of the database.
    static func putAside(_ path: String) throws -> String {
        let aside = name(path, self.files(path).count + 1)
        let files = FileManager.default
        let suffixes = ["", "-wal", "-shm"].filter { files.fileExists(atPath: path + $0) }
        for suffix in suffixes.reversed() {
            try? files.removeItem(atPath: aside + suffix)  // From a quarantine that a power cut interrupted.
            try files.linkItem(atPath: path + suffix, toPath: aside + suffix)
        }
        try DurableFile.syncFolder(of: path)
        for suffix in suffixes { try files.removeItem(atPath: path + suffix) }
        try DurableFile.syncFolder(of: path)
        return aside
    }

    /// Whether a journal of this name was ever put aside.
    static func isUsed(_ path: String) -> Bool { FileManager.default.fileExists(atPath: name(path, 1)) }

    /// The last entry that is right in the newest of the journals that were put aside, but for those which never had one;
    /// `nil` where none can be read.
    static func lastKnown(_ path: String) -> ClosedEpoch? {
        let copy = copy(path)
        defer { removeCopy(path) }
        for file in files(path).reversed() {
            do {
                // Opening it would write its log back, and it stays as it is.
                removeCopy(path)
                for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: file + suffix) {
                    try copyFile(file + suffix, to: copy + suffix)
                }
                let database = try DurableDatabase.open(copy, exclusive: true)
                defer { try? database.close() }
                let head = try database.read { database in
                    try database.tableExists("journal") ? JournalReader.checkedHead(database, source: nil) : nil
                }
                if let known = head.flatMap(ClosedEpoch.init) { return known }
            } catch {
                return (error as? JournalDamage)?.lastKnown
            }
        }
        return nil
    }

    private static func copy(_ path: String) -> String { path + ".copy" }

    /// Removes what a power cut may have left of a copy.
    static func removeCopy(_ path: String) {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy(path) + suffix) }
    }

    private static func copyFile(_ from: String, to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw JournalTrouble("\(path) can't be written")
        }
        let (source, target) = (FileHandle(forReadingAtPath: from), FileHandle(forWritingAtPath: path))
        while let bytes = try source?.read(upToCount: 1 << 16), !bytes.isEmpty { try target?.write(contentsOf: bytes) }
        try target?.close()
        try source?.close()
    }

    /// The journals that were put aside, oldest first.
    private static func files(_ path: String) -> [String] {
        var files: [String] = []
        while FileManager.default.fileExists(atPath: name(path, files.count + 1)) {
            files.append(name(path, files.count + 1))
        }
        return files
    }

    private static func name(_ path: String, _ number: Int) -> String { "\(path).quarantined-\(number)" }
}

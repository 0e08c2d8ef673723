// The pool's own key: in a file beside the database, never in it. The database remembers the public part, so that a lost
// or foreign key file is found before a station is told anything with it.

import Foundation
import Groundwork
import StationCore

/// Why the pool can't sign.
struct PoolKeyError: Error, CustomStringConvertible {
    /// What is wrong, and what to do.
    var description: String
}

/// The key that signs receipts and registers.
enum PoolKey {
    /// The file of the key within the pool's folder.
    static let fileName = "pool.key"

    /// The key that a pool has signed with so far.
    ///
    /// Throws: ``PoolKeyError`` where it is missing, or another one.
    static func open(folder: String, known: NoteKey) throws -> SigningKey {
        let file = "\(folder)/\(fileName)"
        guard FileManager.default.fileExists(atPath: file) else {
            throw PoolKeyError(
                description: "\(file) is missing; put it back from the backup: stations trust no other key")
        }
        let key = try SigningKey(file: file, name: known.name)
        guard key.noteKey == known else {
            throw PoolKeyError(
                description: "\(file) is not the key this pool has signed with so far (\(known)); put that one back")
        }
        return key
    }

    /// The key of a pool, made where it has none yet and named after the city.
    static func ensure(_ store: any PoolStore, folder: String, cityDomain: String) async throws -> SigningKey {
        if let known = try await store.identity().key { return try open(folder: folder, known: known) }
        let key = try SigningKey(file: "\(folder)/\(fileName)", name: "pool.\(cityDomain)")
        try await store.adopt(key: key.noteKey)
        return key
    }

    /// A city's domain: a DNS name in lower case.
    static func domain(_ text: String) -> String? {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let fits = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
        }
        return labels.count >= 2 && text.utf8.count <= 100 && fits ? text : nil
    }
}

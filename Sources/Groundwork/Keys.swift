// Ed25519 keys of stations and pools: made once, kept in a file that only its owner may read.

internal import Crypto
internal import Foundation
public import StationCore

/// The private key of a station or a pool, which signs checkpoints, receipts, registers and passes.
public struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey
    /// The public part, with its name.
    public let noteKey: NoteKey

    private init(name: String, key: Curve25519.Signing.PrivateKey) throws {
        self.key = key
        guard let noteKey = NoteKey(name: name, publicKey: Array(key.publicKey.rawRepresentation)) else {
            throw SecretError(problem: "'\(LogText.safe(name))' can't be the name of a key")
        }
        self.noteKey = noteKey
    }

    /// The key in a file, made where there is none.
    ///
    /// Throws: ``SecretError`` where the file holds no key, can't be made, or may be read by others.
    public init(file: String, name: String) throws {
        if let stored = try SecretFile.readIfPresent(file) {
            guard let bytes = Base64.decode(stored),
                let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
            else { throw SecretError(problem: "\(file) holds no Ed25519 key; move it away to have a new one made") }
            try self.init(name: name, key: key)
        } else {
            let key = Curve25519.Signing.PrivateKey()
            try SecretFile.create(file, text: Base64.encode(Array(key.rawRepresentation)))
            try self.init(name: name, key: key)
        }
    }

    /// A signed note over a text that ends with a newline.
    public func sign(_ text: String) throws -> SignedNote {
        try SignedNote(text: text, key: noteKey) { try Array(key.signature(for: $0)) }
    }

    /// The text of a pass, signed; the pass names this key.
    public func sign(_ pass: Pass) throws -> String {
        precondition(pass.keyID == noteKey.identifier, "a pass is signed with the key that it names")
        return try pass.encode { try Array(key.signature(for: $0)) }
    }
}

extension NoteKey {
    /// Whether this key signed a note.
    public func signed(_ note: SignedNote) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return note.isSigned(by: self) { key.isValidSignature($0, for: $1) }
    }

    /// Whether this key signed a pass.
    public func signed(_ pass: SignedPass) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return pass.isSigned(by: self) { key.isValidSignature($0, for: $1) }
    }
}

/// Random bytes from the system's generator.
public enum Randomness {
    /// So many random bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}

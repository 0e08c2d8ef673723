// Signed notes, and what station and pool sign in them. The signatures here are made of hashes: Ed25519 is the shell's.

import TestSupport
import Testing

@testable import StationCore

/// A stand-in for Ed25519: 64 bytes that depend on a secret and on every byte that is signed.
private func sign(_ bytes: [UInt8], secret: UInt8) -> [UInt8] {
    EntryHash(of: [secret] + bytes).bytes + EntryHash(of: [secret, 1] + bytes).bytes
}

@Suite("Signed notes")
struct NoteTests {
    private let key: NoteKey
    private let note: SignedNote

    init() throws {
        key = try #require(NoteKey(name: "pool.example.org", publicKey: [UInt8](repeating: 3, count: 32)))
        note = SignedNote(text: "milastation test\nline two\n", key: key) { sign($0, secret: 3) }
    }

    private func isSigned(_ encoded: String, by key: NoteKey, secret: UInt8 = 3) -> Bool {
        SignedNote(encoded)?.isSigned(by: key) { signature, bytes in signature == sign(bytes, secret: secret) } ?? false
    }

    @Test("a note survives the way as text, and its signature fits it")
    func roundTrip() {
        #expect(SignedNote(note.encoded) == note)
        #expect(isSigned(note.encoded, by: key))
    }

    @Test("a note with an empty line in its text is read to its last one")
    func emptyLine() {
        let two = SignedNote(text: "a\n\nb\n", key: key) { sign($0, secret: 3) }
        #expect(SignedNote(two.encoded) == two)
    }

    @Test("a published note and its key are read (the example of Go's package note)")
    func published() throws {
        let key = try #require(NoteKey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"))
        #expect(key.name == "PeterNeumann" && hexadecimal(key.identifier) == "c74f20a3")
        #expect(key.description == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        let words =
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
        let signature =
            "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
        let note = try #require(SignedNote("\(words)\n— PeterNeumann \(signature)\n"))
        #expect(note.text == words && note.keyID == key.identifier && note.signature.count == 64)
    }

    @Test("any changed byte of a note is no note, or not signed")
    func tampering() {
        let bytes = Array(note.encoded.utf8)
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x01
            #expect(!isSigned(text(changed), by: key), "byte \(place)")
        }
    }

    @Test("another key, another name or another key's identifier is not this one")
    func otherKeys() throws {
        #expect(!isSigned(note.encoded, by: key, secret: 4))
        let named = try #require(NoteKey(name: "pool.example.net", publicKey: key.publicKey))
        let other = try #require(NoteKey(name: key.name, publicKey: [UInt8](repeating: 4, count: 32)))
        #expect(!isSigned(note.encoded, by: named) && !isSigned(note.encoded, by: other))
    }

    @Test("what is no note is none")
    func noNotes() {
        let encoded = note.encoded
        let signature = encoded.split(separator: "\n").last.map(String.init) ?? ""
        for text in [
            "", "\n", "a\n", "a\n\n", String(encoded.dropLast()), signature + "\n", "a\n" + signature + "\n",
            encoded + signature + "\n\n", encoded.replacing("— ", with: "- "),
            encoded.replacing("pool.", with: "po+l."),
            encoded.replacing("— pool.example.org ", with: "— "), "a\n\n— pool.example.org AAAA\n",
            "a\n\n— pool.example.org ???\n", encoded.replacing("\n— ", with: "\n—  "),
            String(repeating: "a", count: SignedNote.maximumBytes) + encoded,
        ] {
            #expect(SignedNote(text) == nil, "\(text.prefix(80))")
        }
    }

    @Test("a key's text is read back, and a wrong one is none")
    func keys() {
        #expect(NoteKey(key.description) == key)
        for text in [
            "", "a+b", "pool", key.description.replacing("pool", with: "pond"), key.description + "A",
            key.description.replacing("+AQ", with: "+Ag"), "a b+00000000+AQ==",
        ] { #expect(NoteKey(text) == nil, "\(text)") }
        for name in ["", "a b", "a+b", "ä", String(repeating: "a", count: 129)] {
            #expect(NoteKey(name: name, publicKey: key.publicKey) == nil)
        }
        #expect(NoteKey(name: "a", publicKey: [1]) == nil)
    }

    // MARK: - Checkpoints and receipts

    private let head = JournalHead(epoch: Epoch(0xe), sequence: 42, hash: EntryHash(of: [1]))
    private let source = EntrySource(cityDomain: "example.org", station: .of("demo"))

    @Test("a checkpoint and a receipt are read back from their texts, and never one as the other")
    func words() {
        let checkpoint = Checkpoint(source: source, head: head)
        let receipt = Receipt(source: source, head: head, incarnation: "p-1")
        #expect(checkpoint.text == "milastation checkpoint v1\n\(source)\n\(head.epoch)\n42\n\(head.hash)\n")
        #expect(receipt.text == "milastation receipt v1\n\(source)\n\(head.epoch)\n42\n\(head.hash)\np-1\n")
        #expect(Checkpoint(text: checkpoint.text) == checkpoint && Receipt(text: receipt.text) == receipt)
        #expect(Checkpoint(text: receipt.text) == nil && Receipt(text: checkpoint.text) == nil)
    }

    @Test("a line too many or too few, or a number written another way, is no checkpoint and no receipt")
    func noWords() {
        let lines = ["TITLE", source.description, head.epoch.description, "42", head.hash.description]
        let wrong: [(Int, String)] = [
            (0, "milastation checkpoint v2"), (2, "e"), (3, "042"), (3, "+42"), (3, "-1"), (3, "1000000000000"),
            (4, "00"), (4, head.hash.description.uppercased()),
        ]
        func checkpoint(_ lines: [String]) -> Checkpoint? {
            Checkpoint(text: lines.joined(separator: "\n").replacing("TITLE", with: "milastation checkpoint v1") + "\n")
        }
        func receipt(_ lines: [String]) -> Receipt? {
            let text = (lines + ["p-1"]).joined(separator: "\n")
            return Receipt(text: text.replacing("TITLE", with: "milastation receipt v1") + "\n")
        }
        #expect(checkpoint(lines) != nil && receipt(lines) != nil)
        for (index, text) in wrong {
            var changed = lines
            changed[index] = text
            #expect(checkpoint(changed) == nil && receipt(changed) == nil, "\(text)")
        }
        #expect(checkpoint(lines + [""]) == nil && checkpoint(Array(lines.dropLast())) == nil)
        #expect(receipt(lines + [""]) == nil && receipt(Array(lines.dropLast())) == nil)
        #expect(Checkpoint(text: String(Checkpoint(source: source, head: head).text.dropLast())) == nil)
    }

    // MARK: - Base64

    @Test("the published examples of Base64 (RFC 4648, section 10), with and without padding")
    func base64() {
        let examples = [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
        for (plain, encoded) in examples {
            #expect(Base64.encode(Array(plain.utf8)) == encoded)
            #expect(Base64.decode(encoded) == Array(plain.utf8))
            let bare = encoded.replacing("=", with: "")
            #expect(Base64URL.encode(Array(plain.utf8)) == bare && Base64URL.decode(bare) == Array(plain.utf8))
        }
        #expect(Base64.encode([0xfb, 0xff]) == "+/8=" && Base64URL.encode([0xfb, 0xff]) == "-_8")
    }

    @Test("what is not the one Base64 form of some bytes is refused")
    func noBase64() {
        for text in ["Zg", "Zg=", "Zh==", "Zg===", "Z===", "====", "Zm9v\n", "-_8=", "Zm 9", "é==="] {
            #expect(Base64.decode(text) == nil, "\(text)")
        }
        for text in ["Z", "Zh", "Zg==", "+/8", "Zm9v!"] { #expect(Base64URL.decode(text) == nil, "\(text)") }
    }

    @Test("any bytes come back from both forms", arguments: 1...5 as ClosedRange<UInt64>)
    func anyBytes(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        for count in 0..<40 {
            let bytes = chance.bytes(count)
            #expect(Base64.decode(Base64.encode(bytes)) == bytes && Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }
}

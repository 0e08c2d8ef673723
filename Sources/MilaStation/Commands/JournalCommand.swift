// `mila-station journal`: export, verify, status; of a station that runs as of one that does not.

internal import ArgumentParser
internal import Foundation
internal import Groundwork
internal import StationCore

struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Export, verify and look at the journal, also while the station runs.",
        subcommands: [Export.self, Verify.self, Status.self])

    /// Which journal is meant.
    struct Choice: ParsableArguments {
        @Option(help: ArgumentHelp("The station's configuration.", valueName: "file"))
        var config: String?

        @Option(help: ArgumentHelp("The journal's database.", valueName: "file"))
        var database: String?

        func validate() throws {
            guard (config == nil) != (database == nil) else {
                throw ValidationError("Give either --config FILE or --database FILE.")
            }
        }

        func path() throws -> String {
            if let database { return database }
            return try ConfigurationReader.read(config ?? "").journalFile
        }

        func view() throws -> any JournalView { try JournalViews.open(try path()) }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write the entries to standard output.")

        enum Format: String, ExpressibleByArgument, CaseIterable { case ndjson, csv }

        @OptionGroup var choice: Choice
        @Option(help: "ndjson: the entries byte for byte, one a line. csv: for spreadsheets, without pseudonyms.")
        var format = Format.ndjson
        @Option(help: ArgumentHelp("Only the entries after this sequence.", valueName: "sequence"))
        var after: UInt64 = 0
        @Option(help: ArgumentHelp("Also write a signed checkpoint of the journal's end.", valueName: "file"))
        var checkpoint: String?

        func run() async throws {
            let view = try choice.view()
            // The checkpoint comes first: entries that are written meanwhile are beyond it and do no harm.
            if let checkpoint {
                try DurableFile.write(Array(try await view.checkpoint().utf8), to: checkpoint)
            }
            let output = StandardOutput()
            if format == .csv { try output.write(CSVExport.header) }
            let format = format
            try await view.documents(after: after) { document in
                switch format {
                case .ndjson: try output.write(document + [UInt8(ascii: "\n")])
                case .csv: try output.write(CSVExport.line(try EntryDocument(parsing: document).entry))
                }
            }
            try output.flush()
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the chain of entries, and that a checkpoint's entries are all there.",
            discussion: "Exit code 1 where something is wrong; the first finding is printed.")

        @OptionGroup var choice: Choice
        @Option(help: ArgumentHelp("A checkpoint that was exported before.", valueName: "file"))
        var checkpoint: String?
        @Option(
            help: ArgumentHelp(
                "The station's key as 'journal status' prints it; else the key beside the journal.", valueName: "key"))
        var key: String?

        func run() async throws {
            let checkpoint = try checkpoint.map(readCheckpoint)
            let view = try choice.view()
            let start = try readTrim(try await view.trim())
            let verifier = VerifierBox(
                ChainVerifier(source: checkpoint?.source ?? start?.source, after: start?.head, checkpoint: checkpoint))
            do {
                try await view.documents(after: 0) { try verifier.value.take(parsing: $0) }
                try verifier.value.finish()
            } catch let found as ChainBreak {
                try finding("\(found)")
            } catch let damaged as DamagedEntry {
                try finding("\(damaged)")
            }
            let head = verifier.value.head
            let last = head.map { "\($0.epoch)-\($0.sequence)" } ?? "none"
            if let start {
                print("Entries 1 to \(start.head.sequence) are no longer kept; the station signed for them.")
            }
            print("\(verifier.value.count) entries, chain whole, up to \(last).")
        }

        /// The station's word about the entries that are gone; `nil` where all are there.
        private func readTrim(_ word: TrimWord) throws -> TrimNote? {
            guard let text = word.note else { return nil }
            guard let note = SignedNote(text), let trim = TrimNote(text: note.text) else {
                try finding("trim: the word about entries that are no longer kept is none")
                return nil
            }
            guard try noteKey(of: trim.source).signed(note) else {
                try finding("trim: not signed by the station's key")
                return nil
            }
            guard EntryHash(of: word.books.canonical) == trim.books else {
                try finding(
                    "trim: the books after entry \(trim.head.sequence) are not those that the station signed for")
                return nil
            }
            return trim
        }

        /// The key that was given, or the one beside the journal.
        private func noteKey(of source: EntrySource) throws -> NoteKey {
            if let key {
                guard let given = NoteKey(key) else {
                    throw ValidationError("--key is no key as 'journal status' prints it.")
                }
                return given
            }
            let keyFile = try choice.path().folder + "/station.key"
            guard try SecretFile.readIfPresent(keyFile) != nil else {
                throw ValidationError("There is no \(keyFile); give the station's key with --key.")
            }
            return try SigningKey(file: keyFile, name: source.description).noteKey
        }

        private func finding(_ text: String) throws {
            print(text)
            throw ExitCode(1)
        }

        private func readCheckpoint(_ file: String) throws -> Checkpoint {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            guard let note = SignedNote(text), let checkpoint = Checkpoint(text: note.text) else {
                throw ValidationError("\(file) is no checkpoint.")
            }
            let noteKey = try noteKey(of: checkpoint.source)
            guard noteKey.signed(note) else {
                print("checkpoint: not signed by the key \(noteKey.name)")
                throw ExitCode(1)
            }
            return checkpoint
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say how long the journal is and what waits for the pool.")

        @OptionGroup var choice: Choice

        func run() async throws {
            let status = try await choice.view().status()
            for (key, value) in (status.object ?? [:]).sorted(by: { $0.key < $1.key }) {
                if key == "lockers" {
                    for locker in value.array ?? [] { print(Self.line(locker)) }
                    continue
                }
                print("\(key): \(value.string ?? String(decoding: value.canonical, as: UTF8.self))")
            }
        }
    }
}

extension JournalCommand.Status {
    /// A locker in one line: `locker 4: latched (sensed), in-service, holds`.
    fileprivate static func line(_ locker: JSON) -> String {
        func word(_ name: String) -> String? { locker[name]?.string }
        let door = "\(word("door") ?? "") (\(word("basis") ?? ""))"
        let states = [door, word("service"), word("fault"), word("content")].compactMap(\.self)
        return "locker \(word("locker") ?? ""): " + states.joined(separator: ", ")
    }
}

/// Lets a closure that is called entry by entry work on one verifier.
private final class VerifierBox {
    var value: ChainVerifier
    init(_ value: ChainVerifier) { self.value = value }
}

/// Standard output in large writes; a reader that went away ends the program quietly, as `head` expects.
private final class StandardOutput {
    private var buffer: [UInt8] = []

    func write(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= 1 << 16 { try flush() }
    }

    func flush() throws {
        try FileHandle.standardOutput.write(contentsOf: Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }
}

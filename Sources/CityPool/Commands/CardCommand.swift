// `city-pool card`: the cards of a borrower. A code or PIN comes on standard input, because arguments are in the list of
// processes and in the shell's history (rule S10).

import ArgumentParser
import Groundwork
import StationCore

struct CardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "card", abstract: "The cards of a borrower, known by their fingerprints.",
        subcommands: [ListCards.self, AddCard.self, RemoveCard.self])
}

/// Whose cards.
struct CardHolder: ParsableArguments {
    @Argument(help: "The borrower's identifier.")
    var borrower: String

    /// The borrower in the register.
    ///
    /// Throws: ``CommandError`` where there is none.
    fileprivate func member(of house: House) throws -> House.Member {
        guard let member = house.borrowers.first(where: { $0.borrower.id.text == borrower }) else {
            throw CommandError(
                "there is no borrower '\(LogText.safe(borrower))'; see 'city-pool borrower list'", code: ExitCode.usage)
        }
        return member
    }
}

struct ListCards: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists a borrower's cards: the fingerprint, and whether there is a PIN.")

    @OptionGroup var holder: CardHolder
    @OptionGroup var data: DataOptions

    func run() async throws {
        for card in try await data.use({ try holder.member(of: try await $0.registered()) }).cards {
            print("\(card.fingerprint)\t\(card.pin == nil ? "no PIN" : "PIN")")
        }
    }
}

struct AddCard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Gives a borrower one more card.",
        discussion: """
            Standard input has the card's code, and in a second line the PIN, where it has one. With --proposed nothing is read: \
            the card is one that a station proposes. Where the station has replaced the borrower's card, the earlier ones end.
            """)

    @OptionGroup var holder: CardHolder
    @OptionGroup var data: DataOptions

    @Option(help: "The fingerprint of a card that a station proposes, or its first 8 digits or more.")
    var proposed: String?

    func validate() throws {
        guard proposed.map({ $0.count >= 8 }) ?? true else {
            throw ValidationError("a fingerprint is 8 hex digits or more.")
        }
    }

    func run() async throws {
        if let proposed { return try await accept(proposed.lowercased()) }
        guard let code = readLine(), !code.isEmpty else {
            throw CommandError("write the card's code to standard input, and its PIN below", code: ExitCode.usage)
        }
        let pin = readLine().flatMap { $0.isEmpty ? nil : $0 }
        let (card, borrower) = (CardText(code: code, pin: pin), holder.borrower)
        report(
            try await data.use { store in try await store.edit { try BorrowerTable.add(card, to: borrower, in: $0) } })
    }

    private func accept(_ start: String) async throws {
        let borrower = holder.borrower
        let version = try await data.use { store in
            var meant: [PoolProposal] = []
            var position: Int64 = 0
            while let last = try await store.proposals(after: position, limit: 500).map({ proposal in
                // Another borrower's new card is none for this one.
                if proposal.card?.hasPrefix(start) == true, proposal.borrower.map({ $0 == borrower }) ?? true {
                    meant.append(proposal)
                }
                return proposal.position
            }).last { position = last }
            let cards = Set(meant.compactMap(\.card))
            guard cards.count == 1, let card = cards.first.flatMap({ EntryHash($0) }) else {
                throw CommandError(
                    "\(cards.count) proposed cards for '\(LogText.safe(borrower))' begin so; see 'city-pool proposals'",
                    code: ExitCode.usage)
            }
            let replaces = meant.contains { $0.kind == EntryKind.cardReplaced.rawValue }
            return try await store.edit {
                try BorrowerTable.add(proposed: card, replacing: replaces, to: borrower, in: $0)
            }
        }
        report(version)
    }
}

struct RemoveCard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Takes a card from a borrower: no station takes it from then on.")

    @OptionGroup var holder: CardHolder

    @Argument(help: "The card's fingerprint, or its first 8 digits or more.")
    var fingerprint: String

    @OptionGroup var data: DataOptions

    func validate() throws {
        guard fingerprint.count >= 8 else { throw ValidationError("a fingerprint is 8 hex digits or more.") }
    }

    func run() async throws {
        let version = try await data.use { store in
            let cards = try holder.member(of: try await store.registered()).cards.map(\.fingerprint)
            let meant = cards.filter { $0.description.hasPrefix(fingerprint.lowercased()) }
            guard meant.count == 1 else {
                throw CommandError(
                    "\(meant.count) cards of '\(holder.borrower)' begin so; see 'city-pool card list'",
                    code: ExitCode.usage)
            }
            let borrower = holder.borrower
            return try await store.edit { try BorrowerTable.remove(card: meant[0], of: borrower, in: $0) }
        }
        report(version)
    }
}

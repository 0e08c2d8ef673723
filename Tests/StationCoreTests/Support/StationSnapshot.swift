// What a station was like before a step, to say what the step has changed.

@testable import StationCore

/// A station before a step.
struct StationSnapshot {
    private let books: ReplayedBooks
    private let entries, orders, told: Int

    init(_ station: StationBench) {
        books = station.journal.books
        (entries, orders) = (station.journal.entries.count, station.coils.orders.count)
        told = station.screen.told.count
    }

    /// What has changed although nothing but refusals was told: a refusal changes nothing but the journal.
    func changesByRefusals(_ station: StationBench) -> [String] {
        let told = station.screen.told.dropFirst(told)
        let isRefusal = told.allSatisfy { if case .refused = $0.id { true } else { false } }
        guard !told.isEmpty, isRefusal else { return [] }
        let kinds = Set(station.journal.entries.dropFirst(entries).map(\.kind))
        let isUnchanged = kinds.isSubset(of: [.refused, .pinRefused]) && station.journal.books == books
        return isUnchanged && station.coils.orders.count == orders ? [] : ["\(told.map(\.id.key)) changed \(kinds)"]
    }
}

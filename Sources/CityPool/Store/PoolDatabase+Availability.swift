// What is available, read from the database in one look.

import StationCore

extension PoolDatabase {
    func availability(at now: WallTime) async throws -> AvailabilityBasis? {
        try await engine.read { database -> AvailabilityBasis? in
            guard try Self.version(database) != nil else { return nil }
            let house = try Self.house(database)
            let homes = Dictionary(
                house.items.map { ($0.item.id, $0.station) }, uniquingKeysWith: { first, _ in first })
            var conditions: [ItemID: Condition] = [:]
            for row in try database.rows("SELECT station, item, condition FROM item_states") {
                let item: ItemID = try row.identifier("item")
                // Only its own house knows.
                guard try row.get("station") == homes[item]?.text else { continue }
                conditions[item] = Condition(rawValue: try row.get("condition"))
            }
            return AvailabilityBasis(
                at: now, house: house, stock: try Self.stock(database, at: now), conditions: conditions)
        }
    }
}

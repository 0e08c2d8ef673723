// Stations, lockers and items of the register in the database.

import StationCore

extension PoolDatabase {
    static func writeThings(of house: House, _ database: any DatabaseSession) throws {
        try database.insert(
            into: "houses", ["station", "hours"],
            house.stations.map {
                [.text($0.id.text), .text($0.hours.map { String(decoding: $0.json.canonical, as: UTF8.self) })]
            })
        try database.insert(
            into: "lockers", ["station", "id", "german", "english", "label"],
            house.stations.flatMap { station in
                station.lockers.map { locker in
                    [
                        .text(station.id.text), .text(locker.id.text), .text(locker.name.german),
                        .text(locker.name.english), .text(locker.label),
                    ]
                }
            })
        try database.insert(
            into: "items",
            [
                "id", "german", "english", "label", "category", "quantity", "station", "locker", "lendable", "value",
            ],
            house.items.map { place in
                let item = place.item
                return [
                    .text(item.id.text), .text(item.name.german), .text(item.name.english), .text(item.label),
                    .text(item.category), .integer(Int64(item.quantity)), .text(place.station.text),
                    .text(item.locker?.text), .flag(item.isLendable), .integer(Int64(item.valueCents)),
                ]
            })
        try database.insert(
            into: "parts", ["item", "place", "german", "english"],
            house.items.map(\.item).flatMap { item in
                item.parts.enumerated().map { place, part in
                    [.text(item.id.text), .integer(Int64(place)), .text(part.german), .text(part.english)]
                }
            })
    }

    static func stations(_ database: any DatabaseSession) throws -> [House.Station] {
        var lockers: [String: [Locker]] = [:]
        for row in try database.rows("SELECT station, id, german, english, label FROM lockers ORDER BY station, id") {
            lockers[try row.get("station"), default: []].append(
                Locker(id: try row.identifier("id"), name: try row.name, label: try row.get("label")))
        }
        return try database.rows("SELECT station, hours FROM houses").map { row in
            let hours: String? = try row.get("hours")
            return House.Station(
                id: try row.identifier("station"), lockers: lockers[try row.get("station")] ?? [],
                hours: try hours.map { try OpeningHours(JSON(parsing: Array($0.utf8))) })
        }
    }

    /// The items with their stations, by identifier.
    static func places(_ database: any DatabaseSession) throws -> [House.Place] {
        var parts: [String: [LocalizedText]] = [:]
        for row in try database.rows("SELECT item, german, english FROM parts ORDER BY item, place") {
            parts[try row.get("item"), default: []].append(try row.name)
        }
        return try database.rows("SELECT * FROM items ORDER BY id").map { row in
            let item = Item(
                id: try row.identifier("id"), name: try row.name, label: try row.get("label"),
                category: try row.get("category"), quantity: try row.get("quantity"),
                parts: parts[try row.get("id")] ?? [], locker: try row.identifier(ifAny: "locker"),
                isLendable: try row.get("lendable"), valueCents: try row.get("value"))
            return House.Place(item: item, station: try row.identifier("station"))
        }
    }
}

extension SQLRow {
    fileprivate var name: LocalizedText {
        get throws { LocalizedText(german: try get("german"), english: try get("english")) }
    }
}

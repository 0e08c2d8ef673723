// Stations, lockers and items of the register in the database.

import GRDB
import StationCore

extension SQLitePool {
    static func writeThings(of house: House, _ database: Database) throws {
        try insert(
            database, "INSERT INTO houses (station, hours) VALUES (?, ?)",
            house.stations.map { [$0.id.text, $0.hours.map { String(decoding: $0.json.canonical, as: UTF8.self) }] })
        for station in house.stations {
            try insert(
                database, "INSERT INTO lockers (station, id, german, english, label) VALUES (?, ?, ?, ?, ?)",
                station.lockers.map { [station.id.text, $0.id.text, $0.name.german, $0.name.english, $0.label] })
        }
        try insert(
            database,
            """
            INSERT INTO items (id, german, english, label, category, quantity, station, locker, lendable, value)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            house.items.map { place in
                let item = place.item
                return [
                    item.id.text, item.name.german, item.name.english, item.label, item.category, item.quantity,
                    place.station.text, item.locker?.text, item.isLendable, item.valueCents,
                ]
            })
        for item in house.items.map(\.item) {
            try insert(
                database, "INSERT INTO parts (item, place, german, english) VALUES (?, ?, ?, ?)",
                item.parts.enumerated().map { [item.id.text, $0, $1.german, $1.english] })
        }
    }

    static func stations(_ database: Database) throws -> [House.Station] {
        try Row.fetchAll(database, sql: "SELECT station, hours FROM houses").map { house in
            let (text, hours): (String, String?) = (house["station"], house["hours"])
            let rows = try Row.fetchAll(
                database, sql: "SELECT id, german, english, label FROM lockers WHERE station = ? ORDER BY id",
                arguments: [text])
            let lockers = try rows.map { row in
                Locker(id: try identifier(row["id"]), name: row.name, label: row["label"])
            }
            return House.Station(
                id: try identifier(text), lockers: lockers,
                hours: try hours.map { try OpeningHours(JSON(parsing: Array($0.utf8))) })
        }
    }

    /// The items with their stations, by identifier.
    static func places(_ database: Database) throws -> [House.Place] {
        var parts: [String: [LocalizedText]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT item, german, english FROM parts ORDER BY item, place") {
            parts[row["item"], default: []].append(row.name)
        }
        return try Row.fetchAll(database, sql: "SELECT * FROM items ORDER BY id").map { row in
            let (id, locker): (String, String?) = (row["id"], row["locker"])
            let item = Item(
                id: try identifier(id), name: row.name, label: row["label"], category: row["category"],
                quantity: row["quantity"], parts: parts[id] ?? [], locker: try locker.map { try identifier($0) },
                isLendable: row["lendable"], valueCents: row["value"])
            return House.Place(item: item, station: try identifier(row["station"]))
        }
    }
}

extension Row {
    fileprivate var name: LocalizedText { LocalizedText(german: self["german"], english: self["english"]) }
}

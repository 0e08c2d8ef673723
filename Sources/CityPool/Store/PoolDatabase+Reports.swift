// What stations say of themselves.

import StationCore

extension PoolDatabase {
    func keys(of station: StationID) async throws -> [NoteKey] {
        try await engine.read { database in
            try database.rows(
                "SELECT key FROM station_keys WHERE station = ?1 ORDER BY since DESC, key", [.text(station.text)]
            ).compactMap { NoteKey(try $0.get("key")) }
        }
    }

    func keep(_ report: StationReport, of station: StationID, at now: WallTime) async throws {
        try await engine.write { database in
            try database.execute(
                """
                INSERT INTO reports (station, received, checkpoint, status) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (station) DO UPDATE
                SET received = excluded.received, checkpoint = excluded.checkpoint, status = excluded.status
                """,
                [.text(station.text), .time(now), .text(report.checkpoint), .bytes(report.status.canonical)])
        }
    }

    func report(of station: StationID) async throws -> KeptReport? {
        try await engine.read { database in
            try database.row(
                "SELECT received, checkpoint, status FROM reports WHERE station = ?1", [.text(station.text)]
            ).map { row in
                KeptReport(
                    received: try row.get("received"), checkpoint: try row.get("checkpoint"),
                    status: try row.get("status"))
            }
        }
    }
}

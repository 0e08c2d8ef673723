// Invitations of stations, and the keys that stations have shown.

import Groundwork
import StationCore

extension PoolDatabase {
    func invite(_ station: StationID, secret: EntryHash, until: WallTime) async throws {
        try await engine.write { database in
            try database.execute("DELETE FROM invitations WHERE station = ?1", [.text(station.text)])
            try database.insert(
                into: "invitations", ["station", "secret", "until"],
                [[.text(station.text), .hash(secret), .time(until)]])
        }
    }

    func join(_ note: JoinNote, as station: StationID, tokenHash: EntryHash, at now: WallTime) async throws -> Bool {
        try await engine.write { database in
            let invitation = try database.row(
                "SELECT secret, until FROM invitations WHERE station = ?1", [.text(station.text)])
            guard let invitation, try (invitation.get("secret") as EntryHash).equalsInConstantTime(note.invitation),
                try (invitation.get("until") as WallTime) > now
            else { return false }
            // Whoever was first has it; and has it again, where the pool's answer was lost.
            let taken = try database.execute(
                "UPDATE invitations SET key = ?1 WHERE station = ?2 AND secret = ?3 AND (key IS NULL OR key = ?1)",
                [.text(note.key.description), .text(station.text), .hash(note.invitation)])
            guard taken == 1 else { return false }
            try database.execute(
                "UPDATE stations SET token = ?1 WHERE id = ?2", [.hash(tokenHash), .text(station.text)])
            try database.insert(
                into: "station_keys", ["station", "key", "since"],
                [[.text(station.text), .text(note.key.description), .time(now)]],
                onConflict: "(station, key) DO UPDATE SET since = excluded.since")
            return true
        }
    }
}

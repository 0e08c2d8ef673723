// Opening hours on their way from the file of a house to its station.

import GRDB
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct OpeningHoursTests {
    private func yaml(_ lines: String) -> String {
        SampleHouse.yaml.replacing("  - id: demo\n", with: "  - id: demo\n" + lines)
    }

    private func mistakes(_ lines: String) -> [String] {
        do {
            _ = try HouseYAML.read(Array(yaml(lines).utf8), name: "house")
            return []
        } catch let problems as FileProblems {
            return problems.all.map { "\($0.problem). \($0.remedy)" }
        } catch {
            return ["\(error)"]
        }
    }

    private static let lines = """
            hours: { mon: "10:00-13:00, 15:00-19:00", sat: "10:00-12:00" }
            closed: [2026-12-24, 2026-12-28/2027-01-02]

        """

    @Test func aStationGetsTheHoursOfItsHouseAndOthersNone() throws {
        let house = try PoolHouse(stations: ["demo", "other"], admin: false)
        let file = try house.folder.write(yaml(Self.lines), to: "house.yaml")
        let first = try house.command(["register", "load", file])
        #expect(try house.command(["register", "load", file]) == first, "what is stored is what was read")
        try house.serve()
        let hours = try #require(try hours(of: house, "demo"))
        #expect(hours.week.map(OpeningHours.text) == ["10:00-13:00, 15:00-19:00", "", "", "", "", "10:00-12:00", ""])
        #expect(hours.closedDays.count == 7)
        #expect(try self.hours(of: house, "other") == nil)
    }

    private func hours(of house: PoolHouse, _ station: String) throws -> OpeningHours? {
        let answer = try house.ask("GET", "/v1/stations/\(station)/register", token: house.tokens[station])
        return try RegisterSnapshot(JSON(parsing: SignedRegister(body: answer.body).payload)).policy.hours
    }

    @Test func hoursThatMakeNoSenseAreToldWithWhatToDo() {
        #expect(mistakes(Self.lines).isEmpty)
        let found: [(String, String)] = [
            ("hours: { mon: ten to six }", "'mon' is not hours such as \"10:00-13:00, 15:00-19:00\""),
            ("hours: { mon: \"10:00-09:00\" }", "'mon' is not hours"),
            ("hours: { monday: \"10:00-12:00\" }", "nothing here is called 'monday'"),
            ("hours: {}", "'hours' has no open day, or 'closed' too many days"),
            ("hours: always", "'hours' should be a mapping"),
            ("closed: [2026-12-24]", "'closed' without 'hours' says nothing"),
            ("hours: { mon: \"10:00-12:00\" }\n    closed: [24.12.2026]", "entry 1 of 'closed' is not a date"),
            ("hours: { mon: \"10:00-12:00\" }\n    closed: 2026-12-24", "'closed' should be a list"),
        ]
        for (line, problem) in found {
            let told = mistakes("    \(line)\n")
            #expect(told.contains { $0.hasPrefix(problem) }, "\(line): \(told)")
        }
    }

    @Test func aPoolOfTheFirstVersionGetsRoomForHours() throws {
        let folder = try Folder()
        let queue = try DurableDatabase.open(folder.file("pool.sqlite"), exclusive: true)
        try SQLiteSchema.migrator.migrate(queue, upTo: "1 ledger and register")
        try queue.write { try $0.execute(sql: "INSERT INTO houses (station) VALUES ('demo')") }
        try SQLiteSchema.migrator.migrate(queue)
        let stored = try queue.read { try Row.fetchAll($0, sql: "SELECT station, hours FROM houses") }
        #expect(stored.count == 1 && stored[0]["hours"] == nil)
        try queue.close()
    }
}

// Two adapters for others' formats: CSV as spreadsheets read it, and time zones as the system has them.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct CSVExportTests {
    @Test(arguments: [
        "=1+1", "+49 331", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\r\n=1", "=\u{301}1",
        "=HYPERLINK(\"http://x\";\"y\")",
    ])
    func `a cell that a spreadsheet would take for a formula gets an apostrophe`(text: String) {
        let cell = CSVExport.cell(text)
        #expect(cell.hasPrefix("\"'") && cell.hasSuffix("\""))
        #expect(cell == "\"'" + text.replacing("\"", with: "\"\"") + "\"")
    }

    @Test func `other cells stay as they are, quoted where the format wants it`() {
        for plain in ["", "drill-1", "2026-11-21T05:18:04.000Z", "1+1", "a=b", "Größe „7“"] {
            #expect(CSVExport.cell(plain) == plain)
        }
        #expect(CSVExport.cell("a,b") == "\"a,b\"")
        #expect(CSVExport.cell("say \"yes\"") == "\"say \"\"yes\"\"\"")
        #expect(CSVExport.cell("a\nb") == "\"a\nb\"")
        #expect(CSVExport.cell("a\r\nb") == "\"a\r\nb\"")
    }

    @Test func `Python's csv module reads the lines back`() throws {
        let bench = try JournalBench()
        let reasons = ["=1+1", "a,b", "say \"yes\"", "@x", "line\nbreak", "Wörter, \"und\"\r\nmehr", "plain"]
        let bytes = try bench.with { store in
            try store.write(reasons.map { .lockerOutOfService(locker: JournalBench.lockers[0], reason: $0) })
            return try CSVExport.header + store.entries().flatMap(CSVExport.line)
        }
        let folder = try Folder()
        let file = folder.path + "/export.csv"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let script = """
            import csv, json, sys
            with open(sys.argv[1], encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file, strict=True))
            print(json.dumps([[row["reason"], row["locker"], row["type"], len(row), None in row] for row in rows]))
            """
        let read = try TestProcess.run("python3", ["-B", "-c", script, file])
        #expect(read.code == 0, "\(read.output)")
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(read.output.utf8)) as? [[Any]])
        #expect(rows.compactMap { $0[0] as? String } == reasons.map { "=+-@".contains($0.prefix(1)) ? "'" + $0 : $0 })
        for row in rows {
            #expect(row[1] as? String == "1")
            #expect(row[2] as? String == "org.milastation.locker-out-of-service.v1")
            #expect(row[3] as? Int == 29 && row[4] as? Bool == false)
        }
    }
}

/// One after another, and nowhere else: reading a zone sets that of the whole process.
@Suite(.serialized) struct SystemTimeZoneTests {
    @Test func `Berlin changes its clocks when it does`() throws {
        let zone = try SystemTimeZone.table("Europe/Berlin")
        func time(_ text: String) throws -> WallTime { try #require(WallTime(iso8601: text)) }
        func hours(_ text: String) throws -> Int64 { zone.offsetMilliseconds(at: try time(text)) / 3_600_000 }
        #expect(try hours("2026-03-29T00:59:59.999Z") == 1)
        #expect(try hours("2026-03-29T01:00:00.000Z") == 2)
        #expect(try hours("2026-10-25T00:59:59.999Z") == 2)
        #expect(try hours("2026-10-25T01:00:00.000Z") == 1)
        #expect(try hours("2059-07-01T12:00:00.000Z") == 2)
        // Two changes a year, and the offset it begins with.
        #expect(zone.changes.count == 1 + 2 * 40)
    }

    /// With half hours, quarter hours, two changes within a month, changes that were given up, and none.
    private static let zones = [
        "Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "America/St_Johns",
        "Africa/Casablanca",
        "Asia/Kolkata", "Asia/Tehran", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
    ]

    @Test func `clock changes and due times of eleven zones are those of Python's zoneinfo, from 2020 to 2040`() throws
    {
        struct Said: Decodable {
            let changes: [[Int64]]
            let dues: [[Int64]]
        }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("zoneinfo_says.py")
        let answer = try TestProcess.run("python3", ["-B", script.path] + Self.zones)
        #expect(answer.code == 0, "\(answer.errors)")
        let lines = answer.output.split(separator: "\n")
        #expect(lines.count == Self.zones.count)
        var counted = (changes: 0, dues: 0)
        for (name, line) in zip(Self.zones, lines) {
            let said = try JSONDecoder().decode(Said.self, from: Data(line.utf8))
            let zone = try SystemTimeZone.table(name)
            func seconds(_ time: Int64) -> WallTime { WallTime(milliseconds: time * 1000) }
            for change in said.changes {
                #expect(zone.offsetMilliseconds(at: seconds(change[0])) == change[2] * 1000, "\(name) \(change)")
                let before = seconds(change[0]).adding(milliseconds: -1)
                #expect(zone.offsetMilliseconds(at: before) == change[1] * 1000, "\(name) \(change)")
            }
            let range = seconds(1_577_836_800)...seconds(2_240_611_199)
            #expect(zone.changes.count { range.contains($0.from) } == said.changes.count, "\(name)")
            for due in said.dues {
                let period = try #require(LoanPeriod(days: Int(due[1]), dueMinuteOfDay: Int(due[2])))
                #expect(period.due(after: seconds(due[0]), in: zone) == seconds(due[3]), "\(name) \(due)")
            }
            counted.changes += said.changes.count
            counted.dues += said.dues.count
        }
        #expect(counted.changes > 250 && counted.dues > 5000, "\(counted)")
    }

    @Test func `a zone that the system does not know, or that is no zone, is a mistake`() {
        for name in ["Europe/Potsdam", "", "/etc/localtime", "../../../etc/passwd", "Europe", "Europe/Berlin\0", "Ä"] {
            #expect(!SystemTimeZone.exists(name), "\(name)")
            #expect {
                _ = try SystemTimeZone.table(name)
            } throws: { "\($0)".contains("the system knows no time zone") }
        }
        for name in ["Europe/Berlin", "UTC", "Etc/GMT+5"] { #expect(SystemTimeZone.exists(name)) }
    }
}

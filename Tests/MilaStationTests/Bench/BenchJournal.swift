// The journal of a station on the test bench, read as anyone reads it: by its export.

import Foundation
import Glibc
import StationCore
import TestSupport

@testable import MilaStation

/// The entries of a journal, oldest first.
struct BenchJournal {
    /// One entry.
    struct Line {
        let kind: String
        let data: JSONLine
        /// When it was decided, in CLOCK_BOOTTIME nanoseconds.
        let at: UInt64

        func text(_ name: String) -> String? { data[name] as? String }
        var locker: String? { text("locker") }
    }

    let lines: [Line]

    /// A journal that a test made up.
    init(_ lines: [Line]) { self.lines = lines }

    /// What a station has written so far, whether it runs or not.
    init(of station: DemoStation) throws {
        let export = try station.run("journal", "export")
        guard export.code == 0 else { throw BenchError("journal export: \(export.errors)") }
        let boot = Self.wallTimeOfBoot
        lines = try jsonLines(export.output).map { entry in
            guard let type = entry["type"] as? String, let data = entry["data"] as? JSONLine,
                let time = (entry["time"] as? String).flatMap({ WallTime(iso8601: $0) })
            else { throw BenchError("no entry: \(entry)") }
            let kind = type.dropFirst("org.milastation.".count).dropLast(".v1".count)
            return Line(
                kind: String(kind), data: data,
                at: UInt64(max(0, time.milliseconds - boot)) * 1_000_000)
        }
    }

    /// The kinds of the entries about a locker, in order.
    func story(of locker: String) -> [String] { lines.filter { $0.locker == locker }.map(\.kind) }

    /// What is wrong with what the journal says of a locker whose lines were not to be had for a while and came back;
    /// `others` had to be served meanwhile.
    func findings(inOutageOf locker: String, servedMeanwhile others: String) -> [String] {
        guard let out = lines.firstIndex(where: { $0.kind == "locker-out-of-service" && $0.locker == locker }) else {
            return ["locker \(locker) never went out of service"]
        }
        guard let back = lines[out...].firstIndex(where: { $0.kind == "locker-in-service" && $0.locker == locker })
        else { return ["locker \(locker) never came back into service"] }
        var findings: [String] = []
        if !lines[out..<back].contains(where: { $0.kind == "checkout-completed" && $0.locker == others }) {
            findings.append("locker \(others) was not served meanwhile")
        }
        if lines[out..<back].contains(where: { $0.kind == "checkout-completed" && $0.locker == locker }) {
            findings.append("locker \(locker) was served while it was out of service")
        }
        if !lines[back...].contains(where: { $0.kind == "checkout-completed" && $0.locker == locker }) {
            findings.append("locker \(locker) was not served afterwards")
        }
        return findings
    }

    /// How many entries of a kind there are.
    func count(_ kind: String) -> Int { lines.count { $0.kind == kind } }

    /// Every entry that ordered a door to open; an errand that joined another's opening ordered none.
    var openings: [CommittedOpening] {
        lines.filter { ["checkout-begun", "return-begun", "service-begun"].contains($0.kind) }.compactMap { line in
            guard let locker = line.locker, line.text("opening") == nil else { return nil }
            return CommittedOpening(coil: "coil-\(locker)", at: line.at)
        }
    }

    /// What CLOCK_REALTIME said when CLOCK_BOOTTIME was zero, in milliseconds: the pair of readings that lay closest
    /// together, for the processor may be taken away between two.
    private static var wallTimeOfBoot: Int64 {
        let readings = (0..<20).map { _ -> (span: UInt64, boot: Int64) in
            let before = bootTime()
            let wall = Date.now.timeIntervalSince1970
            let after = bootTime()
            return (after - before, Int64(wall * 1000) - Int64(before) / 1_000_000)
        }
        return readings.min { $0.span < $1.span }?.boot ?? 0
    }
}

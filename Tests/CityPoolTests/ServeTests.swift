// How the pool starts, stops and says what it can't do.

import Foundation
import Glibc
import StationCore
import TestSupport
import Testing

@Suite struct ServeTests {
    @Test func itServesAsSoonAsItsPortIsWritten() throws {
        let house = try PoolHouse()
        for _ in 0..<3 {
            try house.serve()
            #expect(try house.ask("GET", "/health").json?["status"] == .string("ok"))
            #expect(house.stop() == 0)
        }
    }

    @Test func itEndsWithItsInputWhereItIsTold() throws {
        let house = try PoolHouse()
        try house.serve(["--end-with-input"])
        #expect(try house.ask("GET", "/health").status == 200)
        house.process?.endInput()
        #expect(house.process?.wait() == 0)
        // The control: without the option it goes on.
        try house.serve()
        house.process?.endInput()
        for _ in 0..<50 { #expect(try house.ask("GET", "/health").status == 200) }
        #expect(house.process?.isRunning == true)
    }

    @Test func whatIsUnderWayIsFinishedBeforeItStops() throws {
        let house = try PoolHouse()
        try house.serve()
        let journal = TestJournal()
        var request = Wire.request(
            "POST", "/v1/stations/demo/entries", token: house.tokens["demo"], type: EntryBatch.mediaType,
            body: EntryBatch.body(journal.documents).body)
        let wire = try house.connect()
        let last = request.removeLast()
        wire.write(request)
        try eventually("the request is known") { try house.ask("GET", "/health").status == 200 }
        house.process?.send(signal: SIGTERM)
        try eventually("nobody else comes in") { (try? house.connect()) == nil }
        wire.write([last])
        #expect(house.receipt(try BatchAnswer(body: try wire.answer().body))?.head == journal.head)
        #expect(house.process?.wait() == 0)
    }

    @Test(arguments: [
        ["serve", "--port", "70000"], ["serve", "--certificate", "a"], ["serve", "--client-ca", "a"], ["bogus"],
        ["station", "add", "a b", "--city-domain", "potsdam.example"],
        ["station", "add", "a", "--city-domain", "Potsdam"],
        ["station", "token", "nobody"], ["serve", "--request-seconds", "0"], ["key"],
    ])
    func wrongUsageIsNamedAndGivesTwo(_ arguments: [String]) throws {
        let folder = try Folder()
        let ended = try TestProcess.run("city-pool", arguments + ["--data", folder.file("data")])
        #expect(ended.code == 2 && !ended.errors.isEmpty && ended.output.isEmpty, "\(ended)")
    }

    @Test func helpAndVersionAreNoErrors() throws {
        #expect(try TestProcess.run("city-pool", ["--help"]).code == 0)
        #expect(try TestProcess.run("city-pool", ["--version"]).output.contains("."))
    }

    @Test func oneStationIsAddedOnce() throws {
        let house = try PoolHouse()
        let again = try house.run(["station", "add", "demo", "--city-domain", PoolHouse.city])
        #expect(again.code == 2 && again.output.isEmpty && again.errors.contains("there already"))
        let list = try house.command(["station", "list"])
        #expect(list.contains("tag:potsdam.example,2026:station:demo"))
    }

    @Test func dataHaveOneOwner() throws {
        let house = try PoolHouse()
        try house.serve()
        let ended = try house.run(["station", "list"])
        #expect(ended.code == 70 && ended.errors.contains("is in use"))
        house.stop()
        #expect(try house.run(["station", "list"]).code == 0)
    }

    @Test func aLostOrForeignKeyIsFoundAtTheStart() throws {
        let house = try PoolHouse()
        let (file, kept) = ("\(house.data)/pool.key", house.folder.file("kept"))
        try FileManager.default.moveItem(atPath: file, toPath: kept)
        let lost = try house.run(["serve", "--port", "0"])
        #expect(lost.code == 70 && lost.errors.contains("missing"))
        let other = try PoolHouse()
        try FileManager.default.copyItem(atPath: "\(other.data)/pool.key", toPath: file)
        let foreign = try house.run(["serve", "--port", "0"])
        #expect(foreign.code == 70 && foreign.errors.contains("not the key"))
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: kept, toPath: file)
        chmod(file, 0o644)
        let open = try house.run(["serve", "--port", "0"])
        #expect(open.code == 70 && open.errors.contains("chmod 600"))
        chmod(file, 0o600)
        try house.serve()
        #expect(try house.ask("GET", "/health").status == 200)
    }

    @Test func aPortThatIsTakenIsNamed() throws {
        let house = try PoolHouse()
        try house.serve()
        let other = try PoolHouse()
        let ended = try other.run(["serve", "--port", "\(house.port)"])
        #expect(ended.code == 70 && ended.errors.contains("\(house.port)"))
    }
}

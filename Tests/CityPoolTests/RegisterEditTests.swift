// The register, row by row: by command and from spreadsheets, beside house files.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct RegisterEditTests {
    private let house: PoolHouse

    init() throws {
        house = try PoolHouse(stations: [], admin: false)
        try load(SampleHouse.yaml)
    }

    private func load(_ yaml: String) throws {
        try house.command(["register", "load", try house.folder.write(yaml, to: "house.yaml")])
    }

    private func column(_ name: String, of id: String, _ thing: String = "item") throws -> String? {
        let lines = try house.command([thing, "show", id]).split(separator: "\n")
        return lines.first { $0.hasPrefix("\(name)\t") }.map { String($0.dropFirst(name.count + 1)) }
    }

    @Test func `an item is added, changed and removed, and each change counts the register up`() throws {
        let first = try house.command([
            "item", "add", "saw", "name=Säge", "label=S-1", "category=tools", "station=demo", "locker=5", "value=49,5",
        ])
        #expect(first.hasSuffix("/2"))
        #expect(try column("value", of: "saw") == "49.50" && column("name-en", of: "saw") == "Säge")
        #expect(try house.command(["item", "change", "saw", "locker=", "name-en=Saw"]).hasSuffix("/3"))
        #expect(try column("locker", of: "saw") == nil && column("name-en", of: "saw") == "Saw")
        #expect(try column("name-de", of: "saw") == "Säge" && column("value", of: "saw") == "49.50")
        #expect(try house.command(["item", "change", "saw", "name-en=Saw"]).hasSuffix("/3"), "nothing is new")
        #expect(try house.command(["item", "change", "drill-1", "parts=Koffer|Kabel"]).hasSuffix("/4"))
        #expect(try column("parts-en", of: "drill-1") == "Koffer|Kabel")
        #expect(try house.command(["item", "remove", "saw"]).hasSuffix("/5"))
        #expect(try house.run(["item", "show", "saw"]).code == 2)
    }

    @Test func `every mistake of a row is named, and nothing changes`() throws {
        let before = try house.command(["item", "list"])
        let ended = try house.run([
            "item", "add", "saw", "label=S-1", "category=to ols", "station=nowhere", "quantity=0",
        ])
        #expect(ended.code == 1)
        for word in ["'name-de' is empty", "'category' is not", "'quantity' is not", "lives at 'nowhere'"] {
            #expect(ended.errors.contains(word), "\(word): \(ended.errors)")
        }
        for (arguments, code, word) in [
            (["add", "drill-1", "name=X", "label=X", "category=x", "station=demo"], 1, "there already"),
            (["change", "saw", "name=X"], 1, "not in the register"),
            (["change", "table", "label=P-17"], 1, "the label 'P-17' is there twice"),
            (["change", "table", "colour=red"], 2, "'colour' is no COLUMN=VALUE"),
            (["change", "table", "id=x"], 2, "'id' is no COLUMN=VALUE"),
            (["change", "table", "locker=4", "locker=5"], 2, "'locker' is there twice"),
            (["remove", "saw"], 1, "there is no item 'saw'"), (["lost", "saw"], 2, "there is no item 'saw'"),
        ] as [([String], Int32, String)] {
            let ended = try house.run(["item"] + arguments)
            #expect(ended.code == code && ended.errors.contains(word), "\(arguments): \(ended.errors)")
        }
        #expect(try house.command(["item", "list"]) == before)
    }

    @Test func `a table adds and changes its rows, the others stay, and what is listed is taken again`() throws {
        let listed = try house.command(["item", "list"]) + "\n"
        let again = try house.folder.write(listed, to: "again.csv")
        #expect(try house.command(["item", "import", again]).hasSuffix("/1"), "it says the same")
        let table = "id;name;label;category;station;locker\nsaw;\"Säge; gut\";S-1;tools;demo;4\ntable;;;;;4\n"
        let mixed = try house.run(["item", "import", try house.folder.write(table, to: "table.csv")])
        // An empty cell clears, and these can't be empty.
        #expect(mixed.code == 1 && mixed.errors.contains("table.csv:3: 'label' is empty"), "\(mixed.errors)")
        #expect(try house.run(["item", "show", "saw"]).code == 2, "nothing is half done")
        let places = "id,locker\ntable,4\ndrill-1,5\n"
        #expect(
            try house.command(["item", "import", try house.folder.write(places, to: "places.csv")]).hasSuffix("/2"))
        #expect(try column("locker", of: "table") == "4" && column("quantity", of: "table") == "12")
        #expect(try column("parts-de", of: "drill-1") == "Ladegerät|Bit-Set")
        #expect(try column("station", of: "painting") == "other")
    }

    @Test func `borrowers keep their cards through a change, and no command repeats a code`() throws {
        let cards = try house.command(["card", "list", "b-1"])
        #expect(cards.split(separator: "\n").count == 2)
        #expect(try house.command(["borrower", "change", "b-1", "groups=club|all", "born=2001-02-28"]).hasSuffix("/2"))
        #expect(try house.command(["card", "list", "b-1"]) == cards)
        #expect(try column("groups", of: "b-1", "borrower") == "all|club")
        #expect(try house.command(["borrower", "add", "b-3", "valid-until=2027-12-31"]).hasSuffix("/3"))
        let code = SampleHouse.card("7")
        let refused = try house.run(["borrower", "change", "b-3", "cards=\(code)"])
        #expect(refused.code == 2 && !refused.errors.contains(code))
        #expect(try house.run(["borrower", "remove", "b-9"]).code == 1)
        #expect(try house.command(["borrower", "remove", "b-2"]).hasSuffix("/4"))
        #expect(try !house.command(["borrower", "list"]).contains("b-2"))
    }

    @Test func `a card is given by standard input and taken by its fingerprint`() throws {
        func add(_ lines: String, to borrower: String) throws -> TestProcess.End {
            let input = try house.folder.write(lines, to: "card")
            let program = TestProcess.path(of: "city-pool")
            return try TestProcess.run(
                "sh", ["-c", "exec \"$0\" card add \"$1\" --data \"$2\" <\"$3\"", program, borrower, house.data, input])
        }
        let code = SampleHouse.card("7")
        #expect(try add("\(code)\n", to: "b-2").code == 0)
        let fingerprint = CardCode.fingerprint(of: code).description
        #expect(try house.command(["card", "list", "b-2"]).contains("\(fingerprint)\tno PIN"))
        let twice = try add("\(code)\n", to: "b-1")
        #expect(twice.code == 1 && twice.errors.contains("is there twice") && !twice.errors.contains(code))
        let weak = try add("2040001234567\n", to: "b-1")
        #expect(weak.code == 1 && weak.errors.contains("has no PIN") && !weak.errors.contains("2040001234567"))
        #expect(try add("2040001234567\n1357\n", to: "b-1").code == 0)
        #expect(try house.command(["card", "list", "b-1"]).contains("\tPIN"))
        #expect(try add("", to: "b-1").code == 2 && add("\(code)\n", to: "b-9").code == 1)
        #expect(try house.run(["card", "remove", "b-1", String(fingerprint.prefix(8))]).code == 2)
        try house.command(["card", "remove", "b-2", String(fingerprint.prefix(8))])
        #expect(try !house.command(["card", "list", "b-2"]).contains(fingerprint))
    }

    @Test func `what a station proposes is accepted by its fingerprint, and leaves the list`() throws {
        let served = try PoolHouse(stations: ["demo"], admin: false)
        try served.serve(["--load", try served.folder.write(SampleHouse.yaml, to: "house.yaml")])
        func print(_ start: String) -> EntryHash { CardCode.fingerprint(of: SampleHouse.card(start)) }
        var journal = TestJournal()
        journal.write(.borrowerProposed(card: print("7"), staff: .of("s-1")))
        journal.write(.cardReplaced(.of("b-1"), card: print("8")))
        journal.write(.itemPlaced(item: .of("drill-1"), locker: .of("5"), registered: nil, staff: .of("s-1")))
        try served.take(journal.documents)
        served.stop()
        func accept(_ start: String, for borrower: String) throws -> Int32 {
            try served.run(["card", "add", borrower, "--proposed", String(print(start).description.prefix(12))]).code
        }
        try served.command(["borrower", "add", "b-7", "groups=club"])
        #expect(try accept("8", for: "b-7") == 2, "it is b-1's new card")
        #expect(try accept("9", for: "b-7") == 2, "nobody proposes it")
        #expect(try accept("7", for: "b-9") == 1)
        #expect(try accept("7", for: "b-7") == 0 && accept("8", for: "b-1") == 0)
        #expect(try served.command(["card", "list", "b-1"]) == "\(print("8"))\tno PIN", "the earlier ones ended")
        #expect(try served.command(["card", "list", "b-7"]) == "\(print("7"))\tno PIN")
        try served.command(["item", "change", "drill-1", "locker=5"])
        #expect(try served.command(["proposals"]).isEmpty)
    }

    @Test func `a house file says what it would take back, and does so only when it is told to`() throws {
        try house.command(["item", "change", "table", "locker=4"])
        try house.command(["item", "remove", "painting"])
        let changed = SampleHouse.yaml.replacing("days: 14", with: "days: 7")
        let file = try house.folder.write(changed, to: "house.yaml")
        let refused = try house.run(["register", "load", file])
        #expect(refused.code == 1)
        for line in [
            "(2 changes)", "the policy differs", "item 'table' differs", "item 'painting' is only in the file",
        ] {
            #expect(refused.errors.contains(line), "\(line): \(refused.errors)")
        }
        #expect(try column("locker", of: "table") == "4")
        // A table says nothing of the rest, so that the edits still count.
        let items = try house.folder.write(try house.command(["item", "list"]) + "\n", to: "items.csv")
        try house.command(["register", "load-items", items])
        try house.command(["register", "load-items", items, "--overwrite"])
        #expect(try house.run(["register", "load", file]).code == 1)
        // A restart takes nothing back either.
        try house.serve(["--load", file])
        house.stop()
        #expect(try column("locker", of: "table") == "4")
        try house.command(["register", "load", file, "--overwrite"])
        #expect(try column("locker", of: "table") == "5" && column("station", of: "painting") == "other")
        // The control: where nothing was edited since, a file is loaded as ever.
        try load(SampleHouse.yaml)
    }

    @Test(arguments: Engine.allCases) func `of changes at once none is lost`(_ engine: Engine) async throws {
        let pool = try await CasePool(on: engine)
        let store = pool.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                group.addTask {
                    let row = CSVTable.Row(line: nil, cells: ["id": "n-\(number)"])
                    _ = try await store.edit {
                        try BorrowerTable.edit([row], file: "borrower", .add, in: $0)
                    }
                }
            }
            try await group.waitForAll()
        }
        let stored = try #require(try await pool.store.house())
        #expect(stored.house.borrowers.count { $0.borrower.id.text.hasPrefix("n-") } == 12)
        #expect(stored.version.number == 13)
        try await pool.store.close()
    }
}

// Items and borrowers from spreadsheets.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct RegisterTableTests {
    let folder: Folder
    let house: House

    init() throws {
        folder = try Folder()
        house = try HouseYAML.read(Array(SampleHouse.yaml.utf8), name: "house")
    }

    private func items(_ text: String) throws -> House {
        try HouseCSV.items(file: try folder.write(text, to: "items.csv"), into: house)
    }

    private func mistakes(_ load: () throws -> House) -> [String] {
        do {
            _ = try load()
            return []
        } catch let problems as FileProblems {
            return problems.all.map { "\($0.line ?? 0): \($0.problem)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test func aTableOfItemsReplacesTheItemsAndNothingElse() throws {
        let result = try items(
            #"""
            id,name-de,name-en,label,category,quantity,parts,parts-de,parts-en,station,locker,lendable
            saw,"Säge, groß","Saw, ""large""",S1,tools,2,Koffer,Blatt|Schlüssel,Blade|Key,demo,4,true
            bench,Bank,Bench,B1,seating,,,,,other,,false

            """#)
        #expect(result.stations == house.stations && result.borrowers == house.borrowers)
        #expect(result.policy == house.policy)
        #expect(result.items.map(\.item.id.text) == ["bench", "saw"])
        let saw = try #require(result.items.last?.item)
        #expect(saw.name == LocalizedText(german: "Säge, groß", english: "Saw, \"large\""))
        #expect(saw.quantity == 2 && saw.locker?.text == "4")
        #expect(saw.parts.map(\.german) == ["Koffer", "Blatt", "Schlüssel"] && saw.parts.last?.english == "Key")
        #expect(result.items.first?.item.isLendable == false)
    }

    @Test func spreadsheetsInGermanyWriteSemicolonsMarksAndCarriageReturns() throws {
        let result = try items(
            "\u{feff}ID;Name;Label;Category;Station\r\nsaw;\"Säge; groß\";S1;tools;demo\r\n;;;;\r\n")
        #expect(result.items.map(\.item.name.german) == ["Säge; groß"])
    }

    @Test func everyMistakeOfATableIsNamedWithItsLine() throws {
        let found = mistakes {
            try items(
                """
                id,name,label,category,station,locker,quantity,parts-de,parts-en
                sp ace,A,X1,tools,demo,,,,
                a,,X2,tools,demo,,,,
                b,B,X3,tools,nowhere,,,,
                c,C,X4,tools,demo,17,many,,
                d,D,X4,,demo,,,a|b,a
                e,E,X5,tools,demo,,,,,,,
                "f
                g",F,X6,tools,demo
                a,A,X7,tools,demo
                """)
        }
        for words in [
            "2: 'id' is not", "3: 'name-de' is empty", "3: 'name-en' is empty", "4: item 'b' lives at 'nowhere'",
            "5: 'quantity' is not", "6: 'category' is empty", "6: 'parts' don't fit", "8: 'id' is not",
        ] where !found.contains(where: { $0.hasPrefix(words) }) {
            // A row with too many cells hides the others: the table as such is wrong then.
            #expect(found.contains("7: the row has 12 cells, the header 9"), "\(words): \(found)")
        }
    }

    @Test func oneLabelInTwoSpellingsIsThereTwice() throws {
        let rows = [
            "a,A,(8004)A1,tools,demo", "b,B,https://example.org/8004/A1,tools,demo", "c,C,96385074,tools,demo",
            "d,D,(01)00000096385074,tools,demo", "e,E,(8004)A2,tools,demo",
        ]
        let found = mistakes { try items("id,name,label,category,station\n" + rows.joined(separator: "\n")) }
        #expect(found.count == 2 && found.allSatisfy { $0.contains("is there twice, first in line") }, "\(found)")
        #expect(found.map { $0.prefix(1) } == ["3", "5"])
    }

    @Test func aTableWithoutWrongRowsNamesTheMistakesOfItsCells() throws {
        let rows = ["b,B,X3,tools,nowhere,", "c,C,X4,,demo,17", "d,D,X3,tools,demo,17"]
        let found = mistakes {
            try items("id,name,label,category,station,locker\n" + rows.joined(separator: "\n"))
        }
        #expect(found.count == 5)
        for words in [
            "2: item 'b' lives at", "3: 'category' is empty", "3: item 'c' lives in locker", "4: the label 'X3'",
            "4: item 'd' lives in locker",
        ] {
            #expect(found.contains { $0.hasPrefix(words) }, "\(words): \(found)")
        }
    }

    @Test(arguments: ["", "id,name,bogus\n", "id,id\n", "id,name,label,category,station\n", "id\n\"torn"])
    func aTableThatIsNoneIsNamed(_ text: String) {
        #expect(!mistakes { try items(text) }.isEmpty)
    }

    @Test func bytesThatAreNoTextAreNoTable() throws {
        try Data([0x69, 0x64, 0x0a, 0xff, 0xfe]).write(to: URL(fileURLWithPath: folder.file("items.csv")))
        #expect(!mistakes { try HouseCSV.items(file: folder.file("items.csv"), into: house) }.isEmpty)
        #expect(!mistakes { try HouseCSV.items(file: folder.file("missing.csv"), into: house) }.isEmpty)
    }

    @Test func aTableOfBorrowersReplacesTheBorrowersAndNothingElse() throws {
        func borrowers(_ text: String) throws -> House {
            try HouseCSV.borrowers(file: try folder.write(text, to: "borrowers.csv"), into: house)
        }
        let (one, two) = (SampleHouse.card("7"), SampleHouse.card("8"))
        let result = try borrowers(
            "id,standing,valid-until,cards\nb-7,,2028-01-31,\(one)|\(two.lowercased())\nb-8,blocked,,\n")
        #expect(result.items == house.items)
        #expect(result.borrowers.map(\.borrower.id.text) == ["b-7", "b-8"])
        #expect(
            Set(result.borrowers[0].cards.map(\.fingerprint)) == Set([one, two].map { CardCode.fingerprint(of: $0) }))
        #expect(result.borrowers[1].borrower.standing == .blocked)
        let found = mistakes {
            try borrowers("id,standing,valid-until,cards\nb-7,x,y,123\nb-7,,,\nb-8,,,\(one)\nb-9,,,\(one)\n")
        }
        #expect(found.count == 5 && !found.joined().contains(one), "\(found)")
    }

    @Test func aTableOfItemsGivesValuesInEuros() throws {
        let result = try items("id,name,label,category,station,value\na,A,X1,tools,demo,\"49,5\"\nb,B,X2,tools,demo,\n")
        #expect(result.items.map(\.item.valueCents) == [4950, 0])
        #expect(
            mistakes { try items("id,name,label,category,station,value\na,A,X1,tools,demo,much\n") }
                == ["2: 'value' is not an amount in euros such as 49.50, from 0 to 1000000"])
    }

    @Test func aTableOfBorrowersSaysAllThatAHouseFileCan() throws {
        let whole = try HouseYAML.read(Array(SampleHouse.wholeYAML.utf8), name: "house")
        func borrowers(_ text: String) throws -> House {
            try HouseCSV.borrowers(file: try folder.write(text, to: "borrowers.csv"), into: whole)
        }
        let header = "id;standing;blocked-because;valid-until;groups;born;qualifications;cards;pins\n"
        let cards = "\(SampleHouse.card("1"))|\(SampleHouse.card("2"))|4006381333931"
        let result = try borrowers(
            header + "b-1;;;;club | all;2001-02-28;laser|bike=2027-01-31;\(cards);|0123|2468\n"
                + "b-2;blocked;Bohrer fehlt seit Mai;;;;;;\n")
        #expect(result == whole, "the same in another form")
        let found = mistakes {
            try borrowers(
                header + "b-1;active;late;;a b;2001-02-30;laser|laser;;\n"
                    + "b-2;;;;;;bike=soon;\(cards);1234\n" + "b-3;;;;;;=2027-01-31;4006381333931;\n"
                    + "b-4;;;;;;;\(SampleHouse.card("4"));12345x\n")
        }
        for words in [
            "2: borrower 'b-1' has a reason", "2: 'groups' are not all names", "2: 'born' is not a date",
            "2: 'qualifications' don't fit", "3: 'qualifications' don't fit", "3: 'pins' has 1 entries, 'cards' 3",
            "3: a card of borrower 'b-2' is no house code", "4: 'qualifications' don't fit",
            "4: a card of borrower 'b-3' is no house code", "5: the PIN of a card of borrower 'b-4' is not 4 to 12",
        ] {
            #expect(found.contains { $0.hasPrefix(words) }, "\(words): \(found)")
        }
        #expect(found.count == 10, "\(found)")
        for secret in ["4006381333931", "12345", "1234", SampleHouse.card("4")] {
            #expect(!found.joined().contains(secret), "\(found)")
        }
    }

    @Test func aTableDoesNotTakeAwayWhatABookingIsAbout() throws {
        let whole = try HouseYAML.read(Array(SampleHouse.wholeYAML.utf8), name: "house")
        let table = "id,name,label,category,station\nsaw,Saw,S1,tools,demo\n"
        let lost = mistakes { try HouseCSV.items(file: try folder.write(table, to: "items.csv"), into: whole) }
        #expect(lost == ["0: booking 'k-2' is for item 'lamp', which is not in this register"])
        let all = table + "lamp,Lamp,S2,tools,other\n"
        let kept = try HouseCSV.items(file: try folder.write(all, to: "items.csv"), into: whole)
        #expect(kept.bookings == whole.bookings && kept.staff == whole.staff && kept.policy == whole.policy)
        let people = try folder.write("id\nb-1\n", to: "borrowers.csv")
        #expect(
            mistakes { try HouseCSV.borrowers(file: people, into: whole) }
                == ["0: booking 'k-2' is of borrower 'b-2', who is not in this register"])
    }

    @Test func aTableWithoutAHeaderDoesNotShowItsCards() throws {
        let card = SampleHouse.card("7")
        let file = try folder.write("b-7,active,\(card),2468\nb-8,active,\(card),2468\n", to: "borrowers.csv")
        let found = mistakes { try HouseCSV.borrowers(file: file, into: house) }
        #expect(found.count == 1 && found[0].hasPrefix("1: no column is called 'b-7', 'active', '…"), "\(found)")
        #expect(!found.joined().lowercased().contains(card.lowercased()) && !found.joined().contains("2468"))
    }

    @Test func tablesAreLoadedByCommand() throws {
        let pool = try PoolHouse()
        let table = try folder.write("id,name,label,category,station\nsaw,Saw,S1,tools,demo\n", to: "items.csv")
        #expect(try pool.run(["register", "load-items", table]).code == 1)
        try pool.command(["register", "load", try folder.write(SampleHouse.yaml, to: "house.yaml")])
        #expect(try pool.command(["register", "load-items", table]).hasSuffix("/2"))
        let people = try folder.write("id,cards\nb-9,\(SampleHouse.card("9"))\n", to: "borrowers.csv")
        #expect(try pool.command(["register", "load-borrowers", people]).hasSuffix("/3"))
        #expect(try pool.run(["register", "load", table]).code == 2)
        #expect(try pool.rows("SELECT id FROM items") == ["saw"])
        #expect(try pool.rows("SELECT id FROM borrowers") == ["b-9"])
    }
}

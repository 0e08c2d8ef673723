// What the handbook says of the register is so.

import Foundation
import Groundwork
import StationCore
import Testing

@testable import CityPool

@Suite struct HandbookTests {
    private func text(_ path: String) throws -> String {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: project.appendingPathComponent(path), encoding: .utf8)
    }

    @Test func `the example of a house has no mistakes, and its badge opens with its PIN`() throws {
        let house = try HouseYAML.read(Array(try text("docs/examples/house.yaml").utf8), name: "house")
        let badge = try #require(house.staff.first?.badges.first)
        #expect(badge.pin?.accepts("2468", of: "MS5TAFF5TAFF5TAFF0N") == true)
        #expect(house.items.count { $0.item.valueCents > 0 } == 5)
    }

    @Test func `the page's pieces make a house`() throws {
        let page = try text("docs/pool.md")
        let blocks = page.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let yaml = blocks.filter { $0.hasPrefix("yaml\n") }.map { String($0.dropFirst("yaml\n".count)) }
        #expect(yaml.count == 3)
        let items = "items: [{ id: drill-1, name: Drill, label: D1, category: tools, station: schlaatz }]\n"
        let house = try HouseYAML.read(Array((yaml.joined() + items).utf8), name: "page")
        #expect(house.policy.rules.count == 3 && house.borrowers.count == 2 && house.bookings.count == 1)
    }

    @Test func `the page has every term, every column and every kind of proposal`() throws {
        let page = try text("docs/pool.md")
        let others = ["qualification", "confirmation", "parts", "quiet-hours"]
        for term in LendingTerms.Number.allCases.map(\.rawValue) + others {
            #expect(page.contains("\n| `\(term)` | "), "\(term)")
        }
        for column in HouseCSV.itemColumns + HouseCSV.borrowerColumns {
            #expect(page.contains("`\(column)`"), "\(column)")
        }
        for kind in PoolProposal.kinds { #expect(page.contains("\n| `\(kind.rawValue)` | "), "\(kind)") }
    }

    @Test func `the page on cases has every kind and every action`() throws {
        let page = try text("docs/cases.md")
        for kind in CaseKind.allCases { #expect(page.contains("\n| `\(kind.rawValue)` | "), "\(kind)") }
        for action in CaseAction.allCases { #expect(page.contains("`\(action.rawValue)`"), "\(action)") }
    }
}

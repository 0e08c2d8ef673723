// Whether a booking fits, and which item it gets: decided on values, without a database.

import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct BookingPlanTests {
    private func time(_ hours: Int) -> WallTime { BookingHouse.hour(hours) }

    /// A stock of single items of one category, and of one item with several pieces.
    private func stock(_ names: [String] = ["a", "b"], pieces: Int = 3) -> BookingStock {
        var stock = BookingStock()
        for (name, category, quantity) in names.map({ ($0, "tools", 1) }) + [("table", "seating", pieces)] {
            let item = Item(
                id: .of(name), name: LocalizedText(german: name, english: name), label: name, category: category,
                quantity: quantity)
            stock.items[item.id] = House.Place(item: item, station: .of("demo"))
        }
        return stock
    }

    private func claim(_ item: String, _ from: Int, _ until: Int, _ count: Int = 1) -> Claim {
        Claim(
            holder: .fileBooking(.of("x")), from: time(from), until: time(until), pieces: [.item(.of(item)): count])
    }

    @Test func `what is taken is counted step by step`() {
        let occupancy = Occupancy([claim("table", 2, 6), claim("table", 4, 8, 2), claim("a", 0, 9)])
        func steps(_ from: Int, _ until: Int) -> [String] {
            occupancy.steps(of: .item(.of("table")), from: time(from), until: time(until)).map {
                "\(($0.at.milliseconds - time(0).milliseconds) / 3_600_000):\($0.taken)"
            }
        }
        #expect(steps(0, 10) == ["0:0", "2:1", "4:3", "6:2", "8:0"])
        #expect(steps(5, 7) == ["5:3", "6:2"])
        #expect(steps(8, 9) == ["8:0"], "the end of a claim is no part of it")
        #expect(steps(0, 2) == ["0:0"], "neither is its beginning part of what ends then")
        let short = occupancy.shortage(
            of: .item(.of("table")), wanting: 1, quantity: 3, from: time(0), until: time(10))
        #expect(short == time(4)..<time(6))
        #expect(
            occupancy.shortage(of: .item(.of("table")), wanting: 1, quantity: 4, from: time(0), until: time(10)) == nil)
    }

    @Test func `an item is given as often as there are pieces, and no further`() throws {
        var stock = stock()
        for _ in 0..<3 {
            _ = try stock.plan(.item("table"), from: time(0), until: time(4))
            stock.fixed.add(claim("table", 0, 4))
        }
        #expect { try stock.plan(.item("table"), from: time(3), until: time(5)) } throws: {
            ($0 as? BookingRefusal)?.reason == .taken
                && "\($0)".contains("from \(time(3).iso8601) until \(time(4).iso8601)")
        }
        // One that begins when the others end fits.
        _ = try stock.plan(.item("table"), from: time(4), until: time(5))
    }

    @Test func `a booking of a category makes room for one of its items`() throws {
        var stock = stock()
        stock.movable = [
            .init(number: 7, category: "tools", station: .of("demo"), item: .of("a"), from: time(0), until: time(4))
        ]
        let plan = try stock.plan(.item("a"), from: time(2), until: time(6))
        #expect(plan.moved == [7: .of("b")])
        // Where the other one is taken there is no room.
        stock.fixed.add(claim("b", 3, 4))
        #expect(throws: BookingRefusal.self) { try stock.plan(.item("a"), from: time(2), until: time(6)) }
    }

    @Test func `what is promised twice elsewhere is in nobody's way`() throws {
        var stock = stock()
        // Somebody has taken an item out of the register: two bookings are left with one piece.
        for number in [1, 2, 3] {
            stock.movable.append(
                .init(
                    number: Int64(number), category: "tools", station: .of("demo"), item: .of("a"), from: time(50),
                    until: time(60)))
        }
        stock.movable.append(
            .init(number: 4, category: "tools", station: .of("demo"), item: .of("a"), from: time(0), until: time(4)))
        #expect(try stock.plan(.item("a"), from: time(2), until: time(6)).moved == [4: .of("b")])
        #expect(throws: BookingRefusal.self) { try stock.plan(.item("a"), from: time(49), until: time(51)) }
    }

    @Test(arguments: 1...20) func `of a category as many fit as there are items of it, whatever the order`(
        _ seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let names = ["a", "b", "c", "d"]
        var stock = stock(names)
        var refused = 0
        for number in Int64(1)...60 {
            let from = Int.random(in: 0..<60, using: &generator)
            let until = from + Int.random(in: 1...20, using: &generator)
            let most =
                (from..<until).map { hour in
                    stock.movable.count { $0.from <= time(hour) && time(hour) < $0.until }
                }.max() ?? 0
            let plan = try? stock.plan(.any("tools"), from: time(from), until: time(until))
            #expect((plan != nil) == (most < names.count), "seed \(seed), booking \(number)")
            guard let plan, let item = plan.item else {
                refused += 1
                continue
            }
            for index in stock.movable.indices {
                if let moved = plan.moved[stock.movable[index].number] { stock.movable[index].item = moved }
            }
            stock.movable.append(
                .init(
                    number: number, category: "tools", station: .of("demo"), item: item, from: time(from),
                    until: time(until)))
            for hour in 0..<80 {
                let items = stock.movable.filter { $0.from <= time(hour) && time(hour) < $0.until }.map(\.item)
                #expect(Set(items).count == items.count, "seed \(seed): two have one item")
            }
        }
        #expect(refused > 5, "the control: not all of them fit")
    }
}

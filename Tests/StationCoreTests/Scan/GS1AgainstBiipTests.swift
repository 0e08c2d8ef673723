// Thousands of GS1 labels, right and mangled ones, held against biip, an implementation in Python. `make test` installs
// it; where it is not there these tests are shown as skipped.

import Foundation
import TestSupport
import Testing

@testable import StationCore

/// The other implementation.
private enum Biip {
    /// What it reads in texts; `nil` where it refuses one.
    static func read(_ texts: [String], as spelling: String) throws -> [[Element]?] {
        let folder = try Folder()
        let file = folder.file("texts.json")
        try JSONEncoder().encode(texts).write(to: URL(fileURLWithPath: file))
        let answer = try TestTools.run("biip_says.py", [spelling, file])
        guard answer.code == 0 else { throw BenchError("biip: \(answer.errors)") }
        return try answer.output.split(separator: "\n").map { line in
            try JSONDecoder().decode([Element]?.self, from: Data(line.utf8))
        }
    }

    struct Element: Decodable, Equatable {
        let identifier: String
        let data: String
        let isRight: Bool

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            identifier = try list.decode(String.self)
            data = try list.decode(String.self)
            isRight = try list.decode(Bool.self)
        }
    }
}

@Suite("GS1 labels, held against another implementation", .enabled(if: TestTools.areThere, "needs biip: `make test`"))
struct GS1AgainstBiipTests {
    /// Random elements with data that have their form.
    private static func elements(_ generator: inout SeededGenerator) -> [GS1Message.Element] {
        (0...generator.number(below: 4)).map { _ in
            let identifier = generator.pick(GS1Identifiers.all)
            let parts = GS1Identifiers.format(of: identifier)?.parts ?? []
            let data = parts.map { part(&generator, $0) }.joined()
            return GS1Message.Element(identifier: identifier, data: data)
        }
    }

    private static let charactersOf82 = Array(
        "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")

    private static func part(_ generator: inout SeededGenerator, _ part: GS1Format.Part) -> String {
        func digits(_ count: Int) -> String { (0..<count).map { _ in String(generator.number(below: 10)) }.joined() }
        switch part {
        case .digits(let counts): return digits(counts.lowerBound + generator.number(below: counts.count))
        case .characters(let counts):
            let count = counts.lowerBound + generator.number(below: counts.count)
            return String((0..<count).map { _ in generator.pick(charactersOf82) })
        case .checked(let count):
            let body = digits(count - 1)
            return (0...9).map { body + String($0) }.first { CheckDigit.isRightByGS1($0) } ?? body
        case .date:
            let (month, day) = (1 + generator.number(below: 12), generator.number(below: 29))
            return digits(2) + (month < 10 ? "0" : "") + String(month) + (day < 10 ? "0" : "") + String(day)
        case .nought: return "0"
        }
    }

    /// Elements as a scanner sends them, with a separator where one is needed, and now and then where not.
    private static func scanned(_ elements: [GS1Message.Element], _ generator: inout SeededGenerator) -> String {
        var text = ""
        for (index, element) in elements.enumerated() {
            text += element.identifier + element.data
            let isNeeded = !GS1Identifiers.endsByItself(element.identifier) && index < elements.count - 1
            if isNeeded || generator.happens(10) { text.append(GS1Message.separator) }
        }
        return text
    }

    /// The same with one character changed, lost, doubled or moved.
    private static func mangled(_ text: String, _ generator: inout SeededGenerator) -> String {
        var characters = Array(text)
        let place = generator.number(below: characters.count)
        switch generator.number(below: 5) {
        case 0: characters[place] = generator.pick(charactersOf82)
        case 1: characters.remove(at: place)
        case 2: characters.insert(characters[place], at: place)
        case 3: characters.swapAt(place, characters.count - 1)
        default: characters.removeAll { $0 == GS1Message.separator }
        }
        return String(characters)
    }

    @Test("whole labels are read alike, element by element", arguments: [1, 2] as [UInt64])
    func whole(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let labels = (0..<5000).map { _ in Self.elements(&generator) }
        let texts = labels.map { Self.scanned($0, &generator) }
        let theirs = try Biip.read(texts, as: "scanned")
        #expect(theirs.count == texts.count)
        for ((label, text), their) in zip(zip(labels, texts), theirs) {
            #expect(GS1Message(scanned: text)?.elements == label, "\(text)")
            let read = their?.map { GS1Message.Element(identifier: $0.identifier, data: $0.data) }
            #expect(read == label, "\(text)")
        }
    }

    @Test("what is read of a mangled label is what the other reads, and what is refused is not whole to it either")
    func mangled() throws {
        var generator = SeededGenerator(seed: 3)
        let texts = (0..<6000).compactMap { _ -> String? in
            let text = Self.mangled(Self.scanned(Self.elements(&generator), &generator), &generator)
            return text.isEmpty || text.first == GS1Message.separator ? nil : text
        }
        var counts = (read: 0, refused: 0)
        for (text, their) in zip(texts, try Biip.read(texts, as: "scanned")) {
            if let message = GS1Message(scanned: text) {
                counts.read += 1
                let read = their?.map { GS1Message.Element(identifier: $0.identifier, data: $0.data) }
                #expect(read == message.elements && their?.allSatisfy(\.isRight) == true, "\(text)")
            } else if let their {
                counts.refused += 1
                #expect(Self.isStricter(text, their), "\(text): \(their)")
            }
        }
        #expect(counts.read > 500 && counts.refused > 100, "\(counts)")
    }

    /// Whether what the other read is no whole label by the General Specifications, or has an identifier that the
    /// station leaves out.
    private static func isStricter(_ text: String, _ elements: [Biip.Element]) -> Bool {
        // The other cuts data that are too long, and goes on behind them as if there were a separator.
        var rest = text[...]
        var isRunTogether = false
        for element in elements {
            rest = rest.drop { $0 == GS1Message.separator }.dropFirst(element.identifier.count + element.data.count)
            let isEnd = rest.first.map { $0 == GS1Message.separator } ?? true
            if !GS1Identifiers.endsByItself(element.identifier), !isEnd { isRunTogether = true }
        }
        // It does not check all check digits, and takes some data that have no data.
        let isUnchecked = elements.contains { element in
            GS1Identifiers.format(of: element.identifier).map { !$0.fits(element.data[...]) } ?? true
        }
        return isRunTogether || isUnchecked || elements.contains { !$0.isRight }
    }

    @Test("what is printed and what is linked is read alike")
    func spellings() throws {
        var generator = SeededGenerator(seed: 4)
        let labels = (0..<1500).map { _ in
            // Parentheses in the data would make a print ambiguous.
            Self.elements(&generator).filter { !$0.data.contains { "()".contains($0) } }
        }.filter { !$0.isEmpty }
        let printed = labels.map { $0.map { "(\($0.identifier))\($0.data)" }.joined() }
        for ((label, text), their) in zip(zip(labels, printed), try Biip.read(printed, as: "printed")) {
            #expect(GS1Message(printed: text)?.elements == label, "\(text)")
            #expect(their?.map(\.data) == label.map(\.data), "\(text)")
        }

        let paths = [
            ["01"], ["01", "21"], ["01", "10", "21"], ["01", "22"], ["8003"], ["8004"], ["8018"], ["8018", "8019"],
        ]
        let chains = (0..<1500).map { _ in
            generator.pick(paths).map { identifier in
                let parts = GS1Identifiers.format(of: identifier)?.parts ?? []
                let data = parts.map { Self.part(&generator, $0) }.joined()
                return GS1Message.Element(identifier: identifier, data: data)
            }
        }
        let links = chains.map { chain in
            let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
            let path = chain.map { element in
                "\(element.identifier)/" + (element.data.addingPercentEncoding(withAllowedCharacters: plain) ?? "")
            }
            return "https://example.org/a/" + path.joined(separator: "/")
        }
        for ((chain, link), their) in zip(zip(chains, links), try Biip.read(links, as: "link")) {
            #expect(GS1Message(link: link)?.elements == chain, "\(link)")
            #expect(their?.map(\.data) == chain.map(\.data), "\(link)")
        }
    }
}

// Labels drawn as bar codes and read back from the picture: label → picture (zint) → reader (zbar) → code. `make test`
// installs both; where they are not there these tests are shown as skipped.

import Foundation
import TestSupport
import Testing

@testable import StationCore

private enum Pictures {
    static var arePossible: Bool { ["zint", "zbarimg"].allSatisfy { access("/usr/bin/" + $0, X_OK) == 0 } }

    /// What a reader finds in the picture of a bar code.
    static func read(_ symbology: String, _ data: String, _ more: [String] = []) throws -> String {
        let folder = try Folder()
        let picture = folder.file("label.png")
        let drawn = try TestProcess.run(
            "zint", ["-b", symbology, "-d", data, "-o", picture, "--scale=3", "--quietzones"] + more)
        guard drawn.code == 0 else { throw BenchError("zint: \(drawn.text)") }
        let read = try TestProcess.run("zbarimg", ["--raw", "-q", "--nodbus", picture])
        guard read.code == 0 else { throw BenchError("zbarimg: \(read.errors)") }
        return read.output
    }
}

@Suite("Labels as pictures", .enabled(if: Pictures.arePossible, "needs zint and zbar-tools: `make test`"))
struct PictureTests {
    /// A label: how it is drawn, and what it is registered under.
    struct Sample: CustomTestStringConvertible, Sendable {
        let symbology: String
        let data: String
        var more: [String] = []
        let key: String
        var testDescription: String { "\(symbology) \(data)" }
    }

    static let samples = [
        Sample(symbology: "EANX", data: "400638133393", key: "(01)04006381333931"),
        Sample(symbology: "EANX", data: "9638507", key: "(01)00000096385074"),
        Sample(symbology: "UPCA", data: "03600029145", key: "(01)00036000291452"),
        Sample(symbology: "CODABAR", data: "A21234000012344B", key: "21234000012344"),
        Sample(symbology: "CODE39", data: "INV0042", more: ["--vers=1"], key: "INV0042Z"),
        Sample(symbology: "CODE39", data: "OLD-0042", key: "OLD-0042"),
        Sample(symbology: "CODE128", data: "Shelf 7", key: "Shelf 7"),
        Sample(symbology: "GS1_128", data: "[8004]4012345ABC", key: "(8004)4012345ABC"),
        Sample(symbology: "GS1_128", data: "[8004]4012345ABC[10]L1", key: "(8004)4012345ABC"),
        Sample(symbology: "GS1_128", data: "[8003]09501101530003S7", key: "(8003)09501101530003S7"),
        Sample(symbology: "GS1_128", data: "[01]09501101530003[21]A1", key: "(01)09501101530003(21)A1"),
        Sample(symbology: "GS1_128", data: "[8018]095011015300000010", key: "(8018)095011015300000010"),
        Sample(symbology: "QRCODE", data: "[10]L1[8004]4012345ABC[21]S", more: ["--gs1"], key: "(8004)4012345ABC"),
        Sample(
            symbology: "QRCODE", data: "https://example.org/8004/4012345ABC?a=b", key: "(8004)4012345ABC"),
    ]

    @Test("each label is read from its picture as what it was drawn from", arguments: samples)
    func labels(_ sample: Sample) throws {
        let line = try Pictures.read(sample.symbology, sample.data, sample.more)
        let schemes = [
            CodeScheme([.borrowerCard], .codabar(try #require(CodePattern("2#{13}")))),
            CodeScheme([.item], .code39(try #require(CodePattern("INV*{5}")), isChecked: true)),
        ]
        let reader = CodeReader(schemes: schemes + CodeReader.standardSchemes)
        guard case .label(let label) = reader.read(try text(line)) else {
            Issue.record("'\(line)' is no label")
            return
        }
        #expect(label.key == sample.key)
    }

    @Test("house codes are read from their pictures, in bars and in squares", arguments: HouseCode.Kind.allCases)
    func houseCodes(_ kind: HouseCode.Kind) throws {
        for body in ["0A7", "X2", "Q0QPWX"] {
            let code = HouseCode.of(kind, body)
            for symbology in ["CODE128", "CODE39", "QRCODE"] {
                let line = try Pictures.read(symbology, code.text)
                #expect(CodeReader.standard.read(try text(line)) == .house(code), "\(symbology)")
            }
        }
    }

    @Test("passes of every length are read from a QR code of version 9 at level M", arguments: [1, 13, 40])
    func passes(_ count: Int) throws {
        let noon = SampleHouse.noon
        let pass = Pass.of(
            nonce: .max, from: noon, until: noon.adding(milliseconds: 3_600_000),
            booking: String(repeating: "b", count: count)
        ).signed()
        let line = try Pictures.read("QRCODE", pass.text, ["--vers=9", "--secure=2"])
        #expect(CodeReader.standard.read(try text(line)) == .pass(pass))
    }

    /// What the station's assembler makes of what the reader printed.
    private func text(_ output: String) throws -> String {
        var assembler = LineAssembler()
        let lines = output.utf8.compactMap { assembler.take($0) }
        guard lines.count == 1, case .text(let text) = lines[0] else { throw BenchError("read: \(lines)") }
        return text
    }
}

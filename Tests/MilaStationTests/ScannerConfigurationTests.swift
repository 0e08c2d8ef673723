// The sections `scanner` and `codes`: what they mean, and every way to get them wrong.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct ScannerConfigurationTests {
    /// The demo's configuration with more at its end; what is wrong with it, if anything, and what it says.
    private func read(_ more: String) throws -> (
        scanner: StationConfiguration.ScannerConfiguration?, problems: [String]
    ) {
        let folder = try Folder()
        let key = try SigningKey(file: folder.file("pool.key"), name: "pool").noteKey
        let yaml = SampleHouse.stationYAML(poolPort: "8080", poolKey: key.description, language: .german)
        let file = try folder.write(yaml + more, to: "station.yaml")
        do {
            return (try ConfigurationReader.read(file).scanner, [])
        } catch let problems as FileProblems {
            return (nil, problems.all.map { "\($0.problem). \($0.remedy)" })
        }
    }

    @Test func `without the sections the usual codes are read`() throws {
        let scanner = try #require(try read("").scanner)
        #expect(scanner.codes == .standard && scanner.idleGap == nil)
    }

    @Test func `all that can be set up is read as it is written`() throws {
        let fine = try read(
            """
            scanner: { prefix: "~", suffix: "$", idle-gap: 80 ms }
            codes:
              - { names: borrower-card, form: codabar, pattern: "2#{13}" }
              - { names: [item, locker], form: text, pattern: "INV-#{5}" }
              - { names: item, form: code39, pattern: "X#{4}*", check: modulus-43 }
              - { names: item, form: retail }
            """)
        let scanner = try #require(fine.scanner, "\(fine.problems)")
        #expect(scanner.idleGap == .milliseconds(80))
        let codes = [
            "~INV-00042$": [CodeKind.item, .locker], "21234000012344": [.borrowerCard], "4006381333931": [.item],
        ]
        for (line, kinds) in codes {
            guard case .label(let label) = scanner.codes.read(line) else {
                Issue.record("\(line) is no label")
                continue
            }
            #expect(label.kinds == Set(kinds))
        }
        #expect(scanner.codes.read("INV-42") == .unknown)
        #expect(scanner.codes.read("X0042A") == .mistyped)
    }

    @Test func `a scanner that says what it read keeps schemes apart`() throws {
        let codes = """
            codes:
              - { names: item, form: gs1, keys: giai }
              - { names: borrower-card, form: codabar, pattern: "#{14}" }
              - { names: item, form: retail }

            """
        let problems = try read(codes).problems
        #expect(problems.count == 2, "\(problems)")
        #expect(
            problems.allSatisfy {
                $0.hasPrefix("a code can belong to this scheme and to that in line ")
                    && $0.hasSuffix("Make one of the patterns narrower, or let the scanner send symbology identifiers.")
            })
        #expect(try read(codes + "scanner: { symbology-identifiers: true }").problems.isEmpty)
    }

    /// A mistake, and what is said of it.
    static let mistakes = [
        ("codes: []\nscanner: { prefix: '' }", "'prefix' is not up to 16 printable characters"),
        ("scanner: { suffix: 'ä' }", "'suffix' is not up to 16 printable characters"),
        ("scanner: { idle-gap: 5 ms }", "'idle-gap' is not a duration from 10 ms to 2000 ms"),
        ("scanner: { symbology-identifiers: yes }", "'symbology-identifiers' is not true or false"),
        ("scanner: { prefx: x }", "nothing here is called 'prefx'. Remove it. Do you mean prefix?"),
        ("scanner: 5", "'scanner' should be a mapping"),
        ("codes: { names: item }", "'codes' should be a list"),
        ("codes: [{ form: retail }]", "'names' is missing"),
        ("codes: [{ names: item }]", "'form' is missing"),
        ("codes: [{ names: thing, form: retail }]", "'names' is not item, locker or borrower-card"),
        ("codes: [{ names: [item, thing], form: retail }]", "entry 2 of 'names' is not item, locker or borrower-card"),
        ("codes: [{ names: item, form: ean }]", "'form' is not gs1, retail, codabar, code39 or text"),
        ("codes: [{ names: item, form: gs1 }]", "a scheme of form 'gs1' needs 'keys'"),
        ("codes: [{ names: item, form: gs1, keys: upc }]", "'keys' is not giai, grai, sgtin, gtin or gsrn"),
        ("codes: [{ names: item, form: text }]", "a scheme of form 'text' needs 'pattern'"),
        ("codes: [{ names: item, form: text, pattern: '#{' }]", "'pattern' is not a pattern such as 'INV-#{5}'"),
        ("codes: [{ names: item, form: retail, pattern: '#' }]", "a scheme of form 'retail' has no 'pattern'"),
        ("codes: [{ names: item, form: retail, keys: giai }]", "a scheme of form 'retail' has no 'keys'"),
        ("codes: [{ names: item, form: text, pattern: 'A#', check: modulus-43 }]", "form 'text' has no 'check'"),
        ("codes: [{ names: item, form: code39, pattern: 'A#', check: modulus-10 }]", "'check' is not modulus-43"),
        ("codes: [{ names: item, form: text, pattern: 'M?{6}' }]", "codes of this scheme can look like house codes"),
    ]

    @Test(arguments: mistakes.indices)
    func `each mistake is told, with what to do`(_ index: Int) throws {
        let (yaml, problem) = Self.mistakes[index]
        let problems = try read(yaml + "\n").problems
        #expect(problems.count == 1 && problems[0].contains(problem), "\(problems)")
    }
}

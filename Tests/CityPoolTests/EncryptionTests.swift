// TLS with a private root, and clients that must show a certificate of it. Certificates and client are openssl's.

import Foundation
import Glibc
import StationCore
import TestSupport
import Testing

@Suite struct EncryptionTests {
    let folder: Folder
    let house: PoolHouse

    init() throws {
        folder = try Folder()
        house = try PoolHouse()
        for root in ["root", "foreign"] {
            try openssl([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=\(root)", "-keyout", folder.file("\(root).key"), "-out", folder.file("\(root).pem"),
            ])
        }
        try certificate("pool", of: "root", name: "subjectAltName=DNS:localhost,IP:127.0.0.1")
        try certificate("station", of: "root", name: "extendedKeyUsage=clientAuth")
        try certificate("stranger", of: "foreign", name: "extendedKeyUsage=clientAuth")
    }

    private func openssl(_ arguments: [String]) throws {
        let ended = try TestProcess.run("openssl", arguments)
        guard ended.code == 0 else { throw BenchError("openssl \(arguments): \(ended.errors)") }
    }

    private func certificate(_ subject: String, of root: String, name: String) throws {
        let extensions = try folder.write(name + "\n", to: "\(subject).ext")
        try openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(subject)",
            "-keyout", folder.file("\(subject).key"), "-out", folder.file("\(subject).csr"),
        ])
        try openssl([
            "x509", "-req", "-in", folder.file("\(subject).csr"), "-CA", folder.file("\(root).pem"), "-CAkey",
            folder.file("\(root).key"), "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out",
            folder.file("\(subject).pem"),
        ])
        chmod(folder.file("\(subject).key"), 0o600)
    }

    private var serving: [String] {
        ["--certificate", folder.file("pool.pem"), "--private-key", folder.file("pool.key")]
    }

    /// What the pool answers to a request over TLS.
    private func ask(
        _ request: [UInt8], root: String = "root", client: String? = nil, more: [String] = []
    ) throws -> String {
        var arguments = [
            "s_client", "-quiet", "-connect", "127.0.0.1:\(house.port)", "-CAfile",
            folder.file("\(root).pem"), "-verify_return_error", "-verify_ip", "127.0.0.1",
        ]
        if let client { arguments += ["-cert", folder.file("\(client).pem"), "-key", folder.file("\(client).key")] }
        // The request says that the connection ends with its answer, so that openssl need not end with its input.
        let process = try TestProcess("openssl", arguments + ["-ign_eof"] + more)
        process.feed(request)
        _ = process.wait()
        return process.output
    }

    private var health: [UInt8] { Wire.request("GET", "/health", fields: ["Connection: close"]) }

    @Test func aStationSendsEntriesOverTLS() throws {
        try house.serve(serving)
        let journal = TestJournal()
        let answer = try ask(
            Wire.request(
                "POST", "/v1/stations/demo/entries", token: house.tokens["demo"], type: EntryBatch.mediaType,
                fields: ["Connection: close"], body: EntryBatch.body(journal.documents).body))
        #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains(journal.head.hash.description))
        // The controls: another root does not vouch for it, and without TLS nobody is served.
        #expect(try ask(health, root: "foreign").isEmpty)
        #expect((try? house.ask("GET", "/health")) == nil)
    }

    @Test func oldVersionsOfTLSAreRefused() throws {
        try house.serve(serving)
        #expect(try ask(health, more: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]).isEmpty)
        #expect(try ask(health, more: ["-tls1_2"]).hasPrefix("HTTP/1.1 200"))
    }

    @Test func withAClientRootOnlyItsClientsComeIn() throws {
        try house.serve(serving + ["--client-ca", folder.file("root.pem")])
        #expect(try ask(health, client: "station").hasPrefix("HTTP/1.1 200"))
        #expect(try ask(health).isEmpty)
        #expect(try ask(health, client: "stranger").isEmpty)
        #expect(try ask(health, client: "station").hasPrefix("HTTP/1.1 200"))
    }

    @Test func aPrivateKeyThatOthersMayReadIsNotUsed() throws {
        chmod(folder.file("pool.key"), 0o644)
        let ended = try house.run(["serve", "--port", "0"] + serving)
        #expect(ended.code == 70 && ended.errors.contains("chmod 600"))
    }

    @Test func aHandshakeThatNeverComesIsCutOff() throws {
        try house.serve(serving + ["--request-seconds", "1"])
        let wire = try house.connect()
        wire.write([0x16, 0x03, 0x01])
        #expect(wire.readToEnd() != nil)
        #expect(try ask(health).hasPrefix("HTTP/1.1 200"))
    }
}

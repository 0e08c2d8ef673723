// What counts as an answer of the pool, and what does not: captive portals, proxies, strangers and slow servers must
// never make a station believe that its entries arrived, or take a register.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct PoolClientTests {
    private let bench: PoolBench
    private let head = JournalHead(epoch: Epoch(7), sequence: 3, hash: EntryHash(of: [1]))

    init() throws { bench = try PoolBench() }

    /// Why a batch was not acknowledged; `nil` where it was.
    private func failure(_ answer: [UInt8]?, patience: Duration = .seconds(60)) async throws -> Uplink.Failure? {
        let pool = try ScriptedPool { _, _ in answer }
        do {
            _ = try await bench.with(pool.url, patience: patience) { try await $0.send(batch: Array("[]".utf8)) }
            return nil
        } catch let error as PoolError {
            return error.failure
        }
    }

    @Test func `a receipt that the pool signed acknowledges, and the request is what the contract says`() async throws {
        let body = try bench.acknowledgement(of: head)
        let pool = try ScriptedPool { _, _ in ScriptedPool.answer("200 OK", body: body) }
        let answer = try await bench.with(pool.url) { try await $0.send(batch: Array("[1]".utf8)) }
        #expect(answer.receipt?.head == head)
        let request = try #require(pool.requests.first)
        #expect(request.hasPrefix("POST /v1/stations/one/entries HTTP/1.1\r\n"))
        #expect(request.lowercased().contains("\r\nauthorization: bearer secret-token\r\n"))
        #expect(request.lowercased().contains("\r\ncontent-type: application/cloudevents-batch+json\r\n"))
        #expect(request.hasSuffix("\r\n\r\n[1]"))
    }

    @Test func `what is no receipt acknowledges nothing`() async throws {
        let good = try bench.acknowledgement(of: head)
        let other = EntrySource(cityDomain: "bench.example", station: id("two"))
        let altered = String(decoding: good, as: UTF8.self).replacing("\\n3\\n", with: "\\n4\\n")
        #expect(altered.utf8.count == good.count && Array(altered.utf8) != good)
        let bodies: [(String, [UInt8])] = [
            ("a captive portal", Array("<!DOCTYPE html><title>Willkommen im WLAN</title>".utf8)),
            ("nothing", []), ("JSON of others", Array(#"{"status":"ok"}"#.utf8)), ("an array", Array("[]".utf8)),
            ("half an answer", Array(good.prefix(good.count / 2))), ("more than an answer", good + good),
            ("a stranger's signature", try bench.acknowledgement(of: head, by: bench.foreignKey)),
            ("another station's receipt", try bench.acknowledgement(of: head, for: other)),
            ("an altered receipt", Array(altered.utf8)),
        ]
        for (name, body) in bodies {
            #expect(try await failure(ScriptedPool.answer("200 OK", body: body)) == .temporary, "\(name)")
        }
        for status in ["201 Created", "202 Accepted", "204 No Content", "206 Partial Content", "500 Oops", "404 No"] {
            #expect(try await failure(ScriptedPool.answer(status, body: good)) == .temporary, "\(status)")
        }
        #expect(try await failure(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)) == .temporary)
        #expect(try await failure(ScriptedPool.answer("200 OK", body: good)) == nil)
    }

    @Test func `a pool that has nothing of this station yet acknowledges nothing, and that is an answer`() async throws
    {
        let body = BatchAnswer(receipt: "", rejected: []).body
        let pool = try ScriptedPool { _, _ in ScriptedPool.answer("200 OK", body: body) }
        let answer = try await bench.with(pool.url) { try await $0.send(batch: []) }
        #expect(answer.receipt == nil)
    }

    @Test func `a pool that asks for patience is heard`() async throws {
        func ask(_ status: String, _ field: String...) async throws -> Uplink.Failure? {
            try await failure(ScriptedPool.answer(status, field))
        }
        #expect(try await ask("429 Too Many Requests", "Retry-After: 7") == .askedToWait(seconds: 7))
        #expect(try await ask("503 Service Unavailable", "retry-after: 120") == .askedToWait(seconds: 120))
        #expect(try await ask("503 Service Unavailable") == .temporary)
        #expect(try await ask("429 No", "Retry-After: Fri, 31 Dec 2027 23:59:59 GMT") == .temporary)
        #expect(try await ask("401 Unauthorized", "Retry-After: 7") == .refused)
        #expect(try await ask("403 Forbidden") == .refused)
        #expect(try await ask("409 Conflict") == .refused)
    }

    @Test func `a redirection is not followed: it would take the token along`() async throws {
        let body = try bench.acknowledgement(of: head)
        let elsewhere = try ScriptedPool { _, _ in ScriptedPool.answer("200 OK", body: body) }
        for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
            let answer = ScriptedPool.answer(status, ["Location: \(elsewhere.url)/v1/stations/one/entries"])
            #expect(try await failure(answer) == .temporary, "\(status)")
        }
        #expect(elsewhere.requests.isEmpty)
    }

    @Test func `an answer that is too large, too slow or cut off is none`() async throws {
        let large = [UInt8](repeating: 0x20, count: (1 << 20) + 1)
        #expect(try await failure(ScriptedPool.answer("200 OK", body: large)) == .temporary)
        #expect(try await failure(nil, patience: .milliseconds(200)) == .temporary)
        let whole = ScriptedPool.answer("200 OK", body: try bench.acknowledgement(of: head))
        #expect(try await failure(Array(whole.dropLast())) == .temporary)
    }

    @Test func `a server that sends its answer byte by byte does not keep the station`() async throws {
        // Each byte comes well before the patience for a silence is over; the answer as a whole does not.
        let body = try bench.acknowledgement(of: head)
        let pool = try ScriptedPool(pause: .milliseconds(20)) { _, _ in ScriptedPool.answer("200 OK", body: body) }
        await #expect(throws: PoolError.self) {
            try await bench.with(pool.url, patience: .milliseconds(400)) { _ = try await $0.send(batch: []) }
        }
    }

    @Test func `nobody there is an error that passes`() async throws {
        let url = try ScriptedPool { _, _ in nil }.url
        await #expect(throws: PoolError.self) {
            try await bench.with(url, patience: .milliseconds(300)) { _ = try await $0.send(batch: []) }
        }
    }

    // MARK: - The time

    /// What time a server says it is, which makes its note from the nonce of the question.
    private func time(_ note: @escaping @Sendable (Nonce) throws -> TimeNote, by key: SigningKey) async throws
        -> WallTime
    {
        let pool = try ScriptedPool { _, request in
            let words = request.prefix { $0 != "\r\n" }.split(separator: " ")
            let path = "/v1/stations/one/time?nonce="
            guard words.count > 1, words[1].hasPrefix(path), let nonce = Nonce(String(words[1].dropFirst(path.count))),
                let signed = try? key.sign(note(nonce).text)
            else { return ScriptedPool.answer("400 Bad Request") }
            return ScriptedPool.answer("200 OK", body: Array(signed.encoded.utf8))
        }
        return try await bench.with(pool.url) { try await $0.time() }
    }

    @Test func `the time is believed when the pool signed it for this very question of this station`() async throws {
        let (source, noon) = (bench.source, WallTime(milliseconds: 1_796_040_000_000))
        let other = EntrySource(cityDomain: "bench.example", station: id("two"))
        let old = try #require(Nonce([UInt8](repeating: 7, count: Nonce.byteCount)))
        let answer = try await time({ TimeNote(source: source, nonce: $0, time: noon) }, by: bench.key)
        #expect(answer == noon)
        await #expect(throws: PoolError.self, "a stranger's word") {
            try await time({ TimeNote(source: source, nonce: $0, time: noon) }, by: bench.foreignKey)
        }
        await #expect(throws: PoolError.self, "the answer to another question") {
            try await time({ _ in TimeNote(source: source, nonce: old, time: noon) }, by: bench.key)
        }
        await #expect(throws: PoolError.self, "the answer to another station") {
            try await time({ TimeNote(source: other, nonce: $0, time: noon) }, by: bench.key)
        }
    }

    // MARK: - Registers

    private func register(_ answer: [UInt8], since: RegisterVersion? = nil) async throws -> RegisterSnapshot? {
        let pool = try ScriptedPool { _, _ in answer }
        return try await bench.with(pool.url) { try await $0.register(since: since) }
    }

    @Test func `a register that is not this pool's, or not this station's, is none`() async throws {
        let good = try bench.register("pool-1/2", items: 2)
        let altered = String(decoding: good, as: UTF8.self).replacing("LABEL1", with: "LABEL9")
        #expect(altered.utf8.count == good.count && Array(altered.utf8) != good)
        for (name, body) in [
            ("a stranger's", try bench.register("pool-1/2", items: 2, by: bench.foreignKey)),
            ("another station's", try bench.register("pool-1/2", items: 2, station: id("two"))),
            ("altered", Array(altered.utf8)), ("a portal", Array("<html>".utf8)), ("cut", Array(good.dropLast())),
            // The note is good, and for another version.
            (
                "a note of another",
                SignedRegister(
                    payload: try SignedRegister(body: good).payload,
                    note: try SignedRegister(body: try bench.register("pool-1/3", items: 2)).note
                ).body
            ),
        ] {
            await #expect(throws: PoolError.self, "\(name)") {
                _ = try await register(ScriptedPool.answer("200 OK", body: body))
            }
        }
        #expect(try await register(ScriptedPool.answer("200 OK", body: good))?.items.count == 2)
    }

    @Test func `a register that is known is not sent again`() async throws {
        let pool = try ScriptedPool { _, _ in ScriptedPool.answer("304 Not Modified") }
        let known = try #require(RegisterVersion("pool-1/2"))
        #expect(try await bench.with(pool.url) { try await $0.register(since: known) } == nil)
        #expect(try await bench.with(pool.url) { try await $0.register(since: known, wait: 30) } == nil)
        #expect(
            pool.requests.map { $0.prefix { $0 != "\r\n" } } == [
                "GET /v1/stations/one/register?since=pool-1%2F2 HTTP/1.1",
                "GET /v1/stations/one/register?since=pool-1%2F2&wait=30 HTTP/1.1",
            ])
    }
}

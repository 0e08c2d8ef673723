// A server that answers as a test wants it: what stands between a station and its pool need not be the pool.

import Foundation
import Glibc
import Groundwork
import StationCore
import Synchronization
import TestSupport

@testable import MilaStation

/// A server on a port of its own that gives each request, by its number from 0, the bytes of an answer.
final class ScriptedPool: Sendable {
    let port: UInt16
    private let listener: Int32
    private let asked = Mutex<[String]>([])
    private let left = Mutex<[Int32]>([])

    /// A server; where `answer` has none, the request waits until the server goes. With a pause the bytes of an answer
    /// come one by one.
    init(
        pause: Duration = .zero, _ answer: @escaping @Sendable (_ number: Int, _ request: String) -> [UInt8]?
    ) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw BenchError("no port: errno \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
        signal(SIGPIPE, SIG_IGN)
        self.listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { return }
                self.serve(connection, pause, answer)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        for connection in left.withLock(\.self) { close(connection) }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// The requests so far, with their bodies.
    var requests: [String] { asked.withLock(\.self) }

    private func serve(_ connection: Int32, _ pause: Duration, _ answer: (Int, String) -> [UInt8]?) {
        let request = Self.request(connection)
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count - 1
        }
        guard let bytes = answer(number, request) else { return left.withLock { $0.append(connection) } }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = pause > .zero ? 1 : rest.count
            let count = rest.withUnsafeBytes { write(connection, $0.baseAddress, piece) }
            guard count > 0 else { break }
            usleep(pause.wholeMilliseconds * 1000)
            rest = rest.dropFirst(count)
        }
        close(connection)
    }

    private static func request(_ connection: Int32) -> String {
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let fields = text[..<end.lowerBound].lowercased().split(separator: "\r\n")
                let length = fields.first { $0.hasPrefix("content-length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
                if text[end.upperBound...].utf8.count >= length { return text }
            }
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return text }
            bytes += buffer[..<count]
        }
    }

    /// The bytes of an answer.
    static func answer(_ status: String, _ fields: [String] = [], body: [UInt8] = []) -> [UInt8] {
        let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)", "Connection: close"] + fields
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
}

/// The keys, the token and the station of tests that speak to a pool.
struct PoolBench {
    let folder: Folder
    let key: SigningKey
    /// A key of the same name that is not the pool's.
    let foreignKey: SigningKey
    let station: StationID = id("one")
    let source = JournalBench.source

    init() throws {
        folder = try Folder()
        key = try SigningKey(file: folder.path + "/pool.key", name: "pool")
        foreignKey = try SigningKey(file: folder.path + "/foreign.key", name: "pool")
        try SecretFile.create(folder.path + "/token", text: "secret-token")
    }

    func client(_ url: String, patience: Duration = .seconds(60)) throws -> PoolClient {
        let pool = StationConfiguration.PoolConfiguration(
            url: url, tokenFile: folder.path + "/token", key: key.noteKey, authorityFile: nil, certificateFile: nil,
            certificateKeyFile: nil)
        return try PoolClient(pool, station: station, source: source, patience: patience)
    }

    /// Does something with a client, and closes it.
    func with<Value>(
        _ url: String, patience: Duration = .seconds(60), _ work: (PoolClient) async throws -> Value
    ) async throws -> Value {
        let client = try client(url, patience: patience)
        let result: Result<Value, any Error>
        do { result = .success(try await work(client)) } catch { result = .failure(error) }
        try await client.close()
        return try result.get()
    }

    /// The pool's answer to a batch.
    func acknowledgement(of head: JournalHead, by key: SigningKey? = nil, for source: EntrySource? = nil) throws
        -> [UInt8]
    {
        let receipt = Receipt(source: source ?? self.source, head: head, incarnation: "pool-1")
        let note = try (key ?? self.key).sign(receipt.text)
        return BatchAnswer(receipt: note.encoded, rejected: []).body
    }

    /// A register with so many items, as the pool answers with it.
    func register(
        _ version: String, items: Int, by key: SigningKey? = nil, station: StationID? = nil
    ) throws -> [UInt8] {
        guard let version = RegisterVersion(version) else { throw BenchError("no version: \(version)") }
        let items = (0..<items).map {
            Item(id: id("item-\($0)"), name: LocalizedText("Item \($0)"), label: "LABEL\($0)", category: "tools")
        }
        let snapshot = RegisterSnapshot(
            station: station ?? self.station, version: version, cardKey: [UInt8](repeating: 7, count: 32),
            borrowers: [], items: items, lockers: [], policy: Policy())
        let payload = snapshot.json.canonical
        let text = SignedRegister.noteText(station: station ?? self.station, version: version, payload: payload)
        return SignedRegister(payload: payload, note: try (key ?? self.key).sign(text).encoded).body
    }
}

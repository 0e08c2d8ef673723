// A client that speaks HTTP/1.1 byte by byte, so that it can speak it badly as well.

import Glibc
import StationCore
import TestSupport

/// What the pool answered.
struct Answer {
    var status: Int
    var fields: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON? { try? JSON(parsing: body) }
    /// The last part of a problem's type.
    var problem: String? {
        guard fields["content-type"] == "application/problem+json", let type = json?["type"]?.string else { return nil }
        return type.split(separator: ":").last.map(String.init)
    }
}

/// One connection to a pool on this machine.
final class Wire {
    private var descriptor: Int32
    private var pending: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let number = errno
            close()
            throw BenchError("connecting to \(port): errno \(number)")
        }
        var limit = timeval(tv_sec: Int(patience), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close() }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Writes bytes; says whether the pool took them all.
    @discardableResult
    func write(_ bytes: some Collection<UInt8>) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// A request as bytes.
    static func request(
        _ method: String, _ path: String, token: String? = nil, type: String? = nil, fields: [String] = [],
        body: [UInt8]? = nil
    ) -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: pool"] + fields
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let type { lines.append("Content-Type: \(type)") }
        if let body { lines.append("Content-Length: \(body.count)") }
        return Array((lines + ["", ""]).joined(separator: "\r\n").utf8) + (body ?? [])
    }

    /// Sends a request and reads its answer.
    func ask(
        _ method: String, _ path: String, token: String? = nil, type: String? = nil, fields: [String] = [],
        body: [UInt8]? = nil
    ) throws -> Answer {
        write(Self.request(method, path, token: token, type: type, fields: fields, body: body))
        return try answer()
    }

    /// Reads one answer.
    func answer() throws -> Answer {
        var head: [String] = []
        while let line = try line(), !line.isEmpty { head.append(line) }
        guard let first = head.first?.split(separator: " "), first.count >= 2, let status = Int(first[1]) else {
            throw BenchError("no answer: \(head)")
        }
        var fields: [String: String] = [:]
        for line in head.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw BenchError("no field: \(line)") }
            fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        var body: [UInt8] = []
        if fields["transfer-encoding"] == "chunked" {
            while let size = try line().flatMap({ Int($0, radix: 16) }), size > 0 {
                body += try bytes(size)
                _ = try bytes(2)
            }
            _ = try line()
        } else if status != 304 {
            body = try bytes(fields["content-length"].flatMap { Int($0) } ?? 0)
        }
        return Answer(status: status, fields: fields, body: body)
    }

    /// Reads until the pool closes the connection, and says how many bytes came; `nil` where it stays open too long.
    func readToEnd() -> Int? {
        var count = pending.count
        pending = []
        while true {
            switch receive() {
            case .some(let more) where more.isEmpty: return count
            case .some(let more): count += more.count
            case nil: return errno == ECONNRESET ? count : nil
            }
        }
    }

    private func line() throws -> String? {
        while true {
            if let end = pending.firstIndex(of: 0x0a) {
                let line = pending[..<end].filter { $0 != 0x0d }
                pending.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            try fill()
        }
    }

    private func bytes(_ count: Int) throws -> [UInt8] {
        while pending.count < count { try fill() }
        defer { pending.removeFirst(count) }
        return Array(pending.prefix(count))
    }

    private func fill() throws {
        guard let more = receive(), !more.isEmpty else { throw BenchError("the connection ended, errno \(errno)") }
        pending += more
    }

    private func receive() -> [UInt8]? {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        return count < 0 ? nil : Array(chunk.prefix(count))
    }
}

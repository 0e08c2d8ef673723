// Answers what `journal`, `check` and `locker` ask of a running station. Everything is read in slices between two
// decisions, so that a long export does not keep a borrower waiting.

internal import Foundation
internal import Glibc
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import StationCore

/// The service behind the control socket.
struct ControlServer: Service {
    /// How many entries are read between two decisions.
    static let slice = 100

    let socket: String
    let loop: StationLoop
    let source: EntrySource
    let status: @Sendable () async throws -> JSON
    let checkpoint: @Sendable () async throws -> String
    let lockers: Set<LockerID>
    let log: Logger

    func run() async throws {
        // The socket of a station that was killed is still there; the journal's lock says that nobody listens.
        unlink(socket)
        let address = try ControlSocket.Address(of: socket)
        defer { address.close() }
        let socket = socket
        // Only this station's user may ask: the mask counts while the socket is bound.
        let application = Application(
            router: router(),
            configuration: .init(address: .unixDomainSocket(path: address.path), serverName: nil),
            onServerRunning: { _ in chmod(socket, 0o600) },
            logger: quiet
        )
        try await application.run()
        unlink(socket)
    }

    private var quiet: Logger {
        var logger = log
        logger.logLevel = .error
        return logger
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("v1/status") { _, _ in response(try await status().canonical) }
        router.get("v1/checkpoint") { _, _ in response(Array(try await checkpoint().utf8)) }
        router.get("v1/trim") { _, _ in
            response(try await loop.ask { try $0.journal.read(TrimWord.read) }.json.canonical)
        }
        router.get("v1/entries") { request, _ in
            let after = request.uri.queryParameters["after"].flatMap { UInt64($0) } ?? 0
            return entries(after: after)
        }
        router.post("v1/lockers/{locker}/{action}") { request, context in
            guard let locker = context.parameters.get("locker").flatMap({ LockerID($0) }), lockers.contains(locker)
            else { throw HTTPError(.notFound, message: "this station has no such locker") }
            guard let action = context.parameters.get("action").flatMap({ AdminOrder.Action($0) }) else {
                throw HTTPError(.notFound, message: "an order is one of: \(AdminOrder.Action.words)")
            }
            let body = try await request.body.collect(upTo: 4096)
            do {
                return try await carryOut(AdminOrder(action, locker, body: Array(body.readableBytesView)))
            } catch let mistake as OrderMistake {
                throw HTTPError(.badRequest, message: mistake.description)
            }
        }
        router.get("v1/openings/{number}") { _, context in
            guard let number = context.parameters.get("number").flatMap({ EntryNumber($0) }) else {
                throw HTTPError(.badRequest, message: "an opening is known by the number of its entry, EPOCH-SEQUENCE")
            }
            let report = try await loop.ask { try OpeningReport(of: number, $0) }
            guard let report else { throw HTTPError(.notFound, message: "no entry of this number ordered an opening") }
            return response(report.json.canonical)
        }
        return router
    }

    /// Does what an admin orders, as soon as no other decision is being made.
    private func carryOut(_ order: AdminOrder) async throws -> Response {
        switch try await loop.ask({ try $0.conductor.carryOut(order) }) {
        case .success(let number): return response(JSON.object(["entry": .string(number.description)]).canonical)
        case .failure(let refusal):
            throw HTTPError(.conflict, message: refusal.reason.rawValue)
        }
    }

    private func response(_ bytes: [UInt8]) -> Response {
        Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// The entries up to the journal's end at this moment, one document a line.
    private func entries(after start: UInt64) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: ResponseBody { writer in
                let end = try await loop.ask { $0.journal.head.sequence }
                var slice = try await slice(after: start, upTo: end, isFirst: true)
                while !slice.isEmpty {
                    // The next slice is read while this one is written as JSON and on its way.
                    let last = slice[slice.count - 1].number.sequence
                    async let next = self.slice(after: last, upTo: end, isFirst: false)
                    var lines = ByteBuffer()
                    lines.reserveCapacity(slice.count * 1024)
                    for entry in slice {
                        lines.writeBytes(entry.document(source: source))
                        lines.writeInteger(UInt8(ascii: "\n"))
                    }
                    try await writer.write(lines)
                    slice = try await next
                }
                try await writer.finish(nil)
            })
    }

    /// The next entries after one, none at the end.
    ///
    /// Throws: ``JournalTrouble`` where a reader was so slow that they were trimmed before it came to them: it has to begin
    /// again.
    private func slice(after last: UInt64, upTo end: UInt64, isFirst: Bool) async throws -> [Entry] {
        guard last < end else { return [] }
        let limit = min(Self.slice, Int(end - last))
        let entries = try await loop.ask { place in
            try place.journal.read {
                try JournalReader.entries($0, epoch: place.journal.head.epoch, after: last, limit: limit)
            }
        }
        guard isFirst || entries.first?.number.sequence == last + 1 else {
            throw JournalTrouble("entries after \(last) were trimmed before they were read")
        }
        return entries
    }
}

// A station as the guard sees it: the other end of the socket.

import Glibc
import GuardProtocol

@testable import LockGuard

/// One connection to a guard.
final class StationPeer {
    private(set) var socket: Int32

    /// Connects, through the folder's descriptor where the path is too long for an address.
    init(_ path: String) throws {
        let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        socket = Glibc.socket(AF_UNIX, type, 0)
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = try Descriptor(
            Glibc.open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "opening the folder")
        let short = "/proc/self/fd/\(folder.number)\(path[slash...])"
        guard let address = UnixAddress(path: path) ?? UnixAddress(path: short),
            address.withPointer({ connect(socket, $0, $1) }) == 0
        else {
            close(socket)
            throw WorkbenchError("connecting to \(path)")
        }
    }

    deinit { hangUp() }

    /// Closes the connection, as the kernel does when a process dies.
    func hangUp() {
        if socket >= 0 { close(socket) }
        socket = -1
    }

    /// Sends a packet; `false` where the guard takes no more.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool { Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count }

    @discardableResult
    func send(_ message: StationMessage) -> Bool {
        withUnsafeBytes(of: message.frame.bytes) {
            Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == 64
        }
    }

    /// Sends a message where the guard takes it at once.
    func offer(_ message: StationMessage) -> Bool {
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        return withUnsafeBytes(of: message.frame.bytes) { Glibc.send(socket, $0.baseAddress, $0.count, flags) == 64 }
    }

    /// Asks for an opening, issued now.
    func open(_ number: RequestNumber, locker: UInt16 = 0, pulse: UInt32, issuedAt: UInt64? = nil) {
        let instant = issuedAt ?? bootTime()
        send(.open(OpenRequest(number: number, locker: locker, pulseMilliseconds: pulse, issuedAt: instant)))
    }

    /// The next message; `nil` at the end of the connection or of the time.
    func receive(within time: UInt64 = patience) throws -> GuardMessage? {
        guard isReadable(socket, by: bootTime() + time) else { return nil }
        return try waiting()
    }

    /// The next message where one has come already.
    func waiting() throws -> GuardMessage? {
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return nil }
        guard let frame = bytes[..<count].withUnsafeBytes({ Frame(packet: $0) }) else {
            throw WorkbenchError("no frame")
        }
        return try GuardMessage(frame)
    }

    /// The next message that `pick` wants, the others left out; `nil` at the end of the connection or of the time.
    func next<Picked>(within time: UInt64 = patience, _ pick: (GuardMessage) -> Picked?) throws -> Picked? {
        let deadline = bootTime() + time
        while bootTime() < deadline, let message = try receive(within: deadline - bootTime()) {
            if let picked = pick(message) { return picked }
        }
        return nil
    }

    /// Says hello and waits for the welcome; `false` where there is none.
    func isWelcome(_ table: LineTable) throws -> Bool {
        send(.hello(table: table.digest))
        return try receive() == .welcome(table: table.digest)
    }

    /// When a request was accepted; `nil` where it was refused.
    func accepted(_ number: RequestNumber) throws -> UInt64? {
        try next {
            switch $0 {
            case .accepted(number, _, let instant): instant
            case .refused(number, _, _): .some(nil)
            default: nil
            }
        } ?? nil
    }

    /// Why a request was refused; `nil` where it was accepted.
    func refusal(_ number: RequestNumber) throws -> GuardMessage.Refusal? {
        try next {
            switch $0 {
            case .refused(number, _, let reason): reason
            case .accepted(number, _, _): .some(nil)
            default: nil
            }
        } ?? nil
    }

    /// When and why the coil of a request went off.
    func released(_ number: RequestNumber) throws -> (at: UInt64, why: GuardMessage.Release)? {
        try next {
            if case .released(number, _, let instant, let reason) = $0 { (instant, reason) } else { nil }
        }
    }
}

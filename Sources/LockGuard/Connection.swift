// The connection to one station: frames in, frames out, nothing that waits. What can't be sent at once stands in a
// queue of fixed size; while it does, nothing is read, so that a station that doesn't listen can't pile up answers.

import GuardProtocol
import Glibc

/// A connected seqpacket socket.
struct Connection: ~Copyable {
    /// What came in.
    enum Packet {
        /// A packet; `nil` where it has not the size of a frame.
        case frame(Frame?)
        case nothing
        /// The other side is gone.
        case end
    }

    private let socket: Descriptor
    private var queue: [Frame] = []
    private var first = 0
    private let capacity: Int

    /// Takes over a connected socket; at most `capacity` frames wait to be sent.
    init(_ socket: Int32, capacity: Int) throws(SystemError) {
        self.socket = try Descriptor(socket, "accepting a connection")
        self.capacity = capacity
        queue.reserveCapacity(capacity)
    }

    var number: Int32 { socket.number }

    /// Whether frames wait to be sent.
    var isBlocked: Bool { first < queue.count }

    /// The next packet, if there is one.
    func receive() -> Packet {
        withUnsafeTemporaryAllocation(byteCount: Frame.byteCount, alignment: 8) { buffer in
            // With MSG_TRUNC the call returns the packet's true size, so that a long one is told from a frame.
            let flags = Int32(MSG_TRUNC) | noWaiting
            let count = recv(number, buffer.baseAddress, buffer.count, flags)
            if count > 0 {
                let isFrame = count == Frame.byteCount
                return .frame(isFrame ? Frame(packet: UnsafeRawBufferPointer(buffer)) : nil)
            }
            return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
        }
    }

    /// Sends a message, now or as soon as the other side reads; `false` where the queue is full or the other side gone.
    mutating func send(_ message: GuardMessage) -> Bool {
        let frame = message.frame
        guard !isBlocked else { return enqueue(frame) }
        switch transmit(frame) {
        case .sent: return true
        case .wouldWait: return enqueue(frame)
        case .gone: return false
        }
    }

    /// Sends what waits, as far as that is possible now; `false` where the other side is gone.
    mutating func flush() -> Bool {
        while first < queue.count {
            switch transmit(queue[first]) {
            case .sent: first += 1
            case .wouldWait: return true
            case .gone: return false
            }
        }
        queue.removeAll(keepingCapacity: true)
        first = 0
        return true
    }

    /// Sends a last message if that is possible now, and hangs up in such a way that the other side can still read it:
    /// packets left unread would turn it into a reset.
    consuming func hangUp(after message: GuardMessage?) {
        if let message, !isBlocked { _ = transmit(message.frame) }
        shutdown(number, Int32(SHUT_RD))
        for _ in 0..<1024 {
            guard case .frame = receive() else { return }
        }
    }

    private mutating func enqueue(_ frame: Frame) -> Bool {
        if first > 0, queue.count == capacity {
            queue.removeFirst(first)
            first = 0
        }
        guard queue.count < capacity else { return false }
        queue.append(frame)
        return true
    }

    private enum Transmission { case sent, wouldWait, gone }

    private func transmit(_ frame: Frame) -> Transmission {
        let count = withUnsafeBytes(of: frame.bytes) { Glibc.send(number, $0.baseAddress, $0.count, noWaiting) }
        if count == Frame.byteCount { return .sent }
        return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? .wouldWait : .gone
    }
}

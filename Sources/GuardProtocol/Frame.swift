// A frame is one message between station and guard: always 64 bytes, one frame to a packet of a Unix
// seqpacket socket, whole numbers little-endian. A fixed size needs no length, no allocation and no parser
// that could run away; a packet of any other size is not a frame.

/// One message between station and guard as it travels: exactly ``byteCount`` bytes.
public struct Frame: Sendable {
    /// The size of every frame, in bytes.
    public static let byteCount = 64

    /// The bytes: kind at 0, version at 1, a 16-bit number at 2, a 32-bit number at 4, 64-bit numbers from 8 on.
    public var bytes: InlineArray<64, UInt8>

    /// An empty frame of the given kind, in this version of the protocol.
    init(kind: UInt8) {
        bytes = InlineArray(repeating: 0)
        bytes[0] = kind
        bytes[1] = protocolVersion
    }

    /// A frame from the bytes of one packet, or `nil` where the packet is not exactly ``byteCount`` bytes long.
    public init?(packet: UnsafeRawBufferPointer) {
        guard packet.count == Frame.byteCount else { return nil }
        bytes = InlineArray(repeating: 0)
        for index in 0..<Frame.byteCount { bytes[index] = packet[index] }
    }

    var kind: UInt8 { bytes[0] }
    var version: UInt8 { bytes[1] }

    /// The 16-bit number at offset 2: a locker's or lamp's place in the table.
    var place: UInt16 {
        get { UInt16(truncatingIfNeeded: number(at: 2, width: 2)) }
        set { put(UInt64(newValue), at: 2, width: 2) }
    }

    /// The 32-bit number at offset 4: a reason, a level, a system error.
    var detail: UInt32 {
        get { UInt32(truncatingIfNeeded: number(at: 4, width: 4)) }
        set { put(UInt64(newValue), at: 4, width: 4) }
    }

    /// The 64-bit numbers at offset 8, 16, …: request numbers, digests, instants.
    subscript(word index: Int) -> UInt64 {
        get { number(at: 8 + 8 * index, width: 8) }
        set { put(newValue, at: 8 + 8 * index, width: 8) }
    }

    private func number(at offset: Int, width: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<width { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
        return value
    }

    private mutating func put(_ value: UInt64, at offset: Int, width: Int) {
        for index in 0..<width { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
}

/// The version of frames and table. Guard and station refuse each other when it differs.
public let protocolVersion: UInt8 = 2

/// Why bytes from the other side are not a message.
public enum FrameError: Error, Equatable, Sendable {
    /// The other side speaks another version of the protocol.
    case version(UInt8)
    /// The first byte names no message of this direction.
    case kind(UInt8)
    /// A field holds a value the message does not allow.
    case field(String)
}

// Addresses of Unix sockets, which hold at most 107 bytes of path.

import Glibc

/// The flags of a call that must neither wait nor end the process when nobody reads.
let noWaiting = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)

/// The address of a Unix socket.
struct UnixAddress {
    private var address = sockaddr_un()
    private var size: socklen_t = 0

    /// An address of nothing.
    init() {}

    /// The address of a path, or of an abstract name that starts with `@`; `nil` where it is empty or too long.
    init?(path: String) {
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < room else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract { address.sun_path.0 = 0 }
        let head = MemoryLayout<sockaddr_un>.size - room
        size = socklen_t(head + bytes.count + (isAbstract ? 0 : 1))
    }

    /// Lends the address to a call of the socket interface.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: address) {
            // The socket interface takes any address as the generic one; the size says how much of it counts.
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }
}

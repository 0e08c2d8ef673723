// Addresses of Unix sockets, however long the path of their folder is.

internal import Foundation
internal import Glibc

enum UnixSocket {
    /// A stream of bytes.
    static let stream = Int32(SOCK_STREAM.rawValue)
    /// Packets that keep their bounds and their order.
    static let packets = Int32(SOCK_SEQPACKET.rawValue)

    /// The longest path that fits an address.
    private static let maximumPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Connects a socket of a type to a path.
    ///
    /// - Returns: the descriptor, or the system's error number.
    static func connect(_ path: String, type: Int32) -> Result<Int32, POSIXError> {
        let descriptor = socket(AF_UNIX, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .failure(lastError()) }
        // A folder too deep for an address is reached through its descriptor.
        let folder = open(path.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let short = path.utf8.count <= maximumPath ? path : "/proc/self/fd/\(folder)/\(name)"
        guard short.utf8.count <= maximumPath else {
            close(descriptor)
            return .failure(POSIXError(.ENAMETOOLONG))
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: short.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            // The address of any family is passed as a sockaddr: that is how connect(2) is declared.
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let error = lastError()
            close(descriptor)
            return .failure(error)
        }
        return .success(descriptor)
    }

    private static func lastError() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}

// The socket stations connect to. The guard binds it itself; the file is for its owner and group only, and one left
// behind by a guard that died is removed when nobody listens on it any more.

import Glibc

/// A listening Unix seqpacket socket with its file.
struct StationSocket: ~Copyable {
    private let socket: Descriptor
    private let directory: Descriptor
    private let name: String

    /// Binds a socket of mode 0660 at `path`. The path may be longer than a socket's address can be.
    ///
    /// Throws: ``SystemError``; with EADDRINUSE where another guard listens there or the file is no socket.
    init(path: String) throws(SystemError) {
        let slash = path.lastIndex(of: "/")
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let directory = try Descriptor(
            Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "opening the socket's folder \(folder)")
        // Through its folder's descriptor a socket is in reach however long the path to the folder is.
        let short = "/proc/self/fd/\(directory.number)/\(name)"
        guard !name.isEmpty,
            let address = UnixAddress(path: slash == nil ? "./" + path : path) ?? UnixAddress(path: short)
        else { throw SystemError("binding \(path)", code: ENAMETOOLONG) }
        let socket = try StationSocket.open()
        try StationSocket.removeStale(address, in: directory.number, name: name, path: path)
        // The mode is right from the first moment; the guard has one thread, so nobody else sees the mask.
        let mask = umask(0o117)
        let bound = address.withPointer { bind(socket.number, $0, $1) }
        let error = errno
        umask(mask)
        guard bound == 0 else { throw SystemError("binding \(path)", code: error) }
        guard listen(socket.number, 8) == 0 else { throw SystemError("listening on \(path)") }
        self.name = name
        self.directory = directory
        self.socket = socket
    }

    /// Readable when somebody connects.
    var number: Int32 { socket.number }

    /// The next connection and its user; `nil` when there is none.
    func accept() -> (socket: Int32, user: UInt32)? {
        let peer = Glibc.accept(number, nil, nil)
        guard peer >= 0 else { return nil }
        // unix(7): a `struct ucred` of process, user and group, 32 bits each; Swift's Glibc module leaves it out.
        var credentials: InlineArray<3, UInt32> = InlineArray(repeating: .max)
        var size = socklen_t(MemoryLayout<InlineArray<3, UInt32>>.size)
        guard getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else {
            close(peer)
            return nil
        }
        _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
        return (peer, credentials[1])
    }

    /// Removes the socket's file.
    func remove() { unlinkat(directory.number, name, 0) }

    private static func open() throws(SystemError) -> Descriptor {
        let type = Int32(SOCK_SEQPACKET.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        return try Descriptor(Glibc.socket(AF_UNIX, type, 0), "making a socket")
    }

    private static func removeStale(
        _ address: UnixAddress, in directory: Int32, name: String, path: String
    ) throws(SystemError) {
        var status = stat()
        guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw SystemError("binding \(path)", code: EADDRINUSE) }
        let probe = try open()
        let answer = address.withPointer { connect(probe.number, $0, $1) }
        guard answer != 0, errno == ECONNREFUSED else { throw SystemError("binding \(path)", code: EADDRINUSE) }
        guard unlinkat(directory, name, 0) == 0 else { throw SystemError("removing the old socket \(path)") }
    }
}

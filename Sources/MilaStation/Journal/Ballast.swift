// A file of real bytes beside the journal. When the disk is full, what is under way is finished in the room that
// giving it up leaves; new requests are refused until it is back.

internal import Glibc
internal import Groundwork

struct Ballast {
    /// Room for some hundred entries with their share of the write-ahead log.
    static let byteCount = 1 << 20

    let path: String

    /// Whether the ballast is in place.
    var isAboard: Bool {
        guard let status = FileStatus(path: path) else { return false }
        return status.size == Self.byteCount && status.allocated >= Self.byteCount
    }

    /// Takes the ballast aboard where the disk has room for it and as much again.
    ///
    /// - Returns: whether it is aboard now.
    func load() -> Bool {
        if isAboard { return true }
        var room = statvfs()
        guard statvfs(path.folder, &room) == 0,
            UInt64(room.f_bavail) * UInt64(room.f_frsize) >= 2 * UInt64(Self.byteCount)
        else { return false }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return posix_fallocate(descriptor, 0, off_t(Self.byteCount)) == 0 && fsync(descriptor) == 0 && isAboard
    }

    /// Gives the ballast up, so that what is under way can be written.
    func drop() { unlink(path) }
}

extension String {
    /// The folder of this path.
    var folder: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}

// What the system says of a file. It stands in one place because the compiler counts C's `stat` to whichever of two modules
// it happened to load first, so that a file that uses it has to import both; where the others don't, adding an unrelated
// file can break the build.

internal import Dispatch
internal import Glibc

/// Kind, size and permissions of a file.
public struct FileStatus: Sendable {
    /// What kinds of files are told apart.
    public enum Kind: Sendable {
        /// With content on a disk.
        case regular
        /// A terminal or a serial line.
        case characterDevice
        /// A folder, a pipe, a socket, a disk.
        case other
    }

    /// What kind of file it is.
    public let kind: Kind
    /// How many bytes it holds.
    public let size: Int
    /// How many bytes it takes on the disk: less than ``size`` where it has holes.
    public let allocated: Int
    /// Who may do what with it, as nine bits.
    public let permissions: UInt32

    /// The status of the file that a path leads to; `nil` where there is none or it can't be asked, with the reason in
    /// `errno`.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The status of an open file; `nil` where it can't be asked, with the reason in `errno`.
    public init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFCHR: .characterDevice
            default: .other
            }
        size = Int(status.st_size)
        allocated = Int(status.st_blocks) * 512
        permissions = UInt32(status.st_mode & 0o777)
    }
}

// A disk that tests can fill.

import Foundation
import Glibc
import TestSupport

/// A file system that is small enough to be filled: tmpfs, which only root may mount.
final class SmallDisk {
    private let folder: Folder
    let path: String
    private var filler: String { path + "/filler" }

    init(bytes: Int) throws {
        folder = try Folder()
        path = folder.path + "/disk"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(bytes)") == 0 else {
            throw BenchError("no tmpfs: errno \(errno)")
        }
    }

    /// Lets the file system go; what is open on it stays readable until it is closed.
    func unmount() { umount2(path, Int32(MNT_DETACH)) }

    /// Whether this machine lets the test mount a file system.
    static let isPossible: Bool = {
        guard let disk = try? SmallDisk(bytes: 1 << 20) else { return false }
        disk.unmount()
        return true
    }()

    /// Fills what is left, to the last byte.
    func fill() {
        let descriptor = Glibc.open(filler, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0o600)
        let block = [UInt8](repeating: 0x66, count: 4096)
        while Glibc.write(descriptor, block, block.count) > 0 {}
        close(descriptor)
    }

    /// Gives back what ``fill()`` took.
    func makeRoom() { unlink(filler) }
}

// A small ext4 on a loop device: a kernel's own file system that can be full and can go read-only.

import Foundation
import Glibc
import TestSupport

/// A file system in a file.
final class LoopDisk {
    private let folder: Folder
    private let image: String
    /// Where it is mounted.
    let path: String
    private var filler: String { path + "/filler" }

    /// Why this machine can't have one, in words for the test's report.
    static let obstacle = "only root may mount a file, and only where there are loop devices and mkfs.ext4"

    /// Whether a file can be mounted here.
    static let isPossible: Bool = {
        guard geteuid() == 0, access("/dev/loop-control", R_OK | W_OK) == 0 else { return false }
        return (try? LoopDisk(megabytes: 4)) != nil
    }()

    /// Makes it, and mounts it over a folder that is to be; in a folder of its own where none is named.
    init(megabytes: Int, over place: String? = nil) throws {
        Self.sweep
        folder = try Folder()
        image = folder.file("\(Self.mark)\(getpid())")
        path = place ?? folder.file("disk")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        _ = try Self.run("truncate", "-s", "\(megabytes)M", image)
        // No room that is kept back for root, which the programs run as here.
        _ = try Self.run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "root_owner=0:0", image)
        try mount()
        guard chmod(path, 0o700) == 0 else { throw BenchError("\(path): errno \(errno)") }
        try? FileManager.default.removeItem(atPath: path + "/lost+found")
    }

    deinit { unmount() }

    /// Lets it go; what is open on it stays readable until it is closed, and the loop device goes with the last of it.
    func unmount() { umount2(path, Int32(MNT_DETACH)) }

    /// Mounts it, after it was unmounted.
    func mount() throws { _ = try Self.run("mount", "-o", "loop,errors=remount-ro", image, path) }

    /// Unmounts it, looks it over as a start of the system does, and mounts it again.
    func repair() throws {
        guard umount2(path, 0) == 0 else { throw BenchError("\(path) is in use: errno \(errno)") }
        _ = try Self.run("e2fsck", "-f", "-y", image, accepts: [0, 1])
        try mount()
    }

    /// Lets the kernel find an error in it, upon which it makes it read-only under whoever has files open on it.
    func turnReadOnly() throws {
        guard let device = try Self.mounts().first(where: { $0.path == path })?.device else {
            throw BenchError("\(path) is not mounted")
        }
        let trigger = "/sys/fs/ext4/\((device as NSString).lastPathComponent)/trigger_fs_error"
        try Data("1".utf8).write(to: URL(fileURLWithPath: trigger))
    }

    /// Whether the kernel lets an error be triggered.
    static let canTurnReadOnly: Bool = {
        guard isPossible, let disk = try? LoopDisk(megabytes: 4) else { return false }
        return (try? disk.turnReadOnly()) != nil
    }()

    /// Fills what is left, to the last byte.
    func fill() {
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0o600)
        for size in [65536, 1024, 1] {
            let block = [UInt8](repeating: 0x66, count: size)
            while write(descriptor, block, size) > 0 {}
        }
        fsync(descriptor)
        close(descriptor)
    }

    /// Gives back what ``fill()`` took.
    func makeRoom() { unlink(filler) }

    // MARK: - What an earlier run left

    private static let mark = "mila-loop-disk-of-"

    /// Takes away the disks of test runs that were killed.
    private static let sweep: Void = {
        let losetup = (try? run("losetup", "--noheadings", "--output", "NAME,BACK-FILE")) ?? ""
        for line in losetup.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 2, let name = words[1].split(separator: "/").last, name.hasPrefix(mark),
                let owner = pid_t(name.dropFirst(mark.count)), kill(owner, 0) != 0, errno == ESRCH
            else { continue }
            for mount in (try? mounts()) ?? [] where mount.device == words[0] {
                umount2(mount.path, Int32(MNT_DETACH))
            }
        }
    }()

    private static func mounts() throws -> [(device: String, path: String)] {
        fileText("/proc/mounts").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.count > 1 ? (String(words[0]), String(words[1])) : nil
        }
    }

    private static func run(_ words: String..., accepts: Set<Int32> = [0]) throws -> String {
        let end = try TestProcess.run(words[0], Array(words.dropFirst()))
        guard accepts.contains(end.code) else { throw BenchError("\(words): \(end.text)") }
        return end.output
    }
}

// The simulator lets a line go to its pull when nobody holds it, where other drivers keep it driven. Who holds a second
// descriptor of each of a process's lines keeps them as that process left them.

import Glibc
import TestSupport

/// The GPIO lines of a running process, held until this goes.
final class KeptLines {
    private var descriptors: [Int32] = []

    init(of process: pid_t) throws {
        // Swift's module of the C library leaves these two of its functions out.
        guard let openAddress = dlsym(nil, "pidfd_open"), let takeAddress = dlsym(nil, "pidfd_getfd") else {
            throw BenchError("this C library knows no pidfd")
        }
        typealias Open = @convention(c) (pid_t, UInt32) -> Int32
        typealias Take = @convention(c) (Int32, Int32, UInt32) -> Int32
        let (open, take) = (unsafeBitCast(openAddress, to: Open.self), unsafeBitCast(takeAddress, to: Take.self))
        let handle = open(process, 0)
        guard handle >= 0 else { throw BenchError("no process \(process): errno \(errno)") }
        defer { close(handle) }
        // The process has few descriptors; those of lines are told by what the kernel calls them.
        for number in 0..<Int32(256) {
            var name = [CChar](repeating: 0, count: 64)
            let length = readlink("/proc/\(process)/fd/\(number)", &name, name.count - 1)
            guard length > 0,
                String(decoding: name[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self).contains("gpio")
            else { continue }
            let mine = take(handle, number, 0)
            guard mine >= 0 else { throw BenchError("descriptor \(number) can't be had: errno \(errno)") }
            descriptors.append(mine)
        }
        guard !descriptors.isEmpty else { throw BenchError("process \(process) holds no lines") }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}

// Goes through a recorded log, makes images of its prefixes, has each opened, and counts what does not hold.

import Foundation
import StationCore
import TestSupport

/// A run through the images of one recording.
struct ImageRun: Sendable {
    /// What is there of each prefix, beside a number of scattered ones.
    private static let fixed: [(RecordedDisk.Promise, CrashImage.Style)] = [
        (.posix, .dropped), (.posix, .kept), (.journaling, .dropped),
    ]

    var log: RecordedLog
    var promises: Promises
    var check: any ImageCheck
    /// About how many images to make.
    var budget: Int
    let seed: UInt64
    /// How many images are opened at a time.
    var workers = 2

    /// Makes the images and has them opened.
    func report(_ progress: ImageProgress? = nil) async throws -> ImageReport {
        let plan = try Plan(log, budget: budget, seed: seed)
        let known = KnownImages()
        defer { progress?.end() }
        return try await withThrowingTaskGroup(of: ImageReport.self) { group in
            for worker in 0..<workers { group.addTask { try await report(worker, plan, known, progress) } }
            var whole = ImageReport()
            for try await part in group { whole.add(part) }
            (whole.distinct, whole.opened) = (known.distinct, known.opened)
            whole.prefixes = log.records.count + 1
            return whole
        }
    }

    /// How many scattered images a prefix gets, so that about so many are made in all; and how many prefixes are left out.
    private struct Plan {
        private var (scattered, rest) = (0, 0)
        private var stride = 1
        /// Which of the prefixes that could stand for their neighbours does: another one in each run.
        private let offset: Int

        init(_ log: RecordedLog, budget: Int, seed: UInt64) throws {
            let disk = RecordedDisk(log, .posix)
            var (fixed, pending) = (1, 0)
            for _ in log.records {
                try disk.advance()
                fixed += disk.isSettled ? 1 : ImageRun.fixed.count + 1
                pending += disk.isSettled ? 0 : 1
            }
            stride = max(1, (fixed + budget - 1) / max(budget, 1))
            offset = Int(seed % UInt64(stride))
            guard stride == 1, pending > 0 else { return }
            (scattered, rest) = ((budget - fixed) / pending, (budget - fixed) % pending)
        }

        /// Whether a worker makes images of a prefix.
        func includes(_ prefix: Int, _ worker: Int, of workers: Int) -> Bool {
            prefix % stride == offset && prefix / stride % workers == worker
        }

        /// The images of a prefix that is the so manyth in which something is pending.
        func cuts(_ prefix: Int, pending: Int, _ seed: UInt64) -> [(RecordedDisk.Promise, CrashImage.Style)] {
            var generator = SeededGenerator(seed: seed &+ UInt64(prefix))
            var cuts = ImageRun.fixed + [(.posix, .torn(seed: generator.next()))]
            for number in 0..<scattered + (pending <= rest ? 1 : 0) {
                cuts.append((number.isMultiple(of: 2) ? .posix : .journaling, .scattered(seed: generator.next())))
            }
            return cuts
        }
    }

    private func report(
        _ worker: Int, _ plan: Plan, _ known: KnownImages, _ progress: ImageProgress?
    ) async throws -> ImageReport {
        let bench = try ImageBench()
        let (posix, journaling) = (RecordedDisk(log, .posix), RecordedDisk(log, .journaling))
        var report = ImageReport()
        var pending = 0
        for prefix in 0...log.records.count {
            if prefix > 0 { for disk in [posix, journaling] { try disk.advance() } }
            let isSettled = posix.isSettled && journaling.isSettled
            pending += isSettled ? 0 : 1
            guard plan.includes(prefix, worker, of: workers) else { continue }
            let cuts = isSettled ? [(.posix, .dropped)] : plan.cuts(prefix, pending: pending, seed)
            let failed = report.failureCount
            for (promise, style) in cuts {
                let disk = promise == .posix ? posix : journaling
                let image = CrashImage(disk, style, parts: check.parts, part: check.part)
                let verdict = try await verdict(image, disk, known, bench)
                report.count(style)
                for fault in promises.faults(of: verdict, at: prefix) {
                    report.add(fault, "prefix \(prefix) of \(log.records.count), \(promise), \(style): \(fault)") {
                        (0..<check.parts).map { ImagePart($0, of: image, disk) }
                    }
                }
            }
            progress?.add(images: cuts.count, failures: report.failureCount - failed, distinct: known.distinct)
        }
        return report
    }

    /// What is found in an image, or was found in those parts of it that were seen before.
    private func verdict(
        _ image: CrashImage, _ disk: RecordedDisk, _ known: KnownImages, _ bench: ImageBench
    ) async throws -> ImageVerdict {
        var (verdict, digests) = (ImageVerdict(), [KnownImages.Digest]())
        for number in 0..<check.parts {
            let mark = image.marks?[number]
            var found: ImageVerdict?
            if let digest = known[mark] {
                digests.append(digest)
                found = known[digest]
            }
            if found == nil {
                let part = ImagePart(number, of: image, disk)
                let digest = KnownImages.Digest(part, number)
                if digests.count == number { digests.append(digest) }
                found = known[digest]
                if found == nil {
                    found = try await bench.verdict(number, part, check)
                    known[digest] = found
                    await Task.yield()  // The tests beside this one get their turn.
                }
                known[mark] = digest
            }
            if let found { verdict.add(found) }
        }
        known.see(digests)
        return verdict
    }
}

/// A folder in memory in which one image after another is opened.
private struct ImageBench {
    private let folder: Folder
    private let ballast: String

    init() throws {
        folder = try Folder(inMemory: true)
        ballast = folder.file("ballast")
        try Data(count: 1 << 20).write(to: URL(fileURLWithPath: ballast))
    }

    func verdict(_ number: Int, _ part: ImagePart, _ check: any ImageCheck) async throws -> ImageVerdict {
        let place = folder.file("image")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: place) }
        try part.write(to: place, ballast: ballast)
        do {
            // Every sixteenth with all that takes longer.
            return try await check.verdict(number, place, isThorough: part.digest[0] & 15 == 0)
        } catch {
            return ImageVerdict(faults: ["it can't be opened: \(error)"])
        }
    }
}

// Goes through a recorded log, makes images of its prefixes, has each opened, and counts what does not hold.

import Crypto
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
    let check: any ImageCheck
    /// About how many images to make.
    let budget: Int
    let seed: UInt64
    /// How many images are opened at a time.
    var workers = 2

    /// Makes the images and has them opened.
    func report() async throws -> ImageReport {
        let plan = try Plan(log, budget: budget)
        let known = KnownImages()
        return try await withThrowingTaskGroup(of: ImageReport.self) { group in
            for worker in 0..<workers { group.addTask { try await report(worker, plan, known) } }
            var whole = ImageReport()
            for try await part in group { whole.add(part) }
            (whole.distinct, whole.opened) = (known.distinct, known.opened)
            whole.prefixes = log.records.count + 1
            return whole
        }
    }

    /// How many scattered images a prefix gets, so that about so many are made in all; and how many prefixes are left out.
    private struct Plan {
        var (scattered, rest) = (0, 0)
        var stride = 1

        init(_ log: RecordedLog, budget: Int) throws {
            let disk = RecordedDisk(log, .posix)
            var (fixed, pending) = (1, 0)
            for _ in log.records {
                try disk.advance()
                fixed += disk.isSettled ? 1 : ImageRun.fixed.count + 1
                pending += disk.isSettled ? 0 : 1
            }
            stride = max(1, (fixed + budget - 1) / max(budget, 1))
            guard stride == 1, pending > 0 else { return }
            (scattered, rest) = ((budget - fixed) / pending, (budget - fixed) % pending)
        }
    }

    private func report(_ worker: Int, _ plan: Plan, _ known: KnownImages) async throws -> ImageReport {
        let bench = try ImageBench()
        let disks = RecordedDisk.Promise.allCases.map { RecordedDisk(log, $0) }
        var report = ImageReport()
        var pending = 0
        for prefix in 0...log.records.count {
            if prefix > 0 { for disk in disks { try disk.advance() } }
            let isSettled = disks.allSatisfy(\.isSettled)
            pending += isSettled ? 0 : 1
            guard prefix % plan.stride == 0, prefix / plan.stride % workers == worker else { continue }
            var cuts = isSettled ? [(RecordedDisk.Promise.posix, CrashImage.Style.dropped)] : Self.fixed
            if !isSettled {
                var generator = SeededGenerator(seed: seed &+ UInt64(prefix))
                cuts.append((.posix, .torn(seed: generator.next())))
                for number in 0..<plan.scattered + (pending <= plan.rest ? 1 : 0) {
                    cuts.append((number.isMultiple(of: 2) ? .posix : .journaling, .scattered(seed: generator.next())))
                }
            }
            for (promise, style) in cuts {
                guard let disk = disks.first(where: { $0.promise == promise }) else { continue }
                let image = CrashImage(disk, style, parts: check.parts, part: check.part)
                var verdict = ImageVerdict()
                for (number, part) in image.parts.enumerated() {
                    let found: ImageVerdict
                    if let before = known[part.digest, number] {
                        found = before
                    } else {
                        found = try await bench.verdict(number, part, check)
                        known[part.digest, number] = found
                    }
                    verdict.add(found)
                }
                known.see(image)
                report.count(style)
                for fault in judge(verdict, prefix) {
                    report.add(
                        ImageReport.Failure(
                            text: "prefix \(prefix) of \(log.records.count), \(promise), \(style): \(fault)",
                            image: image))
                }
            }
            await Task.yield()  // The tests beside this one get their turn.
        }
        return report
    }

    /// What is wrong with an image at a prefix.
    private func judge(_ verdict: ImageVerdict, _ prefix: Int) -> [String] {
        let floor = promises.floor(of: prefix)
        var faults = verdict.faults
        // A start that was cut short before anybody was told anything may begin anew, and says why.
        if floor == 0 { faults.removeAll { $0.hasPrefix("put aside") } }
        if verdict.reached < floor { faults.append("LOST: \(floor) entries promised, \(verdict.reached) there") }
        if verdict.applied > verdict.register { faults.append("LOST: the register that was applied") }
        if prefix >= promises.firstWord, !verdict.hasKey { faults.append("LOST: the key, or the account") }
        return faults
    }
}

extension RecordedDisk {
    /// Whether nothing is pending.
    var isSettled: Bool { pendingNames.isEmpty && files.allSatisfy(\.pending.isEmpty) }
}

/// What a run found.
struct ImageReport: Sendable, CustomStringConvertible {
    struct Failure: Sendable {
        var text: String
        var image: CrashImage
    }

    /// The most failures that are kept.
    static let most = 20

    private(set) var images: [String: Int] = [:]
    /// How many different images there were among them.
    var distinct = 0
    /// How many different parts of them were opened.
    var opened = 0
    var prefixes = 0
    private(set) var failureCount = 0
    private(set) var failures: [Failure] = []

    var total: Int { images.values.reduce(0, +) }

    mutating func count(_ style: CrashImage.Style) {
        images[String("\(style)".prefix { $0 != ":" }), default: 0] += 1
    }

    mutating func add(_ failure: Failure) {
        failureCount += 1
        if failures.count < Self.most { failures.append(failure) }
    }

    mutating func add(_ other: ImageReport) {
        images.merge(other.images, uniquingKeysWith: +)
        failureCount += other.failureCount
        failures = Array((failures + other.failures).prefix(Self.most))
    }

    var description: String {
        let styles = images.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return "\(prefixes) prefixes, \(total) images (\(styles)), \(distinct) of them different, "
            + "\(opened) different parts opened, \(failureCount) failures"
    }
}

/// What was found so far: parts that hold the same are opened once.
private final class KnownImages: @unchecked Sendable {
    /// The beginning of a SHA-256: enough for 10¹² images.
    private struct Digest: Hashable {
        var (first, second): (UInt64, UInt64)

        init(_ bytes: [UInt8], _ number: Int) {
            func word(_ start: Int) -> UInt64 {
                bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt64.self) }
            }
            (first, second) = (word(0), word(8) &+ UInt64(number))
        }
    }

    // All that changes is touched under `lock` only; that is what makes this class sendable.
    private let lock = NSLock()
    private var verdicts: [Digest: ImageVerdict] = [:]
    private var images: Set<Digest> = []

    var opened: Int { lock.withLock { verdicts.count } }
    var distinct: Int { lock.withLock { images.count } }

    subscript(_ digest: [UInt8], _ part: Int) -> ImageVerdict? {
        get { lock.withLock { verdicts[Digest(digest, part)] } }
        set { lock.withLock { verdicts[Digest(digest, part)] = newValue } }
    }

    /// Counts an image once.
    func see(_ image: CrashImage) {
        var whole = SHA256()
        for part in image.parts { whole.update(data: part.digest) }
        let digest = Digest(Array(whole.finalize()), 0)
        _ = lock.withLock { images.insert(digest) }
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

    func verdict(_ number: Int, _ part: CrashImage.Part, _ check: any ImageCheck) async throws -> ImageVerdict {
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

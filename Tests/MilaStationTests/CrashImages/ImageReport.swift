// What a run through crash images found, and how it goes on meanwhile.

import Foundation
import Glibc

/// What a run found.
struct ImageReport: Sendable, CustomStringConvertible {
    struct Failure: Sendable {
        var text: String
        /// The image, part by part.
        var parts: [ImagePart]
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
    /// Different ones of the faults.
    private(set) var faults: Set<String> = []

    var total: Int { images.values.reduce(0, +) }

    mutating func count(_ style: CrashImage.Style) {
        let name =
            switch style {
            case .dropped: "dropped"
            case .kept: "kept"
            case .torn: "torn"
            case .scattered: "scattered"
            }
        images[name, default: 0] += 1
    }

    /// Counts a fault of an image, which is put together only where it is kept.
    mutating func add(_ fault: String, _ text: String, _ parts: () -> [ImagePart]) {
        failureCount += 1
        if faults.count < Self.most * 10 { faults.insert(fault) }
        if failures.count < Self.most { failures.append(Failure(text: text, parts: parts())) }
    }

    mutating func add(_ other: ImageReport) {
        images.merge(other.images, uniquingKeysWith: +)
        failureCount += other.failureCount
        failures = Array((failures + other.failures).prefix(Self.most))
        faults.formUnion(other.faults)
    }

    var description: String {
        let styles = images.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return "\(prefixes) prefixes, \(total) images (\(styles)), \(distinct) of them different, "
            + "\(opened) different parts opened, \(failureCount) failures"
    }
}

/// Says how a long run goes on: on a terminal in one line that changes each second, elsewhere in a line a minute.
final class ImageProgress: @unchecked Sendable {
    private let name: String
    private let goal: Int
    private let began = Date()
    private let isTerminal = isatty(STDERR_FILENO) == 1
    // All that changes is touched under `lock` only; that is what makes this class sendable.
    private let lock = NSLock()
    private var (made, failures) = (0, 0)
    private var said = Date()

    /// Progress of a run that will make about so many images.
    init(_ name: String, goal: Int) { (self.name, self.goal) = (name, goal) }

    /// Counts what was made since the last call.
    func add(images: Int, failures: Int, distinct: Int) {
        lock.withLock {
            made += images
            self.failures += failures
            guard Date().timeIntervalSince(said) >= (isTerminal ? 1 : 60) else { return }
            said = Date()
            let seconds = max(1, said.timeIntervalSince(began))
            let text =
                "\(name): \(made) of \(goal) images, \(distinct) of them different, \(self.failures) failures, "
                + "\(Int(Double(made) / seconds)) a second"
            say(isTerminal ? "\r\(text)\u{1b}[K" : text + "\n")
        }
    }

    /// Makes room for what is said next.
    func end() { if isTerminal { say("\r\u{1b}[K") } }

    private func say(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

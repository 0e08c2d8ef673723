// What a run has seen so far. Images that hold the same are the same image; most of many were seen before, and that is
// found out by their outlines, before any bytes are put together.

import Crypto
import Foundation

/// The images and parts of images that a run has seen. It grows by some 200 bytes for each that is new.
final class KnownImages: @unchecked Sendable {
    /// The beginning of a SHA-256: enough for 10¹² images.
    struct Digest: Hashable {
        private var (first, second): (UInt64, UInt64)

        /// The digest of a part's content.
        init(_ part: ImagePart, _ number: Int) { self.init(part.digest, number) }

        fileprivate init(_ bytes: [UInt8], _ number: Int) {
            func word(_ start: Int) -> UInt64 {
                bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt64.self) }
            }
            (first, second) = (word(0), word(8) &+ UInt64(number))
        }
    }

    // All that changes is touched under `lock` only; that is what makes this class sendable.
    private let lock = NSLock()
    private var digests: [CrashImage.Mark: Digest] = [:]
    private var verdicts: [Digest: ImageVerdict] = [:]
    private var images: Set<[Digest]> = []

    /// How many different parts were opened.
    var opened: Int { lock.withLock { verdicts.count } }
    /// How many different images were seen.
    var distinct: Int { lock.withLock { images.count } }

    /// What holds a part whose outline was seen before.
    subscript(_ mark: CrashImage.Mark?) -> Digest? {
        get { mark.flatMap { mark in lock.withLock { digests[mark] } } }
        set { if let mark { lock.withLock { digests[mark] = newValue } } }
    }

    /// What was found in a part that was opened before.
    subscript(_ digest: Digest) -> ImageVerdict? {
        get { lock.withLock { verdicts[digest] } }
        set { lock.withLock { verdicts[digest] = newValue } }
    }

    /// Counts an image, by the digests of its parts, once.
    func see(_ digests: [Digest]) { _ = lock.withLock { images.insert(digests) } }
}

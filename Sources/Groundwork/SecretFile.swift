// Secrets come from files that only their owner may read, or from systemd's credentials; never from the command
// line, the environment or the configuration itself.

internal import Foundation
internal import Glibc

/// Why a secret can't be used.
public struct SecretError: Error, CustomStringConvertible {
    /// What is wrong and what to do.
    public var problem: String
    /// ``problem``.
    public var description: String { problem }

    /// An error in words.
    public init(problem: String) { self.problem = problem }
}

/// Files that hold one secret.
public enum SecretFile {
    /// The most bytes a secret may have.
    public static let maximumBytes = 16 * 1024

    /// The secret in a file, without spaces and line ends around it, or `nil` where there is no such file.
    ///
    /// Throws: ``SecretError`` where others may read the file, or it can't be read.
    public static func readIfPresent(_ path: String) throws -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw SecretError(problem: "\(path) can't be opened: \(systemError(errno))")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let status = FileStatus(descriptor: descriptor), status.kind == .regular else {
            throw SecretError(problem: "\(path) is no regular file")
        }
        guard status.permissions & 0o077 == 0 else {
            throw SecretError(problem: "\(path) may be read by others; run: chmod 600 \(path)")
        }
        let data = try handle.read(upToCount: maximumBytes + 1) ?? Data()
        guard data.count <= maximumBytes, let text = String(data: data, encoding: .utf8) else {
            throw SecretError(problem: "\(path) is larger than \(maximumBytes) bytes, or not UTF-8")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The secret in a file.
    ///
    /// Throws: ``SecretError`` as ``readIfPresent(_:)``, and where there is no such file or nothing in it.
    public static func read(_ path: String) throws -> String {
        guard let secret = try readIfPresent(path), !secret.isEmpty else {
            throw SecretError(
                problem: "\(path) is missing or empty; write the secret into it and run: chmod 600 \(path)")
        }
        return secret
    }

    /// Writes a secret into a new file that only its owner may read, durably.
    ///
    /// Throws: ``SecretError`` where the file exists already or can't be written.
    public static func create(_ path: String, text: String) throws {
        try DurableFile.write(Array((text + "\n").utf8), to: path, mode: 0o600, replacing: false)
    }

    /// The path of a credential that systemd handed to this service (`LoadCredential=`), if it did.
    public static func credential(_ name: String) -> String? {
        guard let folder = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"], !name.contains("/") else {
            return nil
        }
        let path = folder + "/" + name
        return access(path, F_OK) == 0 ? path : nil
    }
}

/// Files that are there whole, or not at all, whatever happens to the power.
public enum DurableFile {
    /// Writes a file under another name, syncs it, gives it its name, and syncs its folder.
    ///
    /// Throws: ``SecretError`` with the operation that failed.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644, replacing: Bool = true) throws {
        let draft = path + ".new"
        func fail(_ operation: String) -> SecretError {
            SecretError(problem: "\(path) can't be written (\(operation)): \(systemError(errno))")
        }
        if !replacing, access(path, F_OK) == 0 { throw SecretError(problem: "\(path) exists already") }
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw fail("open") }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw fail("write") }
            written += max(count, 0)
        }
        guard fsync(descriptor) == 0 else { throw fail("fsync") }
        guard rename(draft, path) == 0 else { throw fail("rename") }
        try syncFolder(of: path)
    }

    /// Makes a folder that only its owner may enter, and its name durable: what is synced in a folder is lost with it.
    public static func makeFolder(_ path: String) throws {
        let files = FileManager.default
        var missing: [String] = []
        var folder = URL(fileURLWithPath: path).standardizedFileURL.path
        while !files.fileExists(atPath: folder) {
            missing.append(folder)
            folder = (folder as NSString).deletingLastPathComponent
        }
        for folder in missing.reversed() {
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            try syncFolder(of: folder)
        }
        // An earlier start may have ended between the two. Where the folder above can't be read it is not ours to sync.
        if missing.isEmpty { try? syncFolder(of: folder) }
    }

    /// Makes the names in a file's folder durable.
    public static func syncFolder(of path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try sync(folder.isEmpty ? "." : folder, O_DIRECTORY)
    }

    /// Makes durable what others wrote into a file, and its length.
    public static func sync(_ path: String) throws { try sync(path, 0) }

    private static func sync(_ path: String, _ flags: Int32) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | flags)
        guard descriptor >= 0 else { throw SecretError(problem: "\(path) can't be opened: \(systemError(errno))") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw SecretError(problem: "\(path) can't be synced: \(systemError(errno))")
        }
    }
}

/// The system's own words for an error number, with the number.
public func systemError(_ number: Int32) -> String { "\(String(cString: strerror(number))) (errno \(number))" }

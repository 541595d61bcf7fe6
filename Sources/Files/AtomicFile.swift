#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files that appear under their name only when whole.
///
/// Content is written to a hidden neighbour (`.name.<process>-<n>.partial`), flushed to the disk, and renamed: at every
/// instant a reader, a crash or a power cut finds the old file or the new one, never a part. A link is followed, so
/// that the file it names is replaced and not the link; the mode of a replaced file is kept. What is no regular file
/// (`/dev/stdout`, a named pipe) cannot be replaced and is written to directly.
public enum AtomicFile {
    /// Writes `data` to `path`, replacing what is there.
    ///
    /// - Throws: `Fault` of kind `inputOutput` that names the path and the system's reason (a full disk, no permission,
    ///   no such folder); nothing is left behind then.
    public static func write(_ data: Data, to path: String) throws(Fault) {
        try write(to: path) { file throws(Fault) in try file.append(data) }
    }

    /// Writes the file's content piece by piece, for content that should not be in memory at once.
    ///
    /// - Throws: as `write(_:to:)`, or what `body` throws; the old file is untouched then.
    public static func write(to path: String, _ body: (borrowing Writer) throws(Fault) -> Void) throws(Fault) {
        switch try Destination(path) {
        case .stream: try writeDirectly(to: path, body)
        case .file(let resolved, let mode): try replace(resolved, mode: mode, named: path, body)
        }
    }

    private static func replace(
        _ destination: String, mode: mode_t?, named path: String, _ body: (borrowing Writer) throws(Fault) -> Void
    ) throws(Fault) {
        let folder = folder(of: destination)
        let (partial, descriptor) = try openPartial(in: folder, for: name(of: destination), named: path)
        defer { PartialFiles.forget(partial) }
        var isOpen = true
        do throws(Fault) {
            if let mode { _ = fchmod(descriptor, mode) }
            try body(Writer(descriptor: descriptor, path: path))
            guard fsync(descriptor) == 0 else { throw refusal("cannot be flushed to the disk", path, errno) }
            isOpen = false
            guard close(descriptor) == 0 else { throw refusal("cannot be closed", path, errno) }
            guard rename(partial, destination) == 0 else { throw refusal("cannot be put in place", path, errno) }
        } catch {
            if isOpen { _ = close(descriptor) }
            _ = unlink(partial)
            throw error
        }
        synchroniseFolder(folder)
    }

    private static func writeDirectly(
        to path: String, _ body: (borrowing Writer) throws(Fault) -> Void
    ) throws(Fault) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal("cannot be written", path, errno) }
        defer { _ = close(descriptor) }
        try body(Writer(descriptor: descriptor, path: path))
    }

    /// A new file of its own for every writer, also for two threads that write the same path.
    private static func openPartial(
        in folder: String, for name: String, named path: String
    ) throws(Fault) -> (path: String, descriptor: Int32) {
        var attempt = 0
        while true {
            let partial = "\(folder)/.\(name).\(getpid())-\(attempt).partial"
            let (descriptor, code) = PartialFiles.open(partial)
            if descriptor >= 0 { return (partial, descriptor) }
            guard code == EEXIST, attempt < 10_000 else { throw refusal("cannot be written", path, code) }
            attempt += 1
        }
    }

    /// The door through which a file's content goes, in order.
    public struct Writer: ~Copyable {
        fileprivate let descriptor: Int32
        fileprivate let path: String

        /// Appends all of `data`, or throws the system's reason.
        public func append(_ data: Data) throws(Fault) {
            let refused = data.withUnsafeBytes { bytes in unsafe writeAll(bytes) }
            if let refused { throw refusal("cannot be written", path, refused) }
        }

        /// Appends all of `bytes`, for arrays that should not be copied first: `append(values.span.bytes)`.
        public func append(_ bytes: RawSpan) throws(Fault) {
            let refused = bytes.withUnsafeBytes { bytes in unsafe writeAll(bytes) }
            if let refused { throw refusal("cannot be written", path, refused) }
        }

        /// The system's error code, or nil when every byte is written.
        private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int32? {
            guard let start = bytes.baseAddress else { return nil }
            var offset = 0
            while offset < bytes.count {
                #if canImport(Glibc)
                    let written = unsafe Glibc.write(descriptor, start + offset, bytes.count - offset)
                #else
                    let written = unsafe Darwin.write(descriptor, start + offset, bytes.count - offset)
                #endif
                if written < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                offset += written
            }
            return nil
        }
    }

    /// A rename lasts through a power cut only once its folder is flushed too.
    private static func synchroniseFolder(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = close(descriptor)
    }
}

/// Where a path's content has to go.
private enum Destination {
    /// A file to be replaced or made: its path with links followed, and the mode of the one that is there.
    case file(String, mode: mode_t?)
    /// Something that takes bytes but cannot be replaced.
    case stream

    init(_ path: String) throws(Fault) {
        guard let status = AtomicFile.status(path) else {
            self = .file(path, mode: nil)
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            let what = "is a folder, and a file was to be written"
            throw Fault(.inputOutput, what, at: path, remedy: "Name a file in it")
        case S_IFREG:
            let resolved = unsafe realpath(path, nil)
            defer { unsafe free(resolved) }
            let target = unsafe resolved.map { unsafe String(cString: $0) } ?? path
            self = .file(target, mode: status.st_mode & 0o7777)
        default:
            self = .stream
        }
    }
}

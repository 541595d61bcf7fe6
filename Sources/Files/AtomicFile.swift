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
/// Content is written to a hidden neighbour (`.name.<process>.partial`), flushed to the disk, and renamed: at every
/// instant a reader, a crash or a power cut finds the old file or the new one, never a part.
public enum AtomicFile {
    /// Writes `data` to `path`, replacing what is there.
    ///
    /// - Throws: `Fault` of kind `inputOutput` that names the path and the system's reason (a full disk, no permission,
    ///   no such folder); nothing is left behind then.
    public static func write(_ data: Data, to path: String) throws(Fault) {
        try write(to: path) { file throws(Fault) in try file.append(data) }
    }

    /// Writes the file's content piece by piece, for content that should not be in memory at once.
    public static func write(to path: String, _ body: (borrowing Writer) throws(Fault) -> Void) throws(Fault) {
        let folder = folder(of: path)
        let partial = folder + "/." + name(of: path) + ".\(getpid()).partial"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw refusal("cannot be written", path, errno) }
        var open = true
        do throws(Fault) {
            try body(Writer(descriptor: descriptor, path: path))
            guard fsync(descriptor) == 0 else { throw refusal("cannot be flushed to the disk", path, errno) }
            open = false
            guard close(descriptor) == 0 else { throw refusal("cannot be closed", path, errno) }
            guard rename(partial, path) == 0 else { throw refusal("cannot be put in place", path, errno) }
        } catch {
            if open { _ = close(descriptor) }
            _ = unlink(partial)
            throw error
        }
        synchroniseFolder(folder)
    }

    /// The door through which a file's content goes, in order.
    public struct Writer: ~Copyable {
        fileprivate let descriptor: Int32
        fileprivate let path: String

        /// Appends all of `data`, or throws the system's reason.
        public func append(_ data: Data) throws(Fault) {
            var offset = 0
            while offset < data.count {
                let written = data.withUnsafeBytes { bytes in
                    unsafe Self.writeSome(descriptor, bytes, from: offset)
                }
                if written < 0 {
                    if errno == EINTR { continue }
                    throw refusal("cannot be written", path, errno)
                }
                offset += written
            }
        }

        private static func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, from offset: Int) -> Int {
            #if canImport(Glibc)
                unsafe Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
            #else
                unsafe Darwin.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
            #endif
        }
    }

    /// Makes a folder and those above it, as `mkdir -p`.
    public static func makeFolder(_ path: String) throws(Fault) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw refusal("folder cannot be made", path, errno)
        }
    }

    /// Reads a whole file.
    public static func read(_ path: String) throws(Fault) -> Data {
        var isFolder: Bool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Fault(.data, "no such file", at: path, remedy: "Check the path")
        }
        guard !isFolder else { throw Fault(.data, "is a folder, not a file", at: path) }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw refusal("cannot be read", path, errno)
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func name(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    /// A rename lasts through a power cut only once its folder is flushed too.
    private static func synchroniseFolder(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        _ = close(descriptor)
    }

    private static func refusal(_ what: String, _ path: String, _ code: Int32) -> Fault {
        let reason = unsafe String(cString: strerror(code))
        return Fault(.inputOutput, "\(what) (\(reason))", at: path, remedy: advice(code))
    }

    private static func advice(_ code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: "Free space on that disk, or write elsewhere"
        case EACCES, EPERM, EROFS: "Choose a place that you may write to"
        case ENOENT: "Make the folder first"
        default: ""
        }
    }
}

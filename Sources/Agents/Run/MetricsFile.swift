import Files

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A table that grows by a line at a time, and can be cut back to where a saved state knows it.
final class MetricsFile {
    static let header = "step,td_loss,mean_reward,greedy_accuracy,weight_norm,dead_fraction\n"
    private let path: String
    private let descriptor: Int32
    /// The bytes of all whole lines.
    private(set) var count: Int

    /// Opens the table and cuts it to its first `count` bytes; a `count` of 0 begins it anew.
    ///
    /// - Throws: `Fault` of kind `data` when it is missing or shorter than that, `inputOutput` where the system
    ///   refuses.
    init(_ path: String, keeping count: Int, header: String = MetricsFile.header) throws(Fault) {
        self.path = path
        let creation: Int32 = count == 0 ? O_CREAT : 0
        descriptor = open(path, O_WRONLY | creation | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            guard count > 0, errno == ENOENT else { throw Self.refusal("cannot be opened", path) }
            throw Fault(
                .data, "is missing, and the saved state knows \(count) bytes of it", at: path, remedy: "Restore it")
        }
        self.count = count
        let length = Int(lseek(descriptor, 0, SEEK_END))
        guard length >= count else {
            throw Fault(
                .data, "has \(length) bytes where the saved state knows \(count)", at: path,
                remedy: "It was cut since the run was saved: restore it")
        }
        guard ftruncate(descriptor, off_t(count)) == 0 else { throw Self.refusal("cannot be cut", path) }
        if count == 0 { try append(header) }
    }

    deinit { _ = close(descriptor) }

    /// Adds a line, its newline included.
    func append(_ line: String) throws(Fault) {
        var rest = Array(line.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw Self.refusal("cannot be written", path)
            }
            rest = rest.dropFirst(written)
        }
        count += line.utf8.count
    }

    /// Puts all lines on the disk: a saved state that counts on them may then be written.
    func synchronise() throws(Fault) {
        guard fsync(descriptor) == 0 else { throw Self.refusal("cannot be flushed to the disk", path) }
    }

    private static func refusal(_ what: String, _ path: String) -> Fault {
        let reason = String(cString: strerror(errno))
        return Fault(.inputOutput, "\(what) (\(reason))", at: path, remedy: "Free space, or write elsewhere")
    }
}

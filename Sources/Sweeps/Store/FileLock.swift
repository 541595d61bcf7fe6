import Files

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A hold on a file that ends with the process, however it ends (`flock`); children do not inherit it.
final class FileLock: Sendable {
    private let descriptor: Int32
    let path: String

    /// Takes the lock; waits for whoever has it.
    ///
    /// - Throws: `Fault` of kind `inputOutput` where the system refuses.
    init(waitingFor path: String) throws(Fault) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.refusal("cannot be made", path, errno) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let code = errno
                _ = close(descriptor)
                throw Self.refusal("cannot be locked", path, code)
            }
        }
    }

    deinit { _ = close(descriptor) }

    /// Whether a process holds the file. Asking holds it shared for an instant, which hinders only who takes it just then
    /// without waiting.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { _ = close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    private static func refusal(_ what: String, _ path: String, _ code: Int32) -> Fault {
        let reason = unsafe String(cString: strerror(code))
        return Fault(.inputOutput, "\(what) (\(reason))", at: path, remedy: "Choose a folder that you may write to")
    }
}

package import Files

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A hold on a directory that ends with the process, however it ends (`flock`).
package final class RunLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `Fault` of kind `usage` when another process holds the directory; `inputOutput` where the system refuses.
    package init(_ directory: String) throws(Fault) {
        let path = directory + "/.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Fault(
                .inputOutput, "cannot be made (\(String(cString: strerror(errno))))", at: path,
                remedy: "Choose a folder that you may write to")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            _ = close(descriptor)
            guard code != EWOULDBLOCK else {
                throw Fault(
                    .usage, "another process is training in this folder", at: directory,
                    remedy: "Wait for it, stop it, or choose another folder")
            }
            throw Fault(.inputOutput, "cannot be locked (\(String(cString: strerror(code))))", at: path)
        }
    }

    deinit { _ = close(descriptor) }
}

import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The half-written files of this process, so that one that is told to stop at once leaves none behind.
enum PartialFiles {
    private struct State {
        var paths: Set<String> = []
        var isClosed = false
    }

    private static let state = Mutex(State())

    /// Makes the file `path`, which must not be there, and remembers it.
    ///
    /// - Returns: the descriptor, or -1 and the system's error code.
    static func open(_ path: String) -> (descriptor: Int32, code: Int32) {
        state.withLock { state in
            // The process is ending: a file made now would stay.
            guard !state.isClosed else { return (-1, EINTR) }
            #if canImport(Glibc)
                let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            #else
                let descriptor = Darwin.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            #endif
            if descriptor < 0 { return (-1, errno) }
            state.paths.insert(path)
            return (descriptor, 0)
        }
    }

    /// The file has its final name, or is gone.
    static func forget(_ path: String) { _ = state.withLock { $0.paths.remove(path) } }

    static func removeAll() {
        state.withLock { state in
            state.isClosed = true
            for path in state.paths { _ = unlink(path) }
            state.paths = []
        }
    }
}

extension AtomicFile {
    /// Removes what this process is writing just now, and refuses to begin more: for a process about to end at once.
    public static func removePartialFiles() { PartialFiles.removeAll() }

    /// Removes from a folder the half-written files of processes that are no more (a crash, `kill -9`, a power cut).
    ///
    /// Only names of the form `.name.<process>….partial…` are touched, and only where no process of that number runs;
    /// so a folder must not be shared with writers on other machines while this runs.
    public static func removeAbandonedFiles(in folder: String) {
        guard let stream = unsafe opendir(folder) else { return }
        defer { unsafe _ = closedir(stream) }
        while let entry = unsafe readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let process = writer(ofPartial: name), kill(process, 0) != 0, errno == ESRCH else { continue }
            _ = unlink(folder + "/" + name)
        }
    }

    /// The number in `.name.1234-0.partial` or `.name.1234.partial.png`; nil for any other name.
    static func writer(ofPartial name: String) -> pid_t? {
        guard name.hasPrefix(".") else { return nil }
        let parts = name.split(separator: ".")
        guard let mark = parts.lastIndex(of: "partial"), mark >= 2, mark >= parts.count - 2 else { return nil }
        let number = parts[mark - 1].prefix { $0.isNumber }
        guard let process = pid_t(number), process > 0 else { return nil }
        return process
    }
}

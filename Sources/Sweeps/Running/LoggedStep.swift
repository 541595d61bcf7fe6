#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How far a run's `metrics.csv` is.
enum LoggedStep {
    /// The step of the last whole line; 0 where there is none.
    static func of(run folder: String) -> Int {
        let descriptor = open(folder + "/metrics.csv", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { _ = close(descriptor) }
        // More than a line is long.
        var bytes = [UInt8](repeating: 0, count: 1024)
        let length = lseek(descriptor, 0, SEEK_END)
        let start = max(0, length - off_t(bytes.count))
        let count = bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, start) }
        guard count > 0 else { return 0 }
        let lines = bytes[..<count].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count >= 2, let word = lines[lines.count - 2].split(separator: UInt8(ascii: ",")).first else {
            return 0
        }
        return Int(String(decoding: word, as: UTF8.self)) ?? 0
    }
}

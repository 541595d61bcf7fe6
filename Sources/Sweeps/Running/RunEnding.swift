#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the end of a run's process means for the run.
enum RunEnding: Equatable {
    /// Its results can be read.
    case complete
    /// It was stopped from outside, and goes on from what it saved.
    case interrupted(String)
    /// Another process still holds its folder.
    case occupied
    /// The disk is full: no fault of the run, and the next would fare no better.
    case noSpace(String)
    case failed(RunFailure)

    init(_ ending: ChildProcess.Ending, said text: String) {
        let message = Self.message(in: text)
        switch ending {
        case .exited(0): self = .complete
        case .exited(130): self = .interrupted("stopped")
        case .killed(let signal) where [SIGKILL, SIGTERM, SIGINT, SIGHUP].contains(Int32(signal)):
            self = .interrupted("killed by signal \(signal)")
        case .killed(let signal):
            let words = message.isEmpty ? "" : ": \(message)"
            self = .failed(RunFailure(error: "killed by signal \(signal)\(words)", exitCode: -signal))
        case .exited(64) where message.contains("another process is training"): self = .occupied
        case .exited(74) where Self.fullDisk.contains(where: message.contains): self = .noSpace(message)
        case .exited(let code):
            let words = message.isEmpty ? "ended with exit code \(code) and said nothing" : message
            self = .failed(RunFailure(error: words, exitCode: code))
        }
    }

    /// What the system says where no more can be written.
    private static let fullDisk: [String] = [ENOSPC, EDQUOT, EFBIG].map { unsafe String(cString: strerror($0)) }

    /// The last error, or all that was said.
    static func message(in text: String) -> String {
        let lines = text.split(separator: "\n").map(String.init)
        guard let start = lines.lastIndex(where: { $0.hasPrefix("error: ") }) else {
            return lines.suffix(20).joined(separator: "\n")
        }
        return String(lines[start...].joined(separator: "\n").dropFirst("error: ".count))
    }
}

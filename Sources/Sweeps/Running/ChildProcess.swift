import Files

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process that does one run. It is told to stop by the end of its standard input, which also comes when we die,
/// however we die: no child outlives its sweep for long.
final class ChildProcess {
    enum Ending: Equatable {
        case exited(Int)
        case killed(signal: Int)
    }

    /// The end of what it said is kept: the error comes last.
    private static let longestTail = 1 << 16
    let identifier: pid_t
    private var lifeline: Int32
    private let errors: Int32
    private var tail: [UInt8] = []
    private var ending: Ending?

    /// - Throws: `Fault` of kind `inputOutput` where the system starts no process.
    init(_ executable: String, _ arguments: [String]) throws(Fault) {
        let input = try Self.pipe()
        let output: (reading: Int32, writing: Int32)
        do throws(Fault) {
            output = try Self.pipe()
        } catch {
            _ = close(input.reading)
            _ = close(input.writing)
            throw error
        }
        defer {
            _ = close(input.reading)
            _ = close(output.writing)
        }
        var actions = posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input.reading, STDIN_FILENO)
        unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.writing, STDERR_FILENO)
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { for word in unsafe words { unsafe free(word) } }
        var process: pid_t = 0
        let code = unsafe posix_spawn(&process, executable, &actions, nil, &words, environ)
        guard code == 0 else {
            _ = close(input.writing)
            _ = close(output.reading)
            let reason = unsafe String(cString: strerror(code))
            throw Fault(.inputOutput, "cannot be started (\(reason))", at: arguments.joined(separator: " "))
        }
        identifier = process
        lifeline = input.writing
        errors = output.reading
        _ = fcntl(errors, F_SETFL, O_NONBLOCK)
    }

    deinit {
        askToStop()
        _ = close(errors)
    }

    /// What it said on standard error, or the end of it.
    var said: String { String(decoding: tail, as: UTF8.self) }

    /// Ends its standard input.
    func askToStop() {
        guard lifeline >= 0 else { return }
        _ = close(lifeline)
        lifeline = -1
    }

    func kill() { _ = killProcess(identifier, SIGKILL) }

    /// How it ended; nil while it lives. Takes in what it says, too, and does not wait.
    func poll() -> Ending? {
        if let ending { return ending }
        listen()
        var status: Int32 = 0
        guard unsafe waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
        listen()
        let signal = Int(status & 0x7f)
        ending = signal == 0 ? .exited(Int(status >> 8 & 0xff)) : .killed(signal: signal)
        return ending
    }

    private func listen() {
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = piece.withUnsafeMutableBytes { unsafe read(errors, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            tail += piece[..<count]
            if tail.count > Self.longestTail { tail.removeFirst(tail.count - Self.longestTail) }
        }
    }

    /// Both ends are closed in children: an end that a sibling had would keep this one's input open after we die.
    private static func pipe() throws(Fault) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else {
            throw Fault(.inputOutput, "no pipe can be made (\(unsafe String(cString: strerror(errno))))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

private func killProcess(_ process: pid_t, _ signal: Int32) -> Int32 { kill(process, signal) }

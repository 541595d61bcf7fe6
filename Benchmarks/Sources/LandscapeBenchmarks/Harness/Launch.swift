import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Processes timed from outside, with their memory.
///
/// A process's `ru_maxrss` begins with the resident set of whoever started it. So the harness, which holds much, does
/// not start what it measures: it starts itself anew (`--launch`), and that small process starts the command.
enum Launch {
    struct Finding: Codable {
        let seconds: Double
        let computedSeconds: Double
        let peakBytes: Int
        let status: Int
        let output: String
    }

    private static let itself =
        CommandLine.arguments[0].contains("/")
        ? CommandLine.arguments[0] : Bundle.main.executablePath ?? CommandLine.arguments[0]

    /// Wall-clock time, peak resident set and standard output of the command.
    static func measured(_ arguments: [String]) throws -> Finding {
        let text = try run([itself, "--launch"] + arguments).output
        guard let finding = try? JSONDecoder().decode(Finding.self, from: Data(text.utf8)) else {
            throw HarnessFailure("the launcher answered '\(text)'")
        }
        return finding
    }

    /// The peak resident set of a fresh process of ours that does `work` once.
    static func peakBytes(of work: String, threads: Int) throws -> Int {
        try measured([itself, "--measure-memory", work, "--threads", String(threads)]).peakBytes
    }

    /// What the process started with `--launch` does.
    static func answer(_ arguments: [String]) throws {
        let finding = try run(arguments)
        print(String(decoding: try JSONEncoder().encode(finding), as: UTF8.self))
    }

    private static func run(_ arguments: [String]) throws -> Finding {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw HarnessFailure("no pipe: errno \(errno)") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] =
            ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + settings { free(word) } }
        let clock = ContinuousClock()
        let start = clock.now
        var process: pid_t = 0
        let code = posix_spawnp(&process, arguments[0], &actions, nil, &words, &settings)
        close(ends[1])
        guard code == 0 else { throw HarnessFailure("\(arguments[0]) cannot be started: errno \(code)") }
        let output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readDataToEndOfFile()
        var status: Int32 = 0
        var usage = rusage()
        wait4(process, &status, 0, &usage)
        return Finding(
            seconds: start.duration(to: clock.now) / .seconds(1), computedSeconds: MachineLoad.seconds(usage),
            peakBytes: Int(usage.ru_maxrss) * 1024,
            status: Int(status >> 8 & 0xff | status & 0x7f), output: String(decoding: output, as: UTF8.self))
    }
}

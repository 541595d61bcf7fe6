import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A Python program of `peers` in a process of its own, spoken with line by line; see `peers/protocol.py`.
///
/// While another is timed the process is stopped (SIGSTOP), since thread pools spin for a while when they have nothing
/// to do and would take the cores.
final class LineProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread = Data()

    /// - Parameter script: the file in `peers`.
    init(python: String, script: String, arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [Peers.folder + "/" + script] + arguments
        process.standardInput = input
        process.standardOutput = output
        // Libraries warn at length; a failure is said in the protocol.
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// What the program says of itself in its first line, `ready {…}`.
    ///
    /// - Throws: `HarnessFailure` with the reason where the library is absent.
    func readyDetails() throws -> [String: Any] {
        guard let line = readLine() else { throw HarnessFailure("ended before it was ready") }
        guard line.hasPrefix("ready ") else { throw HarnessFailure(line) }
        return Self.object(String(line.dropFirst(6)))
    }

    func say(_ line: String) { input.fileHandleForWriting.write(Data((line + "\n").utf8)) }

    /// The next line as JSON.
    ///
    /// - Throws: `HarnessFailure` where the program has ended or says `{"error": …}`.
    func answer() throws -> [String: Any] {
        guard let line = readLine() else { throw HarnessFailure("ended in the middle of a run") }
        let answer = Self.object(line)
        if let error = answer["error"] as? String { throw HarnessFailure(error) }
        return answer
    }

    /// Says `line`, the last one, and waits for the end.
    ///
    /// - Returns: what it answered.
    func end(_ line: String) -> [String: Any]? {
        wake()
        say(line)
        let last = try? answer()
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        return last
    }

    /// What the process has computed so far.
    var computedSeconds: Double { MachineLoad.seconds(ofProcess: process.processIdentifier) }

    func wake() { signal(SIGCONT) }
    func sleep() { signal(SIGSTOP) }

    private func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    private func readLine() -> String? {
        while true {
            if let end = unread.firstIndex(of: 10) {
                let line = String(decoding: unread[unread.startIndex..<end], as: UTF8.self)
                unread = Data(unread[(end + 1)...])
                return line
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { return nil }
            unread.append(more)
        }
    }

    private static func object(_ line: String) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any] ?? [:]
    }
}

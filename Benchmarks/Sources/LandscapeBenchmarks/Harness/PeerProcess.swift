import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Another library in a process of its own, driven line by line; see `peers/protocol.py`.
///
/// Outside its turns the process is stopped (SIGSTOP), since thread pools spin for a while when they have nothing to do
/// and would take the cores from whoever is timed.
final class PeerProcess: Contender {
    let name: String
    let factor: Double
    private(set) var version = ""
    /// ‖result‖ of its warm-up run, where it says it.
    private(set) var norm: Double?
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread = Data()

    /// Starts the library and waits until it has set itself up and warmed up.
    ///
    /// - Throws: `HarnessFailure` with the reason where the library is absent.
    init(_ request: PeerRequest, python: String, threads: Int) throws {
        name = request.name
        factor = request.factor
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments =
            [Peers.folder + "/peer.py", request.work, request.library]
            + ["--threads", String(request.threads ?? threads)] + request.arguments
        process.standardInput = input
        process.standardOutput = output
        // Libraries warn at length; a failure is said in the protocol.
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard let line = readLine() else { throw HarnessFailure("ended before it was ready") }
        guard line.hasPrefix("ready ") else { throw HarnessFailure(line) }
        let details = Self.object(String(line.dropFirst(6)))
        version = details["version"] as? String ?? ""
        norm = details["norm"] as? Double
        sleep()
    }

    func run() throws -> Double {
        input.fileHandleForWriting.write(Data("run\n".utf8))
        guard let line = readLine() else { throw HarnessFailure("ended in the middle of a run") }
        let answer = Self.object(line)
        guard let seconds = answer["seconds"] as? Double else {
            throw HarnessFailure(answer["error"] as? String ?? line)
        }
        return seconds * factor
    }

    /// Ends the process.
    ///
    /// - Returns: its largest resident set in bytes, or nil where it did not say.
    func quit() -> Int? {
        wake()
        input.fileHandleForWriting.write(Data("quit\n".utf8))
        let answer = readLine().map(Self.object)
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        return answer?["peak_rss_bytes"] as? Int
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

/// One library asked to do one work.
struct PeerRequest {
    let work: String
    let library: String
    var arguments: [String] = []
    /// Threads, where they differ from everybody's.
    var threads: Int?
    var factor = 1.0
    /// Said beside the name: how the run departs from the work.
    var remark = ""

    var name: String { remark.isEmpty ? library : "\(library) (\(remark))" }
}

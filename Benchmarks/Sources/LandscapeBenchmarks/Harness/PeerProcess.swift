/// Another library in a process of its own that does one work again and again; see `peers/protocol.py`.
final class PeerProcess: Contender {
    let name: String
    let factor: Double
    let version: String
    /// ‖result‖ of its warm-up run, where it says it.
    let norm: Double?
    private let process: LineProcess

    /// Starts the library and waits until it has set itself up and warmed up.
    ///
    /// - Throws: `HarnessFailure` with the reason where the library is absent.
    init(_ request: PeerRequest, python: String, threads: Int) throws {
        name = request.name
        factor = request.factor
        process = try LineProcess(
            python: python, script: "peer.py",
            arguments: [request.work, request.library] + ["--threads", String(request.threads ?? threads)]
                + request.arguments)
        let details = try process.readyDetails()
        version = details["version"] as? String ?? ""
        norm = details["norm"] as? Double
        sleep()
    }

    func run() throws -> Double {
        process.say("run")
        let answer = try process.answer()
        guard let seconds = answer["seconds"] as? Double else { throw HarnessFailure("no seconds in \(answer)") }
        return seconds * factor
    }

    /// Ends the process.
    ///
    /// - Returns: its largest resident set in bytes, or nil where it did not say.
    func quit() -> Int? { process.end("quit")?["peak_rss_bytes"] as? Int }

    /// What the process has computed so far.
    var computedSeconds: Double { process.computedSeconds }

    func wake() { process.wake() }
    func sleep() { process.sleep() }
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

/// Whoever does a work against the clock: we, a part of what we do, or another library in its own process.
protocol Contender: AnyObject {
    var name: String { get }
    /// The library's version; empty for ours.
    var version: String { get }
    /// How many times the work is what one run does: 10 where a run does one probe of ten.
    var factor: Double { get }

    /// Does the work once.
    ///
    /// - Returns: its seconds, as the contender's own clock has them.
    func run() throws -> Double

    /// Processor seconds of all its threads so far.
    var computedSeconds: Double { get }

    /// Called before and after the contender's turn of a round: while others are timed it must not compute.
    func wake()
    func sleep()
}

/// A piece of work in this process.
final class OwnContender: Contender {
    let name: String
    let version = ""
    let factor = 1.0
    private let work: () throws -> Void

    init(_ name: String, _ work: @escaping () throws -> Void) {
        self.name = name
        self.work = work
    }

    func run() throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try work()
        return start.duration(to: clock.now) / .seconds(1)
    }

    var computedSeconds: Double { MachineLoad.ownSeconds }

    func wake() {}
    func sleep() {}
}

/// A whole command, as a process that starts and ends.
final class CommandContender: Contender {
    let name: String
    let version = ""
    let factor = 1.0
    /// The largest resident set of any run so far.
    private(set) var peakBytes = 0
    private(set) var computedSeconds = 0.0
    /// What the last run printed.
    private(set) var output = ""
    private let arguments: [String]

    init(_ name: String, _ arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }

    func run() throws -> Double {
        let finding = try Launch.measured(arguments)
        guard finding.status == 0 else { throw HarnessFailure("\(name) ended with status \(finding.status)") }
        if finding.output.hasPrefix("absent") { throw HarnessFailure(finding.output) }
        computedSeconds += finding.computedSeconds
        peakBytes = max(peakBytes, finding.peakBytes)
        output = finding.output
        return finding.seconds
    }

    func wake() {}
    func sleep() {}
}

/// What keeps a contender, or the whole harness, from going on.
struct HarnessFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

public import Agents
import Files

/// How far a run of a sweep is.
public enum SweepRunStatus: String, Sendable, CaseIterable, Codable {
    /// Nobody has begun it, or whoever had is dead: it goes on from what was saved.
    case waiting
    /// A living process has claimed it.
    case running
    /// It has ended, and all it found is in the database.
    case done
    /// It has ended with an error.
    case failed
}

/// A run as the database has it.
public struct SweepRun: Sendable, Equatable {
    /// The place in the sweep, from 1.
    public let id: Int
    /// Also the folder: `runs/<name>`.
    public let name: String
    public let status: SweepRunStatus
    /// Updates of the whole run.
    public let steps: Int
    /// The text of its `run.json`.
    public let document: String
    /// What it said last, where it failed.
    public let error: String?
    /// Its exit code where it failed; minus the signal that ended it.
    public let exitCode: Int?
    /// What the sweep's file says of it.
    public let settings: [String: String]

    /// - Throws: `Fault` of kind `data` where the database has been changed by hand.
    public var configuration: RunConfiguration {
        get throws(Fault) { try RunConfiguration(parsing: document, from: "the database, run \(name)") }
    }
}

/// How many runs, and steps of runs, are in which state.
public struct SweepCounts: Sendable, Equatable, Codable {
    public var waiting = 0
    public var running = 0
    public var done = 0
    public var failed = 0

    public var all: Int { waiting + running + done + failed }
    /// Whether nothing is left to do.
    public var isComplete: Bool { waiting + running == 0 }

    init() {}

    /// How many of these are in which state.
    public init(_ statuses: some Sequence<SweepRunStatus>) {
        for status in statuses { add(status, 1) }
    }

    mutating func add(_ status: SweepRunStatus, _ count: Int) {
        switch status {
        case .waiting: waiting += count
        case .running: running += count
        case .done: done += count
        case .failed: failed += count
        }
    }
}

/// How far a run is.
struct SweepRunState: Sendable {
    let id: Int
    let name: String
    let status: SweepRunStatus
    let steps: Int
}

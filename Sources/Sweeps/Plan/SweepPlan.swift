public import Agents
import Datasets
public import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A run that a sweep is to do.
public struct PlannedRun: Sendable {
    /// Unique in the sweep; the name of the run's folder.
    public var name: String
    /// What sets it apart, by the keys of `RecipeKey`: what tables group by.
    public var settings: [String: String]
    /// The images' checksum may be missing: the sweep fills it in.
    public var configuration: RunConfiguration
    /// Where it was asked for: `sweep.yaml, line 7`.
    public var place: String

    public init(name: String, settings: [String: String], configuration: RunConfiguration, place: String = "") {
        self.name = name
        self.settings = settings
        self.configuration = configuration
        self.place = place
    }
}

/// The runs of a sweep, in the order in which they are begun.
public struct SweepPlan: Sendable {
    public let runs: [PlannedRun]

    /// - Throws: `Fault` of kind `data` for no runs, two of one name or of one configuration, or a name that is no
    ///   folder's.
    public init(_ runs: [PlannedRun]) throws(Fault) {
        guard !runs.isEmpty else { throw Fault(.data, "asks for no run", remedy: "Give it a grid, or runs") }
        var names: [String: PlannedRun] = [:]
        var configurations: [Data: PlannedRun] = [:]
        for run in runs {
            guard RunName.isUsable(run.name) else {
                throw Fault(
                    .data, "'\(run.name)' cannot be a run's name", at: run.place,
                    remedy: "Use letters, digits and . _ = + - , (at most 200), a letter or digit first")
            }
            if let other = names.updateValue(run, forKey: run.name) {
                throw Fault(
                    .data, "two runs are called '\(run.name)'" + Self.also(other), at: run.place,
                    remedy: "Rename one of them")
            }
            if let other = configurations.updateValue(run, forKey: run.configuration.identity) {
                throw Fault(
                    .data, "the runs '\(other.name)' and '\(run.name)' are one and the same" + Self.also(other),
                    at: run.place, remedy: "Leave one of them out, or give them different seeds")
            }
        }
        self.runs = runs
    }

    private static func also(_ other: PlannedRun) -> String { other.place.isEmpty ? "" : " (\(other.place))" }

    /// Updates of all runs; `Int.max` where they are more.
    public var steps: Int { StepCount.sum(runs.map(\.configuration.schedule.steps), atMost: .max) }
}

extension RunConfiguration {
    /// Equal bytes where two configurations ask for the same run, whether or not the images have been looked at.
    var identity: Data {
        var configuration = self
        configuration.environment.imageChecksum = ""
        return configuration.json
    }
}

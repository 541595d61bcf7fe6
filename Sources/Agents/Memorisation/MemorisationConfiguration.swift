public import Files
public import Networks
public import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// All that decides what a memorisation run computes: two runs of equal configuration write the same bytes.
///
/// It is the JSON document `memorisation.json` of a run's folder.
///
/// Source of the defaults: Lyle et al. 2023, figure 1 and section 3; the paper does not say the batch, nor how long a
/// task is: 512 and 3000 steps are choices of ours.
public struct MemorisationConfiguration: Sendable, Equatable, Codable {
    static let currentVersion = 1

    public private(set) var formatVersion = MemorisationConfiguration.currentVersion
    /// Everything random is drawn from named streams of it.
    public var seed: UInt64 = 0
    /// The image set, by name: `digits`, `objects`, `mnist`, `cifar10`.
    public var images = "digits"
    /// How many images are memorised, from the first.
    public var imageCount = 5000
    /// What a procedural image set is drawn from; not the run's seed, so that several seeds share their images.
    public var imageSeed: UInt64 = 0
    /// A checksum of all images, filled in when they are at hand: a resumed run must see the same.
    public var imageChecksum = ""
    public var architecture: Architecture
    public var optimiser = OptimiserConfiguration.adam()
    /// Images of one update, each drawn uniformly and independently.
    public var batchSize = 512
    /// Updates from one drawing of the labels to the next.
    public var stepsPerTask = 3000
    public var tasks = 30
    /// Images, from the first, over which accuracy and dead units are measured.
    public var evaluationCount = 4096
    /// Steps between two lines of `metrics.csv`; a task's end has one in any case.
    public var logPeriodSteps = 100
    /// Tasks between two checkpoints, which are at tasks' ends; one more is at step 0 and one at the run's end.
    public var checkpointPeriodTasks = 1
    /// Steps between two savings of all that resuming needs.
    public var statePeriodSteps = 1000

    public init(architecture: Architecture) { self.architecture = architecture }

    enum CodingKeys: String, CodingKey {
        case formatVersion = "format_version"
        case seed, images
        case imageCount = "image_count"
        case imageSeed = "image_seed"
        case imageChecksum = "image_checksum"
        case architecture, optimiser
        case batchSize = "batch_size"
        case stepsPerTask = "steps_per_task"
        case tasks
        case evaluationCount = "evaluation_count"
        case logPeriodSteps = "log_period_steps"
        case checkpointPeriodTasks = "checkpoint_period_tasks"
        case statePeriodSteps = "state_period_steps"
    }

    /// Updates of the whole run.
    public var steps: Int { tasks * stepsPerTask }

    /// - Throws: `Fault` of kind `usage` that names the first key out of range.
    public func validate() throws(Fault) {
        try optimiser.validate()
        try DQNConfiguration.check("image_count", imageCount, in: 1...Int(Int32.max))
        try DQNConfiguration.check("batch_size", batchSize, in: 1...1 << 20)
        try DQNConfiguration.check("steps_per_task", stepsPerTask, in: 1...1 << 40)
        try DQNConfiguration.check("tasks", tasks, in: 1...1 << 20)
        try DQNConfiguration.check("evaluation_count", evaluationCount, in: 1...imageCount)
        try DQNConfiguration.check("log_period_steps", logPeriodSteps, in: 1...Int.max)
        try DQNConfiguration.check("checkpoint_period_tasks", checkpointPeriodTasks, in: 1...Int.max)
        try DQNConfiguration.check("state_period_steps", statePeriodSteps, in: 1...Int.max)
    }

    /// The document, keys sorted, ending in a newline: equal configurations give equal bytes.
    var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard var data = try? encoder.encode(self) else { preconditionFailure("validated numbers are finite") }
        data.append(UInt8(ascii: "\n"))
        return data
    }

    init(parsing data: Data, from place: String) throws(Fault) {
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw Fault(
                .data, "is not a memorisation run's configuration (\(error))", at: place,
                remedy: "It has been changed since the run began: restore it")
        }
        guard formatVersion == Self.currentVersion else {
            throw Fault(
                .data, "is of format version \(formatVersion); this program knows \(Self.currentVersion)", at: place,
                remedy: "Resume with the program that began the run")
        }
    }
}

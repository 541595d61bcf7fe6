public import Files
public import Networks
public import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// All that decides what a run computes: two runs of equal configuration write the same bytes.
///
/// It is the JSON document `run.json` of a run's directory. How many threads compute, and where the images lie, is not
/// part of it.
public struct RunConfiguration: Sendable, Equatable, Codable {
    static let currentVersion = 1

    public private(set) var formatVersion = RunConfiguration.currentVersion
    /// Everything random is drawn from named streams of it.
    public var seed: UInt64 = 0
    public var environment = EnvironmentConfiguration()
    public var architecture: Architecture
    public var agent = DQNConfiguration()
    public var optimiser = OptimiserConfiguration.adam()
    public var schedule = ScheduleConfiguration()
    /// What is done to the network while it trains, in this order.
    public var interventions: [InterventionSetting] = []
    /// When its plasticity is measured while it trains; nil for never.
    public var plasticity: PlasticityRecording?
    /// Which statistics are logged along the way; nil for none.
    public var statistics: StatisticsSchedule?
    /// How many random walks go along that take a step of the length of each update.
    public var brownianTwins = 0

    public init(architecture: Architecture) { self.architecture = architecture }

    enum CodingKeys: String, CodingKey {
        case formatVersion = "format_version"
        case seed, environment, architecture, agent, optimiser, schedule, interventions, statistics, plasticity
        case brownianTwins = "brownian_twins"
    }

    /// Keys that came later may be absent: a run that was begun before them had none of what they name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        formatVersion = try container.decode(Int.self, forKey: .formatVersion)
        seed = try container.decode(UInt64.self, forKey: .seed)
        environment = try container.decode(EnvironmentConfiguration.self, forKey: .environment)
        architecture = try container.decode(Architecture.self, forKey: .architecture)
        agent = try container.decode(DQNConfiguration.self, forKey: .agent)
        optimiser = try container.decode(OptimiserConfiguration.self, forKey: .optimiser)
        schedule = try container.decode(ScheduleConfiguration.self, forKey: .schedule)
        interventions = try container.decodeIfPresent([InterventionSetting].self, forKey: .interventions) ?? []
        plasticity = try container.decodeIfPresent(PlasticityRecording.self, forKey: .plasticity)
        statistics = try container.decodeIfPresent(StatisticsSchedule.self, forKey: .statistics)
        brownianTwins = try container.decodeIfPresent(Int.self, forKey: .brownianTwins) ?? 0
    }

    /// - Throws: `Fault` of kind `usage` that names the first key out of range.
    public func validate() throws(Fault) {
        try agent.validate()
        try optimiser.validate()
        try schedule.validate()
        try environment.validate()
        try plasticity?.validate()
        try statistics?.validate()
        try DQNConfiguration.check("brownian_twins", brownianTwins, in: 0...1024)
    }
}

/// The task that an agent is trained on.
public struct EnvironmentConfiguration: Sendable, Equatable, Codable {
    public var rewards = RewardRule.trueLabel
    /// The image set, by name: `digits`, `objects`, `mnist`, `cifar10`.
    public var images = "digits"
    /// Images to act in, from the first; nil for the set's standard.
    public var imageCount: Int?
    /// What a procedural image set is drawn from; not the run's seed, so that several seeds share one task.
    public var imageSeed: UInt64 = 0
    /// Images that metrics are taken over.
    public var evaluationCount = 4096
    /// A checksum of all images and labels, filled in when the images are at hand: a resumed run must see the same.
    public var imageChecksum = ""

    public init() {}

    enum CodingKeys: String, CodingKey {
        case rewards, images
        case imageCount = "image_count"
        case imageSeed = "image_seed"
        case evaluationCount = "evaluation_count"
        case imageChecksum = "image_checksum"
    }

    func validate() throws(Fault) {
        if let imageCount { try DQNConfiguration.check("image_count", imageCount, in: 1...Int(Int32.max)) }
        try DQNConfiguration.check("evaluation_count", evaluationCount, in: 1...1 << 24)
    }
}

/// How long a run is and what it writes when; a step is one update.
public struct ScheduleConfiguration: Sendable, Equatable, Codable {
    public var steps = 100_000
    /// Steps between two lines of `metrics.csv`.
    public var logPeriodSteps = 1000
    /// Steps between two checkpoints; the first is at step 0 and one more at the end.
    public var checkpointPeriodSteps = 10_000
    /// Further steps at which a checkpoint is written.
    public var checkpointSteps: [Int] = []
    /// Steps between two savings of all that resuming needs.
    public var statePeriodSteps: Int
    /// Replayed transitions written beside each checkpoint, at most.
    public var checkpointTransitions = 2048

    public init(checkpointPeriodSteps: Int = 10_000) {
        self.checkpointPeriodSteps = checkpointPeriodSteps
        statePeriodSteps = checkpointPeriodSteps
    }

    enum CodingKeys: String, CodingKey {
        case steps
        case logPeriodSteps = "log_period_steps"
        case checkpointPeriodSteps = "checkpoint_period_steps"
        case checkpointSteps = "checkpoint_steps"
        case statePeriodSteps = "state_period_steps"
        case checkpointTransitions = "checkpoint_transitions"
    }

    /// As `RunConfiguration`: what came later may be absent.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        steps = try container.decode(Int.self, forKey: .steps)
        logPeriodSteps = try container.decode(Int.self, forKey: .logPeriodSteps)
        checkpointPeriodSteps = try container.decode(Int.self, forKey: .checkpointPeriodSteps)
        checkpointSteps = try container.decodeIfPresent([Int].self, forKey: .checkpointSteps) ?? []
        statePeriodSteps = try container.decode(Int.self, forKey: .statePeriodSteps)
        checkpointTransitions = try container.decode(Int.self, forKey: .checkpointTransitions)
    }

    func validate() throws(Fault) {
        try DQNConfiguration.check("steps", steps, in: 1...Int.max)
        try DQNConfiguration.check("log_period_steps", logPeriodSteps, in: 1...Int.max)
        try DQNConfiguration.check("checkpoint_period_steps", checkpointPeriodSteps, in: 1...Int.max)
        for step in checkpointSteps { try DQNConfiguration.check("checkpoint_steps", step, in: 0...Int.max) }
        try DQNConfiguration.check("state_period_steps", statePeriodSteps, in: 1...Int.max)
        try DQNConfiguration.check("checkpoint_transitions", checkpointTransitions, in: 1...1 << 20)
    }
}

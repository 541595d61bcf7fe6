import Files
public import Plasticity

/// Which statistics a run logs along training, how often, and on how many replayed transitions.
public struct StatisticsSchedule: Sendable, Equatable, Codable {
    /// Steps between two files; there is one at step 0 and one at the end, too.
    public var periodSteps: Int
    /// Replayed transitions, at most. With as many as stand beside a checkpoint they are the same ones.
    public var examples: Int
    public var measured: StatisticsConfiguration

    public init(
        periodSteps: Int, examples: Int = ScheduleConfiguration().checkpointTransitions,
        measured: StatisticsConfiguration = StatisticsConfiguration()
    ) {
        self.periodSteps = periodSteps
        self.examples = examples
        self.measured = measured
    }

    enum CodingKeys: String, CodingKey {
        case periodSteps = "period_steps"
        case examples, measured
    }

    func validate() throws(Fault) {
        try DQNConfiguration.check("statistics.period_steps", periodSteps, in: 1...Int.max)
        try DQNConfiguration.check("statistics.examples", examples, in: 1...1 << 20)
        try measured.validate()
    }
}

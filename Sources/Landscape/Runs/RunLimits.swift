/// When a long run is to end, and how often it saves where it stands: one for all stages of a command.
public struct RunLimits: Sendable {
    /// How often a state is saved.
    public enum StatePeriod: Sendable, Equatable {
        /// At every place that the run could be taken up from: for tests.
        case everyOffer
        /// Once in so many seconds.
        case seconds(Double)
        /// Once a minute, or as much less often as it takes to spend below 2 % of the time on it.
        case adaptive

        /// Seconds from the end of one write to the beginning of the next, when the last one took `cost`.
        func pause(after cost: Double) -> Double {
            switch self {
            case .everyOffer: 0
            case .seconds(let period): period
            case .adaptive: max(60, cost / 0.02)
            }
        }
    }

    /// Seconds after which the run ends with the best that it has found; nil for no limit.
    public let timeLimitSeconds: Double?
    public let statePeriod: StatePeriod
    /// Whether the user has asked to stop.
    public let isInterrupted: @Sendable () -> Bool
    /// Seconds since the run began; replaced in tests.
    let elapsed: @Sendable () -> Double

    /// Starts the clock.
    public init(
        timeLimitSeconds: Double? = nil, statePeriod: StatePeriod = .adaptive,
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
        let clock = ContinuousClock()
        let start = clock.now
        self.init(timeLimitSeconds: timeLimitSeconds, statePeriod: statePeriod, isInterrupted: isInterrupted) {
            start.duration(to: clock.now) / .seconds(1)
        }
    }

    init(
        timeLimitSeconds: Double?, statePeriod: StatePeriod, isInterrupted: @escaping @Sendable () -> Bool,
        elapsed: @escaping @Sendable () -> Double
    ) {
        self.timeLimitSeconds = timeLimitSeconds
        self.statePeriod = statePeriod
        self.isInterrupted = isInterrupted
        self.elapsed = elapsed
    }

    /// Whether the time limit has passed.
    public var isOver: Bool { timeLimitSeconds.map { elapsed() >= $0 } ?? false }
}

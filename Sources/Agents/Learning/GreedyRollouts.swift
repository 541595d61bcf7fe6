public import LinearAlgebra

/// What an agent earns in a classification MDP when it always takes its best action: episodes of the same length, from
/// states drawn uniformly, side by side in one batch.
public struct GreedyRollouts: Sendable {
    public var episodes: Int
    /// The steps of an episode. What they leave out of the discounted return is a share of at most γ to this power.
    public var steps: Int
    public var seed: UInt64

    public init(episodes: Int = 64, steps: Int = 1000, seed: UInt64 = 0) {
        precondition(episodes > 1 && steps > 0, "\(episodes) episodes of \(steps) steps")
        self.episodes = episodes
        self.steps = steps
        self.seed = seed
    }

    /// What the episodes came to.
    public struct Outcome: Sendable, Equatable {
        /// The mean of Σ γᵗ rₜ over the episodes.
        public var discountedReturn: Double
        /// Of that mean.
        public var standardError: Double
        /// The mean reward of a step.
        public var meanReward: Double
    }

    /// Runs the episodes; neither the agent nor the environment changes.
    ///
    /// - Parameter environment: its images, labels and rewards are those of the episodes.
    public func run(_ agent: DQNAgent, in environment: ClassificationMDP, workers: Workers = .one) -> Outcome {
        var places = (0..<episodes).map { environment.started(seed: seed, stream: "greedy rollout \($0)") }
        let values = ActionValues(
            agent.network, support: agent.configuration.support, count: episodes, workers: workers)
        var returns = [Double](repeating: 0, count: episodes)
        var sum = 0.0
        var weight = 1.0
        for _ in 0..<steps {
            let observations = places.map(\.observation)
            let found = values.evaluate(at: agent.parameters) { examples, rows in
                environment.write(Array(observations[examples]), into: rows)
            }
            for episode in 0..<episodes {
                let reward = places[episode].step(found.row(episode).indexOfLargest).reward
                returns[episode] += weight * reward
                sum += reward
            }
            weight *= agent.configuration.discount
        }
        let mean = returns.reduce(0, +) / Double(episodes)
        let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return Outcome(
            discountedReturn: mean, standardError: (squares / Double(episodes * (episodes - 1))).squareRoot(),
            meanReward: sum / Double(episodes * steps))
    }
}

public import LinearAlgebra

/// What temporal-difference learning regresses on: y = r + γ f(s′, a′; θ′), held constant.
///
/// Pure functions in the manner of rlax: rewards are its `r_t`, discounts its `discount_t` (γ, or 0 after a terminal
/// step), `values` its `q_t`. Sums are in double precision.
public enum TemporalDifferenceTargets {
    /// y = r + γ maxₐ f(s′, a; θ′).
    ///
    /// - Parameters:
    ///   - rewards: `[N]`.
    ///   - discounts: `[N]`.
    ///   - values: f(s′; θ′), `[N, actions]`.
    /// - Returns: `[N]`.
    ///
    /// Source: Mnih et al. 2015, equation 2.
    public static func qLearning(rewards: [Double], discounts: [Double], values: Matrix<Float>) -> [Double] {
        doubleQLearning(rewards: rewards, discounts: discounts, values: values, selector: values)
    }

    /// y = r + γ f(s′, a′; θ′) with a′ = argmaxₐ f(s′, a; θ): the online network chooses, the target network values.
    ///
    /// - Parameters:
    ///   - selector: f(s′; θ), `[N, actions]`; the first of equal values is chosen.
    ///
    /// Source: van Hasselt, Guez and Silver 2016, equation 4.
    public static func doubleQLearning(
        rewards: [Double], discounts: [Double], values: Matrix<Float>, selector: Matrix<Float>
    ) -> [Double] {
        precondition(
            rewards.count == values.rows && discounts.count == values.rows && selector.rows == values.rows
                && selector.columns == values.columns,
            "\(rewards.count) rewards, \(discounts.count) discounts, \(values.rows) and \(selector.rows) rows of values"
        )
        return rewards.indices.map { row in
            doubleQLearning(
                reward: rewards[row], discount: discounts[row], values: values.row(row), selector: selector.row(row))
        }
    }

    /// The target of one transition.
    ///
    /// - Parameters:
    ///   - values: f(s′; θ′), `[actions]`.
    ///   - selector: f(s′; θ), `[actions]`, or the same values for DQN's maximum.
    public static func doubleQLearning(
        reward: Double, discount: Double, values: Vector<Float>, selector: Vector<Float>
    ) -> Double {
        reward + discount * Double(values[selector.indexOfLargest])
    }

    /// The action of the largest value, the first of equals.
    public static func greedyAction(_ values: ArraySlice<Float>) -> Int {
        var best = values.startIndex
        for index in values.indices where values[index] > values[best] { best = index }
        return best - values.startIndex
    }
}

/// How the action of the next state is chosen.
public enum NextAction: String, Sendable, Codable, CaseIterable {
    /// DQN: the target network's best.
    case max
    /// Double DQN: the online network's best.
    case double
}

/// ε-greedy behaviour: with probability ε any action, each alike; else the greedy one.
public enum EpsilonGreedy {
    /// - Parameter greedy: asked only where its answer is needed.
    public static func action(
        of actionCount: Int, exploration: Double, using random: inout RandomSource, greedy: () -> Int
    ) -> Int {
        random.uniform() < exploration ? random.index(below: actionCount) : greedy()
    }
}

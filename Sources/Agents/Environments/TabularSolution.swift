/// A classification MDP solved as what it is to somebody who sees the state: ten states, ten actions.
///
/// Q*(s, a) = r(s, a) + γ Σ P(s′ | s, a) maxₐ′ Q*(s′, a′), by value iteration; and what any policy is worth in it.
///
/// Source: Bellman 1957; Puterman 1994, sections 6.2 and 6.3, for the iteration and its error bound.
public struct TabularSolution: Sendable {
    public let rewards: RewardRule
    public let states: Int
    /// γ, below 1.
    public let discount: Double
    /// Q*, `[states][actions]`, within `error`.
    public let actionValues: [[Double]]
    /// How far any value may be off.
    public let error: Double

    /// Solves the MDP until no value can be off by more than `error`.
    public init(_ rewards: RewardRule, states: Int, discount: Double, error: Double = 1e-9) {
        precondition((0..<1).contains(discount), "a discount of \(discount) bounds no return")
        self.rewards = rewards
        self.states = states
        self.discount = discount
        self.error = error
        let model = Model(rewards: rewards, states: states, discount: discount)
        let values = model.fixedPoint(error: error) { row in row.max() ?? 0 }
        actionValues = (0..<states).map { model.backup($0, values) }
    }

    /// V*, `[states]`.
    public var stateValues: [Double] { actionValues.map { $0.max() ?? 0 } }

    /// What the best policy earns, discounted, from a state drawn uniformly: where an episode starts.
    public var optimalReturn: Double { stateValues.reduce(0, +) / Double(states) }

    /// What a policy earns, discounted, from a state drawn uniformly.
    ///
    /// - Parameter policy: π(a | s), `[states][actions]`; rows sum to 1. An agent that sees images has such a policy: its
    ///   shares of the images of each state, as every step draws an image anew.
    public func discountedReturn(of policy: [[Double]]) -> Double {
        precondition(
            policy.count == states && policy.allSatisfy { $0.count == states }, "a policy of \(policy.count) states")
        let model = Model(rewards: rewards, states: states, discount: discount)
        var state = 0
        let values = model.fixedPoint(error: error) { row in
            defer { state = (state + 1) % states }
            return zip(row, policy[state]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return values.reduce(0, +) / Double(states)
    }
}

/// The MDP's rewards and transitions.
private struct Model {
    let rewards: RewardRule
    let states: Int
    let discount: Double

    /// r(s, a) + γ Σ P(s′ | s, a) V(s′), `[actions]`.
    func backup(_ state: Int, _ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(states)
        return (0..<states).map { action in
            let next = rewards.successor(state: state, action: action, states: states)
            return rewards.reward(state: state, action: action, states: states)
                + discount * (next.map { values[$0] } ?? mean)
        }
    }

    /// V with V(s) = choice(r(s, ·) + γ P V), asked state by state in their order.
    ///
    /// Each sweep is a contraction by γ: once it moves no value by more than d, none is off by more than γ d/(1 − γ).
    /// One is enough where γ is 0.
    func fixedPoint(error: Double, _ choice: ([Double]) -> Double) -> [Double] {
        var values = [Double](repeating: 0, count: states)
        var change = 0.0
        repeat {
            let next = (0..<states).map { choice(backup($0, values)) }
            change = zip(next, values).reduce(0) { max($0, abs($1.0 - $1.1)) }
            values = next
        } while discount * change > error * (1 - discount)
        return values
    }
}

/// The three classification MDPs: what is rewarded, and where an action leads.
///
/// Source: Lyle et al. 2023, section 3.2 (the "easy", "hard" and "sparse-reward" MDPs).
public enum RewardRule: String, Sendable, Codable, CaseIterable {
    /// Reward 1 if the action is the image's class; the next state is uniform.
    case trueLabel = "true-label"
    /// The same, but every image has been given a random class once.
    case randomLabel = "random-label"
    /// Reward 1 if action and state are both 9; the next state is state + 1 (mod 10) if the action is the state, else
    /// uniform.
    case sparseReward = "sparse-reward"

    /// r(s, a), for states and actions `0..<states`.
    public func reward(state: Int, action: Int, states: Int) -> Double {
        switch self {
        case .trueLabel, .randomLabel: action == state ? 1 : 0
        case .sparseReward: action == state && state == states - 1 ? 1 : 0
        }
    }

    /// s′ where the action decides it; nil where it is drawn uniformly.
    public func successor(state: Int, action: Int, states: Int) -> Int? {
        self == .sparseReward && action == state ? (state + 1) % states : nil
    }
}

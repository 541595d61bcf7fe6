import Agents
import Datasets
import LinearAlgebra
import Testing

/// The three MDPs against their definition in Lyle et al. 2023, section 3.2, over 10⁵ steps of random actions.
///
/// Oracle: the definition, written out again in `next(after:_:_:)` and `reward(for:_:_:)`.
@Suite struct MDPDefinitionTests {
    private static let images = ImageSet.labelled(count: 200)
    private static let steps = 100_000

    /// All steps of one walk, counted.
    private struct Walk {
        /// How often s′ came after (s, a), `[s][a][s′]`.
        var transitions = [[[Int]]](repeating: [[Int]](repeating: [Int](repeating: 0, count: 10), count: 10), count: 10)
        /// How often each image was seen.
        var images = [Int](repeating: 0, count: MDPDefinitionTests.images.count)
        /// Rewards that are not those of the definition, and observations of another state than the one entered.
        var wrongRewards = 0
        var wrongObservations = 0
        var labels: [Int]

        init(_ rewards: RewardRule) throws {
            var environment = try ClassificationMDP(images: MDPDefinitionTests.images, rewards: rewards, seed: 11)
            var source = RandomSource(seed: 12)
            labels = environment.labels
            for _ in 0..<MDPDefinitionTests.steps {
                let state = environment.state.state
                // Half of the actions are the right one: in the sparse MDP random ones alone would hardly climb.
                let action = source.index(below: 2) == 0 ? state : source.index(below: 10)
                let outcome = environment.step(action)
                let next = environment.state.state
                transitions[state][action][next] += 1
                images[Int(outcome.observation.index)] += 1
                if outcome.reward != MDPDefinitionTests.reward(for: rewards, state, action) { wrongRewards += 1 }
                if labels[Int(outcome.observation.index)] != next || outcome.isTerminal { wrongObservations += 1 }
            }
        }
    }

    /// The states that may follow, each as likely as the others.
    private static func next(after rewards: RewardRule, _ state: Int, _ action: Int) -> [Int] {
        rewards == .sparseReward && action == state ? [(state + 1) % 10] : Array(0..<10)
    }

    private static func reward(for rewards: RewardRule, _ state: Int, _ action: Int) -> Double {
        rewards == .sparseReward ? (state == 9 && action == 9 ? 1 : 0) : (action == state ? 1 : 0)
    }

    /// The value that χ² of so many degrees of freedom exceeds with probability 10⁻⁴: n (1 − 2/9n + z √(2/9n))³ with
    /// z = 3.719, the normal distribution's own (Wilson and Hilferty 1931). Against exact values it is off by 0.2 at
    /// n = 9 (33.72) and by less beyond. The seeds are fixed, so a test always passes or never.
    private static func critical(_ freedom: Int) -> Double {
        let share = 2 / (9 * Double(freedom))
        let root = 1 - share + 3.719 * share.squareRoot()
        return Double(freedom) * root * root * root
    }

    /// Pearson's statistic of cells that are equally likely.
    private static func statistic(_ counts: [Int]) -> Double {
        let expected = Double(counts.reduce(0, +)) / Double(counts.count)
        return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    }

    @Test func theCriticalValueIsTheDistributions() {
        // From tables: χ²₀.₉₉₉₉ of 9 degrees of freedom 33.72, of 100 161.3. The approximation errs to the safe side.
        #expect((1..<1.02).contains(Self.critical(9) / 33.72) && (1..<1.002).contains(Self.critical(100) / 161.3))
    }

    /// Under each action the row of every state: given how often (s, a) was, its cells are multinomial, so the sum of all
    /// pairs' statistics is χ² of 9 degrees of freedom for each pair whose next state is drawn. Each pair occurs some 500
    /// times, some 50 a cell, where Pearson's statistic is χ² to well within its spread.
    @Test(arguments: RewardRule.allCases)
    func transitionsAndRewardsAreThoseOfTheDefinition(_ rewards: RewardRule) throws {
        let walk = try Walk(rewards)
        #expect(walk.wrongRewards == 0 && walk.wrongObservations == 0)
        var total = (statistic: 0.0, freedom: 0)
        for state in 0..<10 {
            for action in 0..<10 {
                let counts = walk.transitions[state][action]
                let possible = Self.next(after: rewards, state, action)
                #expect(counts.reduce(0, +) > 200, "(\(state), \(action)) was seen too seldom")
                #expect(counts.indices.allSatisfy { counts[$0] == 0 || possible.contains($0) }, "(\(state), \(action))")
                guard possible.count > 1 else { continue }
                let statistic = Self.statistic(counts)
                // One of a hundred pairs.
                #expect(statistic < Self.critical(9) + 10, "(\(state), \(action)): \(counts)")
                total.statistic += statistic
                total.freedom += 9
            }
        }
        #expect(total.freedom == (rewards == .sparseReward ? 810 : 900))
        #expect(total.statistic < Self.critical(total.freedom))
    }

    /// Each state's images are seen alike: given how often the state was entered, χ² of one degree of freedom less than it
    /// has images; 200 images in ten states, 190 in all.
    @Test(arguments: RewardRule.allCases)
    func imagesOfAStateAreSeenAlike(_ rewards: RewardRule) throws {
        let walk = try Walk(rewards)
        let statistics = (0..<10).map { state in
            Self.statistic(walk.images.indices.filter { walk.labels[$0] == state }.map { walk.images[$0] })
        }
        #expect(statistics.reduce(0, +) < Self.critical(190))
        if rewards != .randomLabel { #expect(walk.labels == Self.images.labels) }
    }
}

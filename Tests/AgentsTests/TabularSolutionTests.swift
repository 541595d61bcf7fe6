import Agents
import Datasets
import LinearAlgebra
import Networks
import Testing
import Training

@Suite struct TabularSolutionTests {
    /// By hand: the right action earns 1 at every step, so V* = 1/(1 − γ) = 10 and Q*(s, a) = 10 for it, 9 for the others.
    @Test(arguments: [RewardRule.trueLabel, .randomLabel])
    func theRightActionEarnsOneAStep(_ rewards: RewardRule) {
        let solution = TabularSolution(rewards, states: 10, discount: 0.9)
        for state in 0..<10 {
            for action in 0..<10 {
                #expect(abs(solution.actionValues[state][action] - (action == state ? 10 : 9)) < 1e-8)
            }
        }
        #expect(abs(solution.optimalReturn - 10) < 1e-8)
        // A policy that is right with probability p earns p a step; uniform ones a tenth.
        let uniform = [[Double]](repeating: [Double](repeating: 0.1, count: 10), count: 10)
        #expect(abs(solution.discountedReturn(of: uniform) - 1) < 1e-8)
    }

    /// By hand: without a future a policy is worth what its next action earns, a tenth where it is uniform over ten.
    @Test func withoutAFutureOnlyTheNextRewardCounts() {
        let solution = TabularSolution(.trueLabel, states: 10, discount: 0)
        let rewards: [Double] = (0..<10).map { $0 == 3 ? 1 : 0 }
        #expect(solution.actionValues[3] == rewards)
        #expect(solution.optimalReturn == 1)
        let uniform = [[Double]](repeating: [Double](repeating: 0.1, count: 10), count: 10)
        #expect(abs(solution.discountedReturn(of: uniform) - 0.1) < 1e-15)
    }

    /// Three states, γ = ½. Right in 2 earns 1 and leads to 0; climbing leads on, anything else to the mean M. From 2:
    /// V₂ = 1 + V₀/2. From 1: the better of V₂/2 and M/2, which is V₂/2 as V₂ is the largest; from 0: the better of V₁/2
    /// and M/2. With V₁ = V₂/2 the mean (V₀ + 3V₂/2)/3 is above V₁ = V₂/2 as soon as V₀ > 0: so V₀ = M/2, which gives
    /// V₀ = (V₀ + 3V₂/2)/6 = 3V₂/10, V₂ = 1/(1 − 3/20) = 20/17, V₁ = 10/17, V₀ = 6/17, M = 12/17.
    @Test func sparseRewardIsThatOfTheHandSolution() {
        let solution = TabularSolution(.sparseReward, states: 3, discount: 0.5)
        let expected = [6.0 / 17, 10.0 / 17, 20.0 / 17]
        #expect(zip(solution.stateValues, expected).allSatisfy { abs($0 - $1) < 1e-8 })
        #expect(abs(solution.optimalReturn - 12.0 / 17) < 1e-8)
        // In 0 the right action (to 1) is worth V₁/2 = 5/17, the jump 6/17.
        #expect(abs(solution.actionValues[0][0] - 5.0 / 17) < 1e-8)
        #expect(abs(solution.actionValues[0][1] - 6.0 / 17) < 1e-8)
    }

    /// The best policy's own return is the optimum's, and no other one's is above it; values satisfy Bellman's equation.
    @Test(arguments: RewardRule.allCases)
    func theGreedyPolicyOfTheSolutionIsOptimal(_ rewards: RewardRule) {
        let solution = TabularSolution(rewards, states: 10, discount: 0.95)
        let greedy = solution.actionValues.map { row in
            let best = row.indices.max { row[$0] < row[$1] } ?? 0
            return row.indices.map { $0 == best ? 1.0 : 0 }
        }
        #expect(abs(solution.discountedReturn(of: greedy) - solution.optimalReturn) < 1e-7)
        var source = RandomSource(seed: 5)
        for _ in 0..<20 {
            let policy = (0..<10).map { _ -> [Double] in
                let row = (0..<10).map { _ in source.uniform() }
                return row.map { $0 / row.reduce(0, +) }
            }
            #expect(solution.discountedReturn(of: policy) < solution.optimalReturn)
        }
    }

    /// Oracle: the exact return of the agent's policy over the images (`discountedReturn(of:)`), for a network that
    /// nobody trained; rollouts within four standard errors, and within γ³⁰⁰ = 2e-7 of the whole.
    @Test(arguments: [RewardRule.trueLabel, .sparseReward])
    func rolloutsEarnWhatThePolicyIsWorth(_ rewards: RewardRule) throws {
        let images = ImageSet.labelled(count: 200)
        let environment = try ClassificationMDP(images: images, rewards: rewards, seed: 3)
        var configuration = DQNConfiguration()
        configuration.discount = 0.95
        let solution = TabularSolution(rewards, states: 10, discount: 0.95)
        // The first network whose policy earns something: not every one ever takes the last action.
        for seed in 8..<100 as Range<UInt64> {
            let agent = try DQNAgent(
                Network(.perceptron(input: [1, 4, 4], widths: [12], outputs: 10)), configuration: configuration,
                optimiser: .adam(), seed: seed, workers: .one)
            var policy = [[Double]](repeating: [Double](repeating: 0, count: 10), count: 10)
            for image in 0..<200 {
                let values = agent.values { row in environment.write([ImageIndex(image)], into: row) }
                policy[images.labels[image]][TemporalDifferenceTargets.greedyAction(values[...])] += 1.0 / 20
            }
            let exact = solution.discountedReturn(of: policy)
            guard exact > 1 else { continue }
            compare(agent, in: environment, exact)
            return
        }
        Issue.record("no network's policy earns anything")
    }

    private func compare(_ agent: DQNAgent, in environment: ClassificationMDP, _ exact: Double) {
        let outcome = GreedyRollouts(episodes: 200, steps: 300, seed: 4).run(agent, in: environment)
        #expect(outcome.standardError > 0 && outcome.standardError < 0.2 * exact)
        #expect(abs(outcome.discountedReturn - exact) < 4 * outcome.standardError)
        // The same seed, the same episodes, whatever the workers.
        let again = GreedyRollouts(episodes: 200, steps: 300, seed: 4).run(agent, in: environment, workers: Workers(2))
        #expect(again == outcome)
    }
}

import Agents
import LinearAlgebra
import Testing

@Suite struct LearningTests {
    private func matrix(_ rows: [[Float]]) -> Matrix<Float> {
        Vector(rows.flatMap { $0 }).matrix(rows: rows.count, columns: rows[0].count)
    }

    /// Oracle: by hand. All numbers are exact in binary.
    @Test func targetsAreThoseComputedByHand() {
        let target = matrix([[1, 4, 2], [8, 0, 6], [-1, -2, -3]])
        let online = matrix([[5, 0, 1], [0, 1, 3], [-3, -2, -2]])
        let rewards = [1.0, 0, 0.25]
        let discounts = [0.5, 0.75, 0]
        let best = TemporalDifferenceTargets.qLearning(rewards: rewards, discounts: discounts, values: target)
        // 1 + 0.5 · 4, 0.75 · 8, and 0.25 alone.
        #expect(best == [3, 6, 0.25] as [Double])
        let chosen = TemporalDifferenceTargets.doubleQLearning(
            rewards: rewards, discounts: discounts, values: target, selector: online)
        // The online network chooses 0 and 2: 1 + 0.5 · 1, 0.75 · 6; the discount of 0 hides the last.
        #expect(chosen == [1.5, 4.5, 0.25] as [Double])
        let undiscounted = TemporalDifferenceTargets.doubleQLearning(
            rewards: rewards, discounts: [1, 1, 1], values: target, selector: online)
        // Of two equal values the first, 1, is chosen in the last row: 0.25 − 2.
        #expect(undiscounted == [2, 6, -1.75] as [Double])
    }

    @Test func theFirstOfEqualValuesIsGreedy() {
        #expect(TemporalDifferenceTargets.greedyAction([1, 3, 3, 2]) == 1)
        let row: [Float] = [9, 9, 0, 5, 7]
        #expect(TemporalDifferenceTargets.greedyAction(row[2...]) == 2)
    }

    /// Oracle: the greedy one of 10 actions has probability 1 − ε + ε/10 = 0.73 at ε = 0.3, each other 0.03. Of 50 000
    /// draws within five standard deviations, √(n p (1 − p)).
    @Test func exploringHasItsFrequency() {
        var source = RandomSource(seed: 21)
        let draws = 50_000
        var counts = [Int](repeating: 0, count: 10)
        var asked = 0
        for _ in 0..<draws {
            let action = EpsilonGreedy.action(of: 10, exploration: 0.3, using: &source) {
                asked += 1
                return 4
            }
            counts[action] += 1
        }
        for action in 0..<10 {
            let probability = action == 4 ? 0.73 : 0.03
            let deviation = (Double(draws) * probability * (1 - probability)).squareRoot()
            #expect(abs(Double(counts[action]) - Double(draws) * probability) < 5 * deviation)
        }
        #expect(abs(Double(asked) - 0.7 * Double(draws)) < 5 * (Double(draws) * 0.21).squareRoot())
    }

    @Test func withoutExplorationTheGreedyActionIsTaken() {
        var source = RandomSource(seed: 22)
        for _ in 0..<1000 {
            #expect(EpsilonGreedy.action(of: 3, exploration: 0, using: &source) { 2 } == 2)
        }
    }
}

@Suite struct ReplayBufferTests {
    typealias Buffer = ReplayBuffer<ImageIndex>

    private func transition(_ number: Int) -> Buffer.Transition {
        Buffer.Transition(
            observation: ImageIndex(number), action: number % 10, reward: Float(number),
            nextObservation: ImageIndex(number + 1), isTerminal: number % 3 == 0)
    }

    /// Oracle: the last `capacity` of a plain array.
    @Test func theOldestGivesWay() {
        var buffer = Buffer(capacity: 5)
        for number in 0..<13 {
            buffer.append(transition(number))
            let expected = Set(max(0, number - 4)...number)
            #expect(Set(buffer.transitions.map { Int($0.observation.index) }) == expected)
            #expect(buffer.count == min(5, number + 1))
        }
        // 13 = 2·5 + 3: places 0, 1, 2 hold the newest, and the next goes to place 3.
        #expect(buffer.transitions.map { Int($0.observation.index) } == [10, 11, 12, 8, 9])
        #expect(buffer.cursor == 3)
    }

    /// Oracle: χ² of 20 cells has 19 degrees of freedom, above 50.8 with probability 1e-4.
    @Test func drawsAreUniform() {
        var buffer = Buffer(capacity: 20)
        for number in 0..<33 { buffer.append(transition(number)) }
        var source = RandomSource(seed: 23)
        var counts: [Int: Double] = [:]
        for transition in buffer.sample(40_000, using: &source) { counts[Int(transition.reward), default: 0] += 1 }
        #expect(counts.keys.sorted() == Array(13...32))
        #expect(counts.values.reduce(0) { $0 + ($1 - 2000) * ($1 - 2000) / 2000 } < 50.8)
    }

    /// Oracle: the same draws into memory of their own.
    @Test func drawsIntoUsedMemoryAreTheSame() {
        var buffer = Buffer(capacity: 20)
        for number in 0..<33 { buffer.append(transition(number)) }
        var source = RandomSource(seed: 25)
        var other = source
        var batch: [Buffer.Transition] = []
        for count in [7, 12, 3] {
            buffer.sample(count, into: &batch, using: &source)
            #expect(batch == buffer.sample(count, using: &other))
        }
    }

    @Test func distinctDrawsAreDistinct() {
        var buffer = Buffer(capacity: 20)
        for number in 0..<20 { buffer.append(transition(number)) }
        var source = RandomSource(seed: 24)
        #expect(Set(buffer.distinctSample(atMost: 12, using: &source).map(\.reward)).count == 12)
        #expect(buffer.distinctSample(atMost: 99, using: &source).count == 20)
    }

    /// Oracle: a buffer that was never saved.
    @Test(arguments: [3, 5, 8])
    func aRestoredBufferGoesOnTheSame(_ filled: Int) throws {
        var buffer = Buffer(capacity: 5)
        for number in 0..<filled { buffer.append(transition(number)) }
        var other = try Buffer(capacity: 5, transitions: buffer.transitions, cursor: buffer.cursor)
        for number in filled..<filled + 4 {
            buffer.append(transition(number))
            other.append(transition(number))
        }
        #expect(buffer.transitions == other.transitions)
        #expect(throws: (any Error).self) {
            _ = try Buffer(capacity: 5, transitions: buffer.transitions, cursor: 5)
        }
    }
}

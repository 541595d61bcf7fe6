public import Files
public import LinearAlgebra

/// The last `capacity` transitions, each drawn with equal probability.
public struct ReplayBuffer<Observation: StorableObservation>: Sendable {
    /// One step of an agent: s, a, r, s′, and whether s′ ended the episode.
    public struct Transition: Sendable, Equatable {
        public var observation: Observation
        public var action: Int
        public var reward: Float
        public var nextObservation: Observation
        public var isTerminal: Bool

        public init(
            observation: Observation, action: Int, reward: Float, nextObservation: Observation, isTerminal: Bool
        ) {
            self.observation = observation
            self.action = action
            self.reward = reward
            self.nextObservation = nextObservation
            self.isTerminal = isTerminal
        }
    }

    public let capacity: Int
    /// In the order of their places; the oldest stands at `cursor` once the buffer is full.
    public private(set) var transitions: [Transition] = []
    /// The place that the next transition takes.
    public private(set) var cursor = 0

    public var count: Int { transitions.count }

    public init(capacity: Int) {
        precondition(capacity > 0, "a replay buffer of \(capacity) transitions")
        self.capacity = capacity
        transitions.reserveCapacity(capacity)
    }

    /// A buffer as it was saved.
    ///
    /// - Throws: `Fault` of kind `data` when it holds more than `capacity`, or the cursor is nowhere in it.
    public init(capacity: Int, transitions: [Transition], cursor: Int) throws(Fault) {
        self.init(capacity: capacity)
        let expected = transitions.count == capacity ? 0..<capacity : transitions.count..<transitions.count + 1
        guard transitions.count <= capacity, expected.contains(cursor) else {
            throw Fault(
                .data,
                "\(transitions.count) transitions with the cursor at \(cursor) do not fit a capacity of \(capacity)",
                at: "replay buffer", remedy: "The saved state belongs to another run")
        }
        self.transitions = transitions
        self.cursor = cursor
    }

    /// Adds a transition, in the place of the oldest where the buffer is full.
    public mutating func append(_ transition: Transition) {
        if transitions.count < capacity {
            transitions.append(transition)
        } else {
            transitions[cursor] = transition
        }
        cursor = (cursor + 1) % capacity
    }

    /// `count` transitions, each drawn uniformly and independently: with replacement.
    public func sample(_ count: Int, using random: inout RandomSource) -> [Transition] {
        var batch: [Transition] = []
        sample(count, into: &batch, using: &random)
        return batch
    }

    /// As above, in the place of what `batch` held: one that is handed in again and again is allocated once.
    public func sample(_ count: Int, into batch: inout [Transition], using random: inout RandomSource) {
        precondition(!transitions.isEmpty, "a sample from an empty replay buffer")
        batch.removeAll(keepingCapacity: true)
        batch.reserveCapacity(count)
        for _ in 0..<count { batch.append(transitions[random.index(below: transitions.count)]) }
    }

    /// Up to `most` different transitions in a random order: all of them where there are no more.
    public func distinctSample(atMost most: Int, using random: inout RandomSource) -> [Transition] {
        random.permutation(transitions.count).prefix(most).map { transitions[$0] }
    }
}

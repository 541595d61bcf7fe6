public import Datasets
public import Files
public import LinearAlgebra

/// A Markov decision process on an image set: a state is a class, seen as a random image of that class.
///
/// It goes on for ever; no step is terminal.
///
/// Source: Lyle et al. 2023, section 3.2.
public struct ClassificationMDP: Environment {
    /// All that the future of the MDP depends on.
    public struct State: Codable, Sendable, Equatable {
        /// The class.
        public var state: Int
        /// The image that is seen of it.
        public var image: Int
        public var random: RandomSource
    }

    public let images: ImageSet
    public let rewards: RewardRule
    /// The class of every image, as this MDP sees it.
    public let labels: [Int]
    public private(set) var state: State
    private let imagesOfState: [[Int]]

    public var name: String { "\(rewards.rawValue) \(images.name)" }
    public var observationShape: [Int] { images.shape }
    /// As many actions as states.
    public var actionCount: Int { images.classCount }
    public var observation: ImageIndex { ImageIndex(state.image) }

    /// The MDP at a random state.
    ///
    /// - Parameter seed: random labels, transitions and images are drawn from streams of it.
    /// - Throws: `Fault` of kind `data` when a state has no image.
    public init(images: ImageSet, rewards: RewardRule, seed: UInt64) throws(Fault) {
        self.images = images
        self.rewards = rewards
        labels = Self.labels(of: images, rewards: rewards, seed: seed)
        var imagesOfState = [[Int]](repeating: [], count: images.classCount)
        for (image, label) in labels.enumerated() { imagesOfState[label].append(image) }
        self.imagesOfState = imagesOfState
        if let empty = imagesOfState.firstIndex(where: \.isEmpty) {
            throw Fault(
                .data, "no image has class \(empty), so that state cannot be seen", at: "image set \(images.name)",
                remedy: "Take more images (there are \(images.count))")
        }
        state = State(state: 0, image: 0, random: RandomSource(seed: seed, stream: "environment"))
        reset()
    }

    /// The classes that the MDP's rewards go by: the images' own, or random ones drawn once from `seed`.
    static func labels(of images: ImageSet, rewards: RewardRule, seed: UInt64) -> [Int] {
        guard rewards == .randomLabel else { return images.labels }
        var random = RandomSource(seed: seed, stream: "random labels")
        return images.labels.map { _ in random.index(below: images.classCount) }
    }

    public mutating func reset() { enter(state.random.index(below: imagesOfState.count)) }

    /// The same MDP at a state of its own, from which another stream decides what follows.
    func started(seed: UInt64, stream: String) -> ClassificationMDP {
        var other = self
        other.state.random = RandomSource(seed: seed, stream: stream)
        other.reset()
        return other
    }

    public mutating func step(_ action: Int) -> TimeStep<ImageIndex> {
        precondition(action >= 0 && action < actionCount, "action \(action) of \(actionCount)")
        let states = imagesOfState.count
        let reward = rewards.reward(state: state.state, action: action, states: states)
        let next = rewards.successor(state: state.state, action: action, states: states)
        enter(next ?? state.random.index(below: states))
        return TimeStep(reward: reward, observation: observation, isTerminal: false)
    }

    public mutating func restore(_ saved: State) throws(Fault) {
        guard imagesOfState.indices.contains(saved.state), labels.indices.contains(saved.image),
            labels[saved.image] == saved.state, RandomSource(state: saved.random.state) != nil
        else {
            throw Fault(
                .data, "state \(saved.state) seen as image \(saved.image) is not one of \(name)", at: "environment",
                remedy: "The saved state belongs to another run")
        }
        state = saved
    }

    public func contains(_ observation: ImageIndex) -> Bool { labels.indices.contains(Int(observation.index)) }

    public func write(_ observation: ImageIndex, into numbers: Vector<Float>) {
        images.write(Int(observation.index), into: numbers)
    }

    private mutating func enter(_ next: Int) {
        state.state = next
        state.image = imagesOfState[next][state.random.index(below: imagesOfState[next].count)]
    }
}

import Agents
import Checkpoints
import Datasets
import LinearAlgebra
import Networks

/// Transitions between random images, as a replay buffer would give them.
struct Transitions {
    /// What turns the images that the transitions name into numbers.
    let environment: ClassificationMDP
    private let all: [ReplayBuffer<ImageIndex>.Transition]

    init(_ count: Int, _ problem: NetworkProblem) throws {
        var source = RandomSource(seed: 0, stream: "transitions")
        let shape = problem.network.architecture.input
        var pixels: [UInt8] = []
        pixels.reserveCapacity(2 * count * problem.network.inputCount)
        for _ in 0..<2 * count * problem.network.inputCount / 8 {
            let word = source.next()
            for byte in 0..<8 { pixels.append(UInt8(truncatingIfNeeded: word >> (8 * byte))) }
        }
        let images = ImageSet(
            name: "noise", shape: shape, pixels: pixels, labels: (0..<2 * count).map { $0 % ImageSet.classCount })
        environment = try ClassificationMDP(images: images, rewards: .trueLabel, seed: 0)
        all = (0..<count).map { number in
            ReplayBuffer<ImageIndex>.Transition(
                observation: ImageIndex(2 * number), action: source.index(below: problem.network.outputCount),
                reward: Float(source.uniform()), nextObservation: ImageIndex(2 * number + 1),
                isTerminal: source.uniform() < 0.1)
        }
    }

    func batch(_ number: Int, of size: Int) -> [ReplayBuffer<ImageIndex>.Transition] {
        Array(all[number * size..<(number + 1) * size])
    }

    /// Adds the tensors of a TD loss.
    func write(to writer: inout SafetensorsWriter) throws {
        let images = environment.images
        let shape = [all.count] + images.shape
        let integers: [Int64] = all.map { Int64($0.action) }
        let terminals: [Float] = all.map { $0.isTerminal ? 1 : 0 }
        try writer.add("inputs", images.floats(of: all.map { Int($0.observation.index) }), shape: shape)
        try writer.add("actions", integers, shape: [all.count])
        try writer.add("rewards", all.map(\.reward), shape: [all.count])
        try writer.add("next_inputs", images.floats(of: all.map { Int($0.nextObservation.index) }), shape: shape)
        try writer.add("terminals", terminals, shape: [all.count])
    }
}

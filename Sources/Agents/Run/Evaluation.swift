public import Datasets
import Files
import LinearAlgebra
import Networks
import Plasticity

/// Images with the actions that are right for them, on which an agent is looked at but not trained.
public struct EvaluationSet: Sendable {
    public let images: ImageSet
    /// The state that each image shows.
    public let labels: [Int]

    public var count: Int { labels.count }

    public init(images: ImageSet, labels: [Int]) {
        precondition(images.count == labels.count, "\(labels.count) labels for \(images.count) images")
        self.images = images
        self.labels = labels
    }

    /// What an agent in `environment` is judged on: the first `count` of the held-out images; for random labels, which
    /// say nothing about other images, the first of the environment's own.
    public init(for environment: ClassificationMDP, heldOut: ImageSet, count: Int) {
        let isMemorised = environment.rewards == .randomLabel
        let images = (isMemorised ? environment.images : heldOut).subset(first: count)
        let labels = isMemorised ? Array(environment.labels.prefix(images.count)) : images.labels
        self.init(images: images, labels: labels)
    }
}

/// What a network does on an evaluation set.
public struct Evaluation: Sendable, Equatable {
    /// The share of images whose greedy action is the state they show. In the sparse-reward MDP that is right on the last
    /// states only: from the others another action's uniform jump can lead to the reward sooner.
    public var greedyAccuracy: Double
    /// The share of the rectifiers' units that are zero on every image, those inside residual layers too; nil where there
    /// are none. `dead_fraction` of `NetworkStatistics`, on these images.
    public var deadFraction: Double?
}

/// Runs a network over an evaluation set, some images at a time.
final class Evaluator {
    private static let blockLength = 512
    private let set: EvaluationSet
    private let values: ActionValues
    private let rectifiers: [UnitCounts]

    init(_ network: Network<Float>, agent: DQNConfiguration, set: EvaluationSet, workers: Workers) {
        self.set = set
        values = ActionValues(
            network, support: agent.support, count: min(Self.blockLength, set.count), workers: workers)
        rectifiers = network.hiddenLayers.compactMap { UnitCounts($0) }.filter(\.canDie)
    }

    func evaluate(at parameters: Parameters<Float>) -> Evaluation {
        let length = min(Self.blockLength, set.count)
        var right = 0
        var units = rectifiers
        for start in stride(from: 0, to: set.count, by: length) {
            // The last block is filled up from the set's beginning, which changes neither count.
            let found = values.evaluate(at: parameters) { [set] examples, rows in
                for row in 0..<rows.rows {
                    set.images.write((start + examples.lowerBound + row) % set.count, into: rows.row(row))
                }
            }
            for image in start..<min(set.count, start + length)
            where found.row(image - start).indexOfLargest == set.labels[image] {
                right += 1
            }
            units = values.passes.workers.map(units.count) { [units, passes = values.passes] in
                units[$0].adding(passes)
            }
        }
        let isDead = units.flatMap(\.isDead)
        return Evaluation(
            greedyAccuracy: Double(right) / Double(set.count),
            deadFraction: isDead.isEmpty ? nil : Double(isDead.count { $0 }) / Double(isDead.count))
    }
}

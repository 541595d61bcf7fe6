import Agents
import Checkpoints
import Datasets
import Foundation
import LinearAlgebra
import Networks
import Testing
import Training

@Suite struct EvaluationTests {
    private let folder = TemporaryFolder()

    /// Oracle: the last line of the table against the last checkpoint's tensors, in scalar loops and double precision.
    /// Counts are equal; the norm of 334 single-precision numbers is summed in double by both: 1e-12.
    ///
    /// A rate of 0.05 makes a tenth of the units die and more, so that the count is not trivial.
    @Test(arguments: [RewardRule.trueLabel, .randomLabel])
    func theTableSaysWhatTheCheckpointDoes(_ rewards: RewardRule) throws {
        var configuration = SmallRun.configuration()
        configuration.environment.rewards = rewards
        configuration.optimiser.learningRate = 0.05
        let run = try SmallRun.make(configuration, in: folder.path + "/run")
        try run.run()
        // Random labels are judged on the environment's own images, whose labels they are.
        let images = rewards == .randomLabel ? run.environment.images.subset(first: 30) : .labelled(count: 30)
        let labels = rewards == .randomLabel ? Array(run.environment.labels.prefix(30)) : images.labels
        let table = try String(contentsOfFile: folder.path + "/run/metrics.csv", encoding: .utf8)
        let line = try #require(table.split(separator: "\n").last).split(separator: ",").compactMap { Double($0) }

        let checkpoint = try Checkpoint(reading: folder.path + "/run/checkpoints/step_00000024.safetensors")
        let parameters = try checkpoint.parameters(of: Network<Double>(checkpoint.architecture))
        func layer(_ name: String, _ inputs: [Double]) throws -> [Double] {
            let bias = try #require(parameters[name + ".bias"])
            let weight = try #require(parameters[name + ".weight"])
            return (0..<bias.count).map { unit in
                inputs.indices.reduce(bias[unit]) { $0 + weight[unit * inputs.count + $1] * inputs[$1] }
            }
        }
        var isAlive = [Bool](repeating: false, count: 12)
        var right = 0
        for image in 0..<30 {
            let hidden = try layer("fc1", images.floats(of: [image]).map(Double.init)).map { max(0, $0) }
            for unit in 0..<12 where hidden[unit] > 0 { isAlive[unit] = true }
            let values = try layer("fc2", hidden)
            if values.firstIndex(of: values.max() ?? 0) == labels[image] { right += 1 }
        }
        let dead = isAlive.count { !$0 }
        #expect(dead > 0 && dead < 12)
        #expect(line[0] == 24)
        #expect(line[3] == Double(right) / 30)
        #expect(abs(line[4] / parameters.vector.norm - 1) < 1e-12)
        #expect(line[5] == Double(dead) / 12)
    }

    /// More images than one block of 512, and no multiple of it: the last block is filled up with images already seen.
    /// Oracle: the same network on the same images in one block, each image once instead of seven times.
    @Test func blocksDoNotCountTwice() throws {
        let images = ImageSet.labelled(count: 100)
        let repeated = EvaluationSet(
            images: ImageSet(
                name: "patterns", shape: images.shape, pixels: (0..<7).flatMap { _ in images.pixels },
                labels: (0..<7).flatMap { _ in images.labels }), labels: (0..<7).flatMap { _ in images.labels })
        let once = EvaluationSet(images: images, labels: images.labels)
        let evaluations = try [once, repeated].enumerated().map { number, set in
            let configuration = SmallRun.configuration()
            let environment = try ClassificationMDP(images: images, rewards: .trueLabel, seed: 1)
            let run = try AgentRun(
                configuration, environment: environment, evaluation: set, directory: folder.path + "/\(number)",
                mode: .start, workers: .one)
            var last: Evaluation?
            try run.run(progress: { last = $0.metrics.evaluation })
            return last
        }
        #expect(evaluations[0] != nil)
        #expect(evaluations[0] == evaluations[1])
    }
}

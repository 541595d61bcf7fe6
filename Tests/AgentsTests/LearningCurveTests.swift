import Agents
import Datasets
import Files
import Foundation
import LinearAlgebra
import Networks
import Testing
import Training

/// That agents learn: the network of the paper (MLP 2 × 512) on drawn digits, with seeds fixed. Minutes, so asked for by
/// name.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LANDSCAPE_LONG_TESTS"] != nil))
struct LearningCurveTests {
    private let folder = TemporaryFolder()

    /// Oracle: the tabular solution of the MDP. What the agent earns with its best actions is within 5 % of the optimum,
    /// by rollouts, their error (two standard errors) counted against it; on images it has never seen, 95 % of them are
    /// right.
    @Test func trueLabelsAreLearnt() throws {
        var configuration = try Self.configuration()
        configuration.agent.environmentStepsPerUpdate = 8
        configuration.agent.minimumReplay = 20_000
        configuration.optimiser = .adam(learningRate: 3e-4)
        configuration.schedule.steps = 6000
        let (run, accuracy) = try train(configuration)
        #expect(accuracy >= 0.95)
        let optimum = TabularSolution(.trueLabel, states: 10, discount: 0.99).optimalReturn
        let outcome = GreedyRollouts(episodes: 64, steps: 1000, seed: 1).run(run.agent, in: run.environment)
        #expect(outcome.discountedReturn - 2 * outcome.standardError > 0.95 * optimum)
    }

    /// 500 images with random labels, learnt by heart from one action's reward at a time; by chance a tenth is right.
    @Test func randomLabelsAreMemorised() throws {
        var configuration = try Self.configuration()
        configuration.environment.rewards = .randomLabel
        configuration.environment.imageCount = 500
        configuration.environment.evaluationCount = 500
        configuration.schedule.steps = 12_000
        #expect(try train(configuration).accuracy > 0.6)
    }

    private static func configuration() throws -> RunConfiguration {
        var configuration = RunConfiguration(
            architecture: try NetworkPreset(.mlp).architecture(input: [1, 28, 28], outputs: 10))
        configuration.seed = 1
        configuration.agent.batchSize = 32
        configuration.environment.evaluationCount = 1000
        configuration.schedule.checkpointPeriodSteps = 100_000
        configuration.schedule.statePeriodSteps = 100_000
        return configuration
    }

    private func train(_ configuration: RunConfiguration) throws -> (run: ClassificationRun, accuracy: Double) {
        let run = try ClassificationRun(
            configuration, dataDirectory: nil, directory: folder.path + "/run", mode: .start, workers: .one)
        var accuracy = 0.0
        try run.run(progress: { accuracy = $0.metrics.evaluation?.greedyAccuracy ?? 0 })
        return (run, accuracy)
    }
}

import Agents
import Datasets
import Files
import Networks
import Plasticity
import Training

extension Falsification {
    /// An agent of the study.
    struct AgentPlan: Sendable {
        /// Its run's name.
        var name: String
        /// By factor.
        var factors: [String: String]
        var configuration: RunConfiguration

        /// What sets it apart, by the names that sweeps have for settings.
        var settings: [String: String] {
            [
                "environment": factors["task"] ?? "", "data": factors["observations"] ?? "",
                "network": factors["network"] ?? "", "optimiser": factors["optimiser"] ?? "",
                "seed": "\(configuration.seed)",
            ]
        }
    }

    /// All agents. Seeds change slowest, so that a study that is stopped early has some of every condition.
    var agents: [AgentPlan] {
        get throws(Fault) {
            var plans: [AgentPlan] = []
            for seed in 0..<seeds {
                for task in tasks {
                    for images in observations {
                        for network in networks {
                            for optimiser in optimisers {
                                plans.append(
                                    try agent(
                                        [
                                            "task": task, "observations": images, "network": network,
                                            "optimiser": optimiser,
                                        ], seed: firstSeed + UInt64(seed)))
                            }
                        }
                    }
                }
            }
            return plans
        }
    }

    private func agent(_ factors: [String: String], seed: UInt64) throws(Fault) -> AgentPlan {
        guard let rewards = factors["task"].flatMap(RewardRule.init(rawValue:)),
            let images = factors["observations"].flatMap(DatasetSource.init(rawValue:)),
            let network = factors["network"].flatMap(NetworkPreset.Kind.init(rawValue:)),
            let optimiser = factors["optimiser"].flatMap(OptimiserConfiguration.Kind.init(rawValue:))
        else { preconditionFailure("an agent of unknown factors: \(factors)") }
        var preset = NetworkPreset(network)
        preset.width = width
        var configuration = RunConfiguration(
            architecture: try preset.architecture(
                input: Self.exampleShape(of: images), outputs: ImageSet.classCount))
        configuration.seed = seed
        configuration.environment.rewards = rewards
        configuration.environment.images = images.rawValue
        configuration.environment.imageCount = self.images == 0 ? nil : self.images
        configuration.environment.imageSeed = imageSeed
        configuration.environment.evaluationCount = min(1000, self.images == 0 ? 1000 : self.images)
        configuration.agent.batchSize = batch
        configuration.agent.targetUpdatePeriodSteps = targetPeriod
        configuration.agent.replayCapacity = replay
        configuration.agent.minimumReplay = warmUp
        configuration.agent.discount = discount
        configuration.agent.exploration = exploration
        configuration.optimiser = optimiserConfiguration(optimiser)
        configuration.schedule.steps = steps
        configuration.schedule.logPeriodSteps = max(1, measurePeriod / 2)
        // Measurements are what is wanted; checkpoints of so many agents would fill a disk.
        configuration.schedule.checkpointPeriodSteps = steps
        configuration.schedule.statePeriodSteps = measurePeriod
        configuration.schedule.checkpointTransitions = statisticsExamples
        measure(&configuration)
        let name = [rewards.rawValue, images.rawValue, network.rawValue, optimiser.rawValue, "\(seed)"]
        return AgentPlan(name: name.joined(separator: "_"), factors: factors, configuration: configuration)
    }

    /// Has statistics and plasticity logged along the run.
    private func measure(_ configuration: inout RunConfiguration) {
        var recording = PlasticityRecording()
        recording.periodSteps = measurePeriod
        recording.examples = probeExamples
        recording.probe.tasks = probeTasks
        recording.probe.steps = probeSteps
        recording.probe.batchSize = batch
        configuration.plasticity = recording
        configuration.statistics = StatisticsSchedule(periodSteps: measurePeriod, examples: statisticsExamples)
    }

    private func optimiserConfiguration(_ kind: OptimiserConfiguration.Kind) -> OptimiserConfiguration {
        var configuration = OptimiserConfiguration.standard(kind)
        configuration.learningRate =
            switch kind {
            case .adam, .adamW, .adaGrad: adamLearningRate
            case .rmsProp, .uncentredRMSProp: rmspropLearningRate
            case .sgd, .momentum, .nesterov: sgdLearningRate
            }
        return configuration
    }

    private static func exampleShape(of images: DatasetSource) -> [Int] {
        switch images {
        case .digits, .mnist: [1, 28, 28]
        case .objects, .cifar10: [3, 32, 32]
        }
    }
}

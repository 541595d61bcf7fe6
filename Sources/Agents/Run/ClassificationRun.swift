public import Files
public import LinearAlgebra

/// An agent's run in a classification MDP: what `agents train` makes from a configuration.
public typealias ClassificationRun = AgentRun<ClassificationMDP>

extension AgentRun where E == ClassificationMDP {
    /// Makes the images, the MDP and the evaluation set that `configuration` names, then begins or takes up the run.
    ///
    /// - Parameters:
    ///   - dataDirectory: where the files of `mnist` and `cifar10` lie.
    /// - Throws: as the other initialiser, and as `ImageSet.named`.
    public convenience init(
        _ configuration: RunConfiguration, dataDirectory: String?, directory: String, mode: RunMode, workers: Workers
    ) throws(Fault) {
        try configuration.validate()
        var configuration = configuration
        let task = configuration.environment
        let images = try TaskImages(task, dataDirectory: dataDirectory)
        configuration.environment.imageChecksum = images.checksum
        let environment = try ClassificationMDP(images: images.train, rewards: task.rewards, seed: configuration.seed)
        try self.init(
            configuration, environment: environment,
            evaluation: EvaluationSet(for: environment, heldOut: images.heldOut, count: task.evaluationCount),
            directory: directory, mode: mode, workers: workers)
    }
}

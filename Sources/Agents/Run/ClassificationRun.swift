import Datasets
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
        let images = try ImageSet.named(
            task.images, split: .train, count: task.imageCount, seed: task.imageSeed, dataDirectory: dataDirectory)
        var heldOut = images
        if task.rewards != .randomLabel {
            let source = DatasetSource(rawValue: task.images)
            heldOut = try ImageSet.named(
                task.images, split: .test, count: source?.isProcedural == true ? task.evaluationCount : nil,
                seed: task.imageSeed, dataDirectory: dataDirectory)
        }
        configuration.environment.imageChecksum = images.checksum
        let environment = try ClassificationMDP(images: images, rewards: task.rewards, seed: configuration.seed)
        try self.init(
            configuration, environment: environment,
            evaluation: EvaluationSet(for: environment, heldOut: heldOut, count: task.evaluationCount),
            directory: directory, mode: mode, workers: workers)
    }
}

extension ImageSet {
    /// FNV-1a over shape, labels and pixels, sixteen hexadecimal digits: tells two image sets apart.
    var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for number in shape + labels { hash = (hash ^ UInt64(number)) &* 0x100_0000_01b3 }
        for byte in pixels { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

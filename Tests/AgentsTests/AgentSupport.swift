import Agents
import Datasets
import Files
import Foundation
import LinearAlgebra
import Networks
import Testing
import Training

extension ImageSet {
    /// `count` images of one channel whose classes go round; pixels are noise around a pattern of the class.
    static func labelled(count: Int, side: Int = 4) -> ImageSet {
        var source = RandomSource(seed: 1, stream: "test images")
        let labels = (0..<count).map { $0 % 10 }
        let pixels = labels.flatMap { label in
            (0..<side * side).map { UInt8(($0 == label ? 200 : 0) + source.index(below: 50)) }
        }
        return ImageSet(name: "patterns", shape: [1, side, side], pixels: pixels, labels: labels)
    }
}

/// A small run: 24 steps of a network of 16-12-10 on noisy patterns, with everything that happens in a run happening.
enum SmallRun {
    static func configuration(seed: UInt64 = 1) -> RunConfiguration {
        var configuration = RunConfiguration(
            architecture: .perceptron(input: [1, 4, 4], widths: [12], outputs: 10))
        configuration.seed = seed
        configuration.environment.images = "patterns"
        configuration.agent.batchSize = 8
        configuration.agent.targetUpdatePeriodSteps = 7
        configuration.agent.replayCapacity = 50
        configuration.agent.minimumReplay = 20
        configuration.agent.environmentStepsPerUpdate = 3
        configuration.schedule.steps = 24
        configuration.schedule.logPeriodSteps = 5
        configuration.schedule.checkpointPeriodSteps = 10
        configuration.schedule.statePeriodSteps = 8
        configuration.schedule.checkpointTransitions = 16
        return configuration
    }

    static func make(
        _ configuration: RunConfiguration = configuration(), in directory: String, mode: RunMode = .resume,
        workers: Int = 1
    ) throws -> ClassificationRun {
        let environment = try ClassificationMDP(
            images: .labelled(count: 100), rewards: configuration.environment.rewards, seed: configuration.seed)
        return try AgentRun(
            configuration, environment: environment,
            evaluation: EvaluationSet(for: environment, heldOut: .labelled(count: 30), count: 30),
            directory: directory, mode: mode, workers: Workers(workers))
    }
}

/// A folder that goes with its owner.
final class TemporaryFolder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/agents-tests-" + UUID().uuidString
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Every file under the folder `name`, by its relative path.
    func files(in name: String) -> [String: Data] {
        let root = path + "/" + name
        var files: [String: Data] = [:]
        for entry in FileManager.default.enumerator(atPath: root)?.compactMap({ $0 as? String }) ?? [] {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: root + "/" + entry, isDirectory: &isFolder) else { continue }
            if !isFolder.boolValue { files[entry] = FileManager.default.contents(atPath: root + "/" + entry) }
        }
        return files
    }
}

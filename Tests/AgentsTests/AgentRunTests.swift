import Agents
import Checkpoints
import Datasets
import Files
import Foundation
import LinearAlgebra
import Networks
import Testing
import Training

@Suite struct AgentRunTests {
    private let folder = TemporaryFolder()

    /// Oracle: the files that the configuration calls for, by name, and nothing else.
    @Test func aRunWritesItsFiles() throws {
        try SmallRun.make(in: folder.path + "/run").run()
        let steps = ["00000000", "00000010", "00000020", "00000024"]
        let checkpoints = steps.flatMap { step in
            ["", ".target", ".transitions"].map { "checkpoints/step_\(step)\($0).safetensors" }
        }
        let files = folder.files(in: "run")
        #expect(Set(files.keys) == Set(checkpoints + [".lock", "metrics.csv", "run.json", "state.safetensors"]))
        let lines = String(decoding: files["metrics.csv"] ?? Data(), as: UTF8.self).split(separator: "\n")
        #expect(lines.first == "step,td_loss,mean_reward,greedy_accuracy,weight_norm,dead_fraction")
        #expect(lines.dropFirst().compactMap { $0.split(separator: ",").first } == ["5", "10", "15", "20", "24"])
        #expect(lines.dropFirst().allSatisfy { $0.split(separator: ",").compactMap { Double($0) }.count == 6 })
        #expect(try RunConfiguration(readingRun: folder.path + "/run") == SmallRun.configuration())
    }

    /// The tiling of the work is the problem's, so the bytes of every file are too.
    @Test(arguments: [NextAction.max, .double])
    func workersDoNotChangeTheBytes(_ nextAction: NextAction) throws {
        var configuration = SmallRun.configuration()
        configuration.agent.nextAction = nextAction
        configuration.agent.batchSize = 300
        try SmallRun.make(configuration, in: folder.path + "/one").run()
        try SmallRun.make(configuration, in: folder.path + "/two", workers: 2).run()
        #expect(folder.files(in: "one") == folder.files(in: "two"))
    }

    @Test func seedsMakeDifferentRuns() throws {
        try SmallRun.make(in: folder.path + "/one").run()
        try SmallRun.make(SmallRun.configuration(seed: 2), in: folder.path + "/two").run()
        let one = folder.files(in: "one")
        let two = folder.files(in: "two")
        for file in ["metrics.csv", "checkpoints/step_00000000.safetensors"] { #expect(one[file] != two[file]) }
    }

    /// Oracle: θ read from the checkpoints. At step 14, twice the period of 7, θ′ becomes θ; from 14 to 20 it stays.
    @Test func theTargetFollowsAtItsPeriod() throws {
        var configuration = SmallRun.configuration()
        configuration.schedule.checkpointPeriodSteps = 1
        try SmallRun.make(configuration, in: folder.path + "/run").run()
        for step in 0...24 {
            let latest = step / 7 * 7
            let target = try parameters("run", "step_\(Self.padded(step)).target")
            #expect(target == (try parameters("run", "step_\(Self.padded(latest))")))
            if step != latest { #expect(target != (try parameters("run", "step_\(Self.padded(step))"))) }
        }
    }

    /// Oracle: the loss that the agent would have, computed from the checkpoint's files alone, example by example in
    /// double precision, against the loss that `DQNAgent.update` gives for the same transitions. The agent's forward
    /// pass is in single precision: sums of 16 and 12 products, each of a few 6e-8 relative, squared: 1e-4 leaves ten.
    @Test(arguments: [NextAction.max, .double])
    func filesHoldTheAgentsOwnLoss(_ nextAction: NextAction) throws {
        var configuration = SmallRun.configuration()
        configuration.agent.nextAction = nextAction
        configuration.agent.batchSize = 16
        let run = try SmallRun.make(configuration, in: folder.path + "/run")
        try run.run()
        let path = folder.path + "/run/checkpoints/"
        let checkpoint = try Checkpoint(reading: path + "step_00000024.safetensors")
        let target = try Checkpoint(reading: path + (checkpoint.run.targetNetwork ?? ""))
        let sample = try TransitionSample(
            from: SafetensorsFile(reading: path + (checkpoint.run.transitions ?? "")), input: [1, 4, 4])
        #expect(checkpoint.run.environment == "true-label patterns")
        #expect(checkpoint.run.loss == "td")
        #expect(checkpoint.run.step == 24)
        #expect(checkpoint.run.discount == 0.99)
        #expect(checkpoint.run.nextAction == nextAction.rawValue)
        let network = try Network<Double>(checkpoint.architecture)
        let online = try outputs(network, checkpoint, sample.inputs)
        let next = try outputs(network, target, sample.nextInputs)
        let chooser = nextAction == .max ? next : try outputs(network, checkpoint, sample.nextInputs)
        let errors = (0..<16).map { row in
            let best = (0..<10).max { chooser[row, $0] < chooser[row, $1] } ?? 0
            let error = online[row, sample.actions[row]] - sample.rewards[row] - 0.99 * next[row, best]
            return error * error
        }
        // The same transitions, found in the replay buffer by their images.
        let batch = try #require(transitions(of: sample, in: run.replay, images: .labelled(count: 100)))
        let loss = try run.agent.update(batch, in: run.environment)
        #expect(abs(loss - errors.reduce(0, +) / 16) < 1e-4 * loss)
    }

    /// A rate of 1e30 diverges within a few steps of step 8: what was saved before is still there and still good.
    @Test func divergenceLeavesTheLastState() throws {
        var configuration = SmallRun.configuration()
        configuration.optimiser = .sgd(learningRate: 1e30)
        let run = try SmallRun.make(configuration, in: folder.path + "/run")
        let fault = #expect(throws: Fault.self) { try run.run() }
        #expect(fault?.kind == .data)
        #expect(fault?.place.hasPrefix("step ") == true)
        let files = folder.files(in: "run")
        #expect(files["state.safetensors"] != nil)
        #expect(try parameters("run", "step_00000000").allSatisfy(\.isFinite))
    }

    /// Oracle: chance is 0.1 with a standard deviation of √(0.1 · 0.9 / 300) = 0.017 on 300 held-out images; 0.35
    /// is fourteen of them away, and about 0.5 is what this configuration reaches.
    @Test func trueLabelDigitsAreLearnt() throws {
        var configuration = RunConfiguration(
            architecture: .perceptron(input: [1, 28, 28], widths: [64, 64], outputs: 10))
        configuration.environment.imageCount = 1000
        configuration.environment.evaluationCount = 300
        configuration.agent.discount = 0.5
        configuration.agent.batchSize = 32
        configuration.agent.targetUpdatePeriodSteps = 100
        configuration.agent.minimumReplay = 500
        configuration.schedule = ScheduleConfiguration(checkpointPeriodSteps: 1200)
        configuration.schedule.steps = 1200
        configuration.schedule.logPeriodSteps = 1200
        configuration.optimiser.learningRate = 3e-3
        configuration.schedule.checkpointTransitions = 32
        let run = try ClassificationRun(
            configuration, dataDirectory: nil, directory: folder.path + "/run", mode: .start, workers: Workers(2))
        var accuracy = 0.0
        try run.run(progress: { accuracy = $0.metrics.evaluation?.greedyAccuracy ?? 0 })
        #expect(accuracy > 0.35)
    }

    static func padded(_ step: Int) -> String {
        let digits = String(step)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private func parameters(_ run: String, _ name: String) throws -> [Float] {
        let checkpoint = try Checkpoint(reading: folder.path + "/\(run)/checkpoints/\(name).safetensors")
        return try checkpoint.parameters(of: Network<Float>(checkpoint.architecture)).vector.array
    }

    private func outputs(
        _ network: Network<Double>, _ checkpoint: Checkpoint, _ inputs: [Float]
    ) throws -> Matrix<Double> {
        let passes = Backpropagation(network, examples: inputs.count / network.inputCount, workers: .one)
        passes.load(
            Vector(rounding: inputs.map(Double.init)).matrix(rows: passes.exampleCount, columns: network.inputCount))
        passes.forward(at: try checkpoint.parameters(of: network))
        return passes.outputs
    }

    private func transitions(
        of sample: TransitionSample, in replay: ReplayBuffer<ImageIndex>, images: ImageSet
    ) -> [ReplayBuffer<ImageIndex>.Transition]? {
        let size = images.imageSize
        let found = (0..<sample.count).compactMap { row in
            replay.transitions.first {
                images.floats(of: [Int($0.observation.index)]) == Array(sample.inputs[row * size..<(row + 1) * size])
                    && images.floats(of: [Int($0.nextObservation.index)])
                        == Array(sample.nextInputs[row * size..<(row + 1) * size])
                    && $0.action == sample.actions[row]
            }
        }
        return found.count == sample.count ? found : nil
    }
}

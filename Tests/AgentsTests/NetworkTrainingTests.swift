import Agents
import Datasets
import Files
import LinearAlgebra
import Networks
import Testing
import Training

/// Every network of the paper with either head, through the whole of a run.
@Suite struct NetworkTrainingTests {
    private let folder = TemporaryFolder()
    private static let side = 12

    /// Oracle: a run that was never interrupted, byte by byte, with another number of workers; and the parameters have
    /// moved, as they do wherever a gradient arrives.
    @Test(arguments: [NetworkPreset.Kind.mlp, .cnn, .resnet18, .vit], [nil, 7])
    func itTrainsAndResumesToTheSameBytes(_ kind: NetworkPreset.Kind, _ atoms: Int?) throws {
        let configuration = try Self.configuration(kind, atoms: atoms)
        let whole = try make(configuration, "whole")
        let fresh = Parameters<Float>(initialising: whole.agent.parameters.layout, seed: configuration.seed)
        try whole.run()
        try interrupt(configuration, "part", after: 5)
        try make(configuration, "part", workers: 2).run()
        #expect(folder.files(in: "part") == folder.files(in: "whole"))
        for entry in fresh.layout.entries {
            // The bias before a batch norm, and that of a key (the softmax takes a shift of all keys out), move nothing.
            let moved = zip(fresh.vector[entry.range].array, whole.agent.parameters.vector[entry.range].array)
            #expect(moved.contains { $0 != $1 } || entry.name.hasSuffix("bias"), "\(entry.name) stands still")
        }
    }

    /// The lock on the folder goes with the run.
    private func interrupt(_ configuration: RunConfiguration, _ name: String, after steps: Int) throws {
        let run = try make(configuration, name)
        #expect(throws: Fault.self) { try run.run(shouldStop: { run.step >= steps }) }
    }

    private static func configuration(_ kind: NetworkPreset.Kind, atoms: Int?) throws -> RunConfiguration {
        var preset = NetworkPreset(kind)
        preset.width = 1.0 / 16
        preset.twoHotAtoms = atoms
        var configuration = RunConfiguration(
            architecture: try preset.architecture(input: [1, side, side], outputs: 10))
        let small = SmallRun.configuration()
        (configuration.seed, configuration.environment) = (small.seed, small.environment)
        (configuration.agent, configuration.schedule) = (small.agent, small.schedule)
        configuration.agent.support = atoms.map { Support(low: -2, high: 4, atoms: $0) }
        configuration.agent.nextAction = .double
        configuration.schedule.steps = 10
        configuration.schedule.checkpointPeriodSteps = 5
        configuration.schedule.statePeriodSteps = 4
        return configuration
    }

    private func make(
        _ configuration: RunConfiguration, _ name: String, workers: Int = 1
    ) throws -> ClassificationRun {
        let environment = try ClassificationMDP(
            images: .labelled(count: 60, side: Self.side), rewards: .trueLabel, seed: configuration.seed)
        return try AgentRun(
            configuration, environment: environment,
            evaluation: EvaluationSet(for: environment, heldOut: .labelled(count: 20, side: Self.side), count: 20),
            directory: folder.path + "/" + name, mode: .resume, workers: Workers(workers))
    }
}

import Checkpoints
import LinearAlgebra
import Networks
import Plasticity
import TestSupport
import Training

/// Small probes that tests share.
enum ProbeSupport {
    static let perceptron = Architecture(
        input: [12],
        layers: [.linear("fc1", in: 12, out: 24), .relu, .linear("fc2", in: 24, out: 3)])

    static func configuration(tasks: Int = 4, steps: Int = 60, batch: Int = 16) -> ProbeConfiguration {
        var configuration = ProbeConfiguration()
        (configuration.tasks, configuration.steps, configuration.batchSize) = (tasks, steps, batch)
        configuration.seed = 7
        return configuration
    }

    static func inputs<Element: Scalar>(_ count: Int, width: Int, in precision: Element.Type) -> Matrix<Element> {
        var source = RandomSource(seed: 3, stream: "inputs")
        let matrix = Matrix<Element>(rows: count, columns: width)
        matrix.elements.fillNormal(using: &source)
        return matrix
    }

    static func tasks<Element: Scalar>(
        _ architecture: Architecture = perceptron, _ configuration: ProbeConfiguration = configuration(),
        examples: Int = 40, support: Support? = nil, in precision: Element.Type
    ) throws -> ProbeTasks<Element> {
        let network = try Network<Element>(architecture)
        return try ProbeTasks(
            network, inputs: inputs(examples, width: network.inputCount, in: precision), support: support,
            configuration, workers: .one)
    }

    static func start<Element: Scalar>(_ tasks: ProbeTasks<Element>, seed: UInt64 = 1) -> ProbeStart<Element> {
        ProbeStart(Parameters(initialising: tasks.network.layout, seed: seed))
    }
}

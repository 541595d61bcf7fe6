import LinearAlgebra
import Networks
import TestSupport
import Testing
import Training

@testable import Plasticity

/// Categorical outputs: 3 values of 5 atoms each.
@Suite struct ProbeHeadTests {
    private static let support = Support(low: -2, high: 2, atoms: 5)
    private static let architecture = Architecture(
        input: [12], layers: [.linear("fc1", in: 12, out: 24), .relu, .linear("fc2", in: 24, out: 15)])

    private func tasks(_ head: ProbeHead, steps: Int) throws -> ProbeTasks<Float> {
        var configuration = ProbeSupport.configuration(tasks: 2, steps: steps)
        configuration.head = head
        return try ProbeSupport.tasks(Self.architecture, configuration, support: Self.support, in: Float.self)
    }

    /// Oracle: means Σ p z of softmaxes by hand in double precision, on the support that the head names. Values of size 2
    /// are rounded to single precision by the network and by the means: some 24 + 12 roundings each.
    @Test(arguments: [ProbeHead.trained, .centred, .outputs]) func lossIsOfTheValues(_ head: ProbeHead) throws {
        let tasks = try tasks(head, steps: 1)
        let start = ProbeSupport.start(tasks)
        let found = try PlasticityProbe(tasks, optimiser: .adam(), workers: .one).measure(start)
        let network = try Network<Double>(Self.architecture)
        let passes = Backpropagation(network, examples: 40, workers: .one)
        passes.load(Vector<Double>(converting: tasks.inputs.elements).matrix(rows: 40, columns: 12))
        passes.forward(at: Parameters(layout: network.layout, vector: Vector(converting: start.parameters.vector)))
        let outputs = passes.outputs
        let support: Support? =
            switch head {
            case .trained: Self.support
            case .centred: Support(low: found.offset - 1.5, high: found.offset + 1.5, atoms: 5)
            case .outputs: nil
            }
        let values = support?.values(of: outputs) ?? outputs
        #expect(tasks.valueCount == values.columns)
        let expected = zip(values.array, tasks.sines[0].array).reduce(0) { sum, pair in
            let difference = pair.0 - (found.offset + pair.1)
            return sum + difference * difference
        }
        #expect(abs(found.outcomes[0].curve[0] - expected / Double(40 * values.columns)) < 36 * 4 * 0x1p-24)
    }

    /// Both ways of fitting a distribution bring the squared error of its mean down: after 300 steps a network of 700
    /// parameters has learnt 120 numbers better than their mean.
    @Test(arguments: [ProbeHead.trained, .centred]) func distributionsLearn(_ head: ProbeHead) throws {
        let tasks = try tasks(head, steps: 300)
        let probe = PlasticityProbe(tasks, optimiser: .adam(learningRate: 1e-2), workers: .one)
        let found = try probe.measure(ProbeSupport.start(tasks))
        for outcome in found.outcomes {
            #expect(outcome.finalLoss ?? 1 < tasks.variances[outcome.task] / 2)
        }
        // What the batches' losses are: cross-entropies, at the start about log 5 a value.
        #expect(found.outcomes[0].batchLosses[0] > 1)
    }
}

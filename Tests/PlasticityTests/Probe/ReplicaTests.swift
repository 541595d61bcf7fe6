import Checkpoints
import LinearAlgebra
import Networks
import TestSupport
import Testing
import Training

@testable import Plasticity

/// Oracle: PyTorch in double precision, from θ, ω and batches drawn anew in Python (`tools/record_probe_task.py`).
@Suite struct ReplicaTests {
    private static let optimisers: KeyValuePairs<String, OptimiserConfiguration> = [
        "adam": .adam(), "tuned": .adam(decay2: 0.9, epsilon: 1e-9, epsilonInRoot: 1e-3),
    ]

    private func tasks() throws -> ProbeTasks<Double> {
        try ProbeSupport.tasks(
            ProbeSupport.perceptron, ProbeSupport.configuration(tasks: 2, steps: 40, batch: 16), in: Double.self)
    }

    /// Targets of 10⁵ f differ by 36 · 10⁵ ε, some 10⁻⁹, where products are summed in another order. The loss passes that
    /// on times |f − y| < 3, and Adam's steps, m/√v, times at most the steps: 40 · 3 · 10⁻⁹ ≈ 10⁻⁷.
    @Test func lossesArePyTorchs() throws {
        let expected = try SafetensorsFile(reading: Fixtures.path("probe_task.expected.safetensors"))
        let tasks = try tasks()
        // Logarithms and cosines of two mathematical libraries: a few last digits.
        for (value, wanted) in zip(tasks.inputs.array, try expected.doubles("inputs")) {
            #expect(abs(value - wanted) < 8 * 0x1p-52)
        }
        for (name, optimiser) in Self.optimisers {
            let found = try PlasticityProbe(tasks, optimiser: optimiser, workers: .one)
                .measure(ProbeSupport.start(tasks))
            for outcome in found.outcomes {
                let curve = try expected.doubles("\(name).curve.\(outcome.task)")
                #expect(curve.count == outcome.curve.count)
                for (value, wanted) in zip(outcome.curve, curve) { #expect(abs(value - wanted) < 1e-7) }
                let losses = try expected.doubles("\(name).batch_losses.\(outcome.task)")
                for (value, wanted) in zip(outcome.batchLosses, losses) { #expect(abs(value - wanted) < 1e-7) }
                // It has learnt something, so that another optimiser would have been seen.
                #expect(curve[0] - curve[curve.count - 1] > 1e-2)
            }
        }
    }
}

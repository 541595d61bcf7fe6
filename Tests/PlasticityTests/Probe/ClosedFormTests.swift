import Krylov
import LinearAlgebra
import Networks
import TestSupport
import Testing
import Training

@testable import Plasticity

/// A linear network f = Wx without bias on orthogonal inputs: X Xᵀ is diagonal, so that gradient descent moves each
/// example's residuals on their own, and the loss after any batches is known in closed form.
@Suite struct ClosedFormTests {
    private static let rate = 0.3
    private static let squaredLengths = (0..<8).map { 0.5 + Double($0) / 4 }

    private func tasks(_ configuration: ProbeConfiguration) throws -> ProbeTasks<Double> {
        let fc = LayerDescription(
            "linear", ["name": .text("fc"), "in": .integer(8), "out": .integer(2), "bias": .flag(false)])
        let inputs = Matrix<Double>(rows: 8, columns: 8)
        for (row, square) in Self.squaredLengths.enumerated() { inputs[row, row] = square.squareRoot() }
        return try ProbeTasks(
            try Network(Architecture(input: [8], layers: [fc])), inputs: inputs, configuration, workers: .one)
    }

    /// rᵢ ← rᵢ (1 − 2α cᵢ ‖xᵢ‖² / (B K)) at each step, with cᵢ the times that example i is in the batch.
    private func finalLoss(_ tasks: ProbeTasks<Double>, task: Int, from start: ProbeStart<Double>) -> Double {
        let configuration = tasks.configuration
        let offset = tasks.meanPrediction(of: start.parameters, workers: .one)
        var factors = [Double](repeating: 1, count: 8)
        for step in 0..<configuration.steps {
            for example in tasks.batch(task: task, step: step).reduce(
                into: [Int: Double](), { $0[$1, default: 0] += 1 })
            {
                factors[example.key] *=
                    1 - 2 * Self.rate * example.value * Self.squaredLengths[example.key]
                    / Double(2 * configuration.batchSize)
            }
        }
        var sum = 0.0
        for example in 0..<8 {
            for output in 0..<2 {
                let value = start.parameters.vector[output * 8 + example] * tasks.inputs[example, example]
                let residual = value - (offset + tasks.sines[task][example, output])
                sum += residual * residual * factors[example] * factors[example]
            }
        }
        return sum / 16
    }

    /// Both sides round some 20 times a step, each time relative to residuals of size 1.
    @Test func gradientDescentEndsWhereTheClosedFormSays() throws {
        let tasks = try tasks(ProbeSupport.configuration(tasks: 5, steps: 50, batch: 6))
        let probe = PlasticityProbe(tasks, optimiser: .sgd(learningRate: Self.rate), workers: Workers(2))
        let (first, later) = (ProbeSupport.start(tasks, seed: 1), ProbeSupport.start(tasks, seed: 2))
        let found = [try probe.measure(first), try probe.measure(later)]
        let expected = [first, later].map { start in
            (0..<5).map { finalLoss(tasks, task: $0, from: start) }
        }
        for (measurement, losses) in zip(found, expected) {
            for (outcome, loss) in zip(measurement.outcomes, losses) {
                #expect(abs((outcome.finalLoss ?? .nan) - loss) < 1000 * 0x1p-53)
            }
        }
        // P = b − E[ℓ], and its interval from the five values.
        let values = zip(tasks.variances, expected[0]).map { $0 - $1 }
        let plasticity = try #require(found[0].plasticity)
        #expect(abs(plasticity.value - Estimate(mean: values).value) < 1000 * 0x1p-53)
        #expect(abs((plasticity.standardError ?? .nan) - (Estimate(mean: values).standardError ?? 0)) < 1000 * 0x1p-53)
        let loss = try #require(found[1].loss(since: found[0]))
        let differences = zip(expected[0], expected[1]).map { $1 - $0 }
        #expect(abs(loss.value - Estimate(mean: differences).value) < 1000 * 0x1p-53)
        #expect(abs(loss.value) > 1e-4, "two networks that do not differ would show nothing")
    }

    /// Of 400 probes of ten tasks each, 95 % of the intervals hold the mean over all 4000 tasks: a binomial share with a
    /// standard error of √(0.95 · 0.05 / 400) = 0.011. That mean is itself off by a twentieth of an interval's half.
    @Test func intervalsOverTasksCoverTheTruth() throws {
        var configuration = ProbeSupport.configuration(tasks: 4000, steps: 8, batch: 6)
        configuration.seed = 11
        let tasks = try tasks(configuration)
        let probe = PlasticityProbe(tasks, optimiser: .sgd(learningRate: Self.rate), workers: Workers(2))
        let (first, later) = (
            try probe.measure(ProbeSupport.start(tasks, seed: 1)), try probe.measure(ProbeSupport.start(tasks, seed: 2))
        )
        let truth = (
            plasticity: try #require(first.plasticity).value, loss: try #require(later.loss(since: first)).value
        )
        var covered = (plasticity: 0, loss: 0)
        for block in 0..<400 {
            let some = [first, later].map { all in
                PlasticityMeasurement(
                    offset: all.offset, outcomes: Array(all.outcomes[block * 10..<block * 10 + 10]),
                    variances: all.variances, curveSteps: all.curveSteps)
            }
            if some[0].plasticity?.interval()?.contains(truth.plasticity) == true { covered.plasticity += 1 }
            if some[1].loss(since: some[0])?.interval()?.contains(truth.loss) == true { covered.loss += 1 }
        }
        #expect(abs(Double(covered.plasticity) / 400 - 0.95) < 4 * 0.011, "\(covered)")
        #expect(abs(Double(covered.loss) / 400 - 0.95) < 4 * 0.011, "\(covered)")
    }

    /// The curve's straight lines and its area, by hand: 4 → 2 at step 1, → 1 at 3, → 0 at 4.
    @Test func curvesAreSummed() {
        let outcome = ProbeOutcome(task: 0, curve: [4, 2, 1, 0], batchLosses: [])
        let measurement = PlasticityMeasurement(
            offset: 0, outcomes: [outcome], variances: [3], curveSteps: [0, 1, 3, 4])
        // 3 + 3 + ½ over 4 steps; 1.5 lies in the middle of the second piece.
        #expect(measurement.meanLoss?.value == 6.5 / 4)
        #expect(measurement.halfLossStep(outcome) == 2)
        #expect(measurement.plasticity?.value == 3 && measurement.plasticity?.interval() == nil)
        let slow = ProbeOutcome(task: 0, curve: [4, 3, 2, 1.6], batchLosses: [])
        #expect(measurement.halfLossStep(slow) == nil)
    }
}

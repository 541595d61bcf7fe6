import Files
import Foundation
import LinearAlgebra
import Networks
import TestSupport
import Testing
import Training

@testable import Plasticity

/// What is asked of a network: targets, baseline, batches.
@Suite struct ProbeTargetTests {
    /// Oracle: one example at a time through a double-precision network. Products of one row are summed in another
    /// order than those of many: outputs of size 1 differ by some 12 + 24 roundings, which the factor 10⁵ makes 36 ·
    /// 10⁵ · ε.
    @Test func targetsAreTheSineOfAFreshNetworkInDouble() throws {
        let tasks = try ProbeSupport.tasks(in: Float.self)
        let network = try Network<Double>(ProbeSupport.perceptron)
        let passes = Backpropagation(network, examples: 1, workers: .one)
        for task in 0..<tasks.configuration.tasks {
            var source = RandomSource(seed: 7, stream: "probe task \(task)")
            let omega = Parameters<Double>(initialising: network.layout, seed: source.next())
            for example in 0..<tasks.inputs.rows {
                passes.load(Vector<Double>(converting: tasks.inputs.row(example)).matrix(rows: 1, columns: 12))
                passes.forward(at: omega)
                let expected = passes.outputs.array.map { sin(1e5 * $0) }
                for (value, wanted) in zip(tasks.sines[task].row(example).array, expected) {
                    #expect(abs(value - wanted) < 36e5 * 0x1p-52)
                }
            }
        }
    }

    /// The same inputs in both precisions (they are representable in single): the same targets to the bit.
    @Test func precisionDoesNotMoveTheTargets() throws {
        let single = try ProbeSupport.tasks(in: Float.self)
        let network = try Network<Double>(ProbeSupport.perceptron)
        let wide = Vector<Double>(converting: single.inputs.elements).matrix(rows: 40, columns: 12)
        let double = try ProbeTasks(network, inputs: wide, single.configuration, workers: Workers(2))
        for (one, other) in zip(single.sines, double.sines) { #expect(one.array == other.array) }
        #expect(single.variances == double.variances)
    }

    /// The sine of a phase spread over many turns has mean 0 and variance 1/2. The mean square of 1200 values of sin²,
    /// of variance 1/8 each, has a standard error of √(1/8 / 1200) ≈ 0.01; values at one input are of one network, and
    /// are taken as independent. The variance about the mean of 400 is smaller by 1/800.
    @Test func baselineIsAHalf() throws {
        let tasks = try ProbeSupport.tasks(examples: 400, in: Float.self)
        for variance in tasks.variances { #expect(abs(variance - 0.5) < 5 * 0.0102) }
    }

    /// Oracle: the definition, with arrays.
    @Test func baselineIsTheVarianceOverInputs() throws {
        let tasks = try ProbeSupport.tasks(in: Float.self)
        let values = tasks.sines[1].array
        var expected = 0.0
        for column in 0..<3 {
            let numbers = stride(from: column, to: values.count, by: 3).map { values[$0] }
            let mean = numbers.reduce(0, +) / 40
            for number in numbers { expected += (number - mean) * (number - mean) / 120 }
        }
        // Sums of 120 positive numbers in two orders.
        #expect(abs(tasks.variances[1] - expected) < 240 * 0x1p-53 * expected)
    }

    /// Batches depend on the seed, the task and the step alone; each row is as likely as any other.
    @Test func batchesAreDrawnUniformly() throws {
        let tasks = try ProbeSupport.tasks(in: Float.self)
        #expect(tasks.batch(task: 1, step: 5) == tasks.batch(task: 1, step: 5))
        #expect(tasks.batch(task: 1, step: 5) != tasks.batch(task: 2, step: 5))
        #expect(tasks.batch(task: 1, step: 5) != tasks.batch(task: 1, step: 6))
        var counts = [Double](repeating: 0, count: 40)
        for step in 0..<2500 { for row in tasks.batch(task: 0, step: step) { counts[row] += 1 } }
        // χ² with 39 degrees of freedom: mean 39, standard deviation √78; 1000 a row are expected.
        let statistic = counts.reduce(0) { $0 + ($1 - 1000) * ($1 - 1000) / 1000 }
        #expect(abs(statistic - 39) < 5 * 78.0.squareRoot())
    }

    @Test func curveStepsBeginAtZeroAndEndWithTheBudget() {
        var configuration = ProbeConfiguration()
        #expect(configuration.curveSteps.prefix(9) == [0, 1, 2, 4, 8, 16, 32, 64, 100])
        for steps in [1, 2, 3, 19, 20, 21, 40, 1999, 2000] {
            configuration.steps = steps
            let all = configuration.curveSteps
            #expect(all.first == 0 && all.last == steps && zip(all, all.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test func headsThatTheOutputsCannotHaveAreRefused() throws {
        var configuration = ProbeSupport.configuration()
        configuration.head = .centred
        #expect(throws: Fault.self) {
            try ProbeSupport.tasks(ProbeSupport.perceptron, configuration, in: Float.self)
        }
        configuration.head = .trained
        let support = Support(low: -1, high: 1, atoms: 2)
        #expect(throws: Fault.self) {
            try ProbeSupport.tasks(ProbeSupport.perceptron, configuration, support: support, in: Float.self)
        }
    }
}

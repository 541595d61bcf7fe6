import LinearAlgebra
import Networks
import TestSupport
import Testing
import Training

/// What a training step changes beside the parameters, and what it draws at random.
@Suite struct TrainingModeTests {
    private static let architecture = Architecture(
        input: [2, 2, 2],
        layers: [
            LayerDescription("batch_norm2d", ["name": .text("bn"), "channels": .integer(2)]), .flatten,
            LayerDescription("dropout", ["p": .number(0.5)]), .linear("fc", in: 8, out: 3),
        ])

    private let inputs: Matrix<Double>
    private let loss: SquaredError<Double>

    init() {
        inputs = Matrix(rows: 12, columns: 8)
        var source = RandomSource(seed: 1)
        inputs.elements.fillNormal(using: &source)
        let targets = Matrix<Double>(rows: 12, columns: 3)
        targets.elements.fillNormal(using: &source)
        loss = SquaredError(targets: targets)
    }

    /// - Parameter rate: 1e-300 leaves the parameters where they are, so that losses differ by what is drawn alone.
    private func makeStep(rate: Double, seed: UInt64, workers: Int = 1) throws -> TrainingStep<Double> {
        let network = try Network<Double>(Self.architecture)
        return TrainingStep(
            network, parameters: Parameters(initialising: network.layout, seed: 5),
            optimiser: try Optimiser(.sgd(learningRate: rate), parameterCount: network.layout.count), examples: 12,
            seed: seed, workers: Workers(workers))
    }

    /// Oracle: r ← 0.9 r + 0.1 s, twice from 0 or 1, with the batch's mean and unbiased variance in a loop; the sums of
    /// 48 terms round to 1e-15 or so.
    @Test func stepsMoveTheRunningStatistics() throws {
        let step = try makeStep(rate: 1e-3, seed: 1)
        for _ in 0..<2 { _ = try step.run(loss, inputs: inputs) }
        let mean = try #require(step.parameters["bn.running_mean"])
        let variance = try #require(step.parameters["bn.running_var"])
        for channel in 0..<2 {
            let x = (0..<12).flatMap { inputs.row($0)[channel * 4..<(channel + 1) * 4].array }
            let m = x.reduce(0, +) / 48
            let s = x.reduce(0) { $0 + ($1 - m) * ($1 - m) } / 47
            #expect(abs(mean[channel] - 0.19 * m) < 1e-14)
            #expect(abs(variance[channel] - (0.81 + 0.19 * s)) < 1e-14)
        }
    }

    /// At the same parameters and on the same batch only dropout's masks make losses differ.
    @Test func everyStepDropsAnew() throws {
        func losses(_ seed: UInt64, workers: Int = 1) throws -> [Double] {
            let step = try makeStep(rate: 1e-300, seed: seed, workers: workers)
            return try (0..<4).map { _ in try step.run(loss, inputs: inputs) }
        }
        let first = try losses(1)
        #expect(Set(first).count == 4)
        #expect(try losses(1, workers: 3) == first)
        #expect(try Set(losses(2)).isDisjoint(with: first))
    }

    /// What an agent acts by and what it bootstraps from are passes in the mode of analyses: nothing moves, nothing drops.
    @Test func passesThatDoNotTrainChangeNothing() throws {
        let step = try makeStep(rate: 1e-3, seed: 1)
        _ = try step.run(loss, inputs: inputs)
        let buffers = step.parameters.buffers.array
        let passes = Backpropagation(step.passes.network, examples: 12, workers: .one)
        let outputs = (0..<2).map { number in
            passes.load(inputs)
            passes.forward(at: step.parameters, seed: UInt64(number))
            return passes.outputs.array
        }
        #expect(passes.mode == .analysis)
        #expect(outputs[0] == outputs[1])
        #expect(step.parameters.buffers.array == buffers)
    }
}

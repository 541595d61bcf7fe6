import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing
import Training

@Suite struct TrainingStepTests {
    /// A network of several gradient pieces a layer, so that updates within pieces meet pieces still to come.
    static let architecture = Architecture(
        input: [20],
        layers: [
            .linear("fc1", in: 20, out: 300), .relu, .linear("fc2", in: 300, out: 260), .relu,
            .linear("fc3", in: 260, out: 4),
        ])

    private struct Batch {
        let inputs: Matrix<Float>
        let labels: [Int]

        init(examples: Int, seed: UInt64) {
            var source = RandomSource(seed: seed)
            inputs = Matrix(rows: examples, columns: 20)
            inputs.elements.fillNormal(using: &source)
            labels = (0..<examples).map { _ in source.index(below: 4) }
        }
    }

    private func makeStep(
        _ configuration: OptimiserConfiguration, examples: Int, workers: Int
    ) throws -> TrainingStep<Float> {
        let network = try Network<Float>(Self.architecture)
        return TrainingStep(
            network, parameters: Parameters(initialising: network.layout, seed: 5),
            optimiser: try Optimiser(configuration, parameterCount: network.layout.count), examples: examples,
            workers: Workers(workers))
    }

    /// Oracle: the whole gradient first, by `LinearisedNetwork`, then the whole update. The gradients are the same
    /// products in the same order, so the bytes are equal.
    @Test func updatingWithinPiecesIsUpdatingAtTheEnd() throws {
        let step = try makeStep(.adam(), examples: 40, workers: 2)
        let network = try Network<Float>(Self.architecture)
        let parameters = Parameters<Float>(initialising: network.layout, seed: 5)
        let optimiser = try Optimiser<Float>(.adam(), parameterCount: network.layout.count)
        for number in 0..<4 {
            let batch = Batch(examples: 40, seed: UInt64(number))
            let loss = CrossEntropy<Float>(labels: batch.labels)
            let value = try step.run(loss, inputs: batch.inputs)
            let linearised = try LinearisedNetwork(
                network, at: parameters, inputs: batch.inputs, loss: loss, workers: .one)
            // The same 40 losses, added up in another order: each sum is within 39·2⁻⁵³ of the true one.
            #expect(abs(value - linearised.lossValue) <= 39 * Double.ulpOfOne * value)
            let gradient = linearised.gradient()
            optimiser.beginStep().apply(
                to: parameters.vector, gradient: gradient, range: 0..<parameters.vector.count)
        }
        #expect(step.parameters.vector.array == parameters.vector.array)
    }

    /// One tile (shared within) and several (shared between): the bytes are those of one worker.
    @Test(arguments: [32, 700])
    func workersDoNotChangeTheBytes(_ examples: Int) throws {
        let ends = try [1, 2, 3].map { workers in
            let step = try makeStep(.adam(), examples: examples, workers: workers)
            for number in 0..<3 {
                let batch = Batch(examples: examples, seed: UInt64(number))
                _ = try step.run(CrossEntropy<Float>(labels: batch.labels), inputs: batch.inputs)
            }
            return step.parameters.vector.array
        }
        #expect(ends[0] == ends[1])
        #expect(ends[0] == ends[2])
    }

    /// Oracle: log 4 is the loss of a network that knows nothing of four classes. A network of 85 000 parameters can
    /// memorise 40 examples, whose loss then nears 0: a tenth of that after 100 steps.
    @Test func aFixedBatchIsMemorised() throws {
        let step = try makeStep(.adam(), examples: 40, workers: 2)
        let batch = Batch(examples: 40, seed: 1)
        let loss = CrossEntropy<Float>(labels: batch.labels)
        let first = try step.run(loss, inputs: batch.inputs)
        var last = first
        for _ in 0..<100 { last = try step.run(loss, inputs: batch.inputs) }
        #expect(abs(first - 1.386) < 0.2)
        #expect(last < 0.139)
    }

    /// A rate of 1e30 makes the parameters so large that the next forward pass overflows single precision.
    @Test func divergenceNamesItsStep() throws {
        let step = try makeStep(.sgd(learningRate: 1e30), examples: 40, workers: 1)
        let batch = Batch(examples: 40, seed: 1)
        let loss = CrossEntropy<Float>(labels: batch.labels)
        _ = try step.run(loss, inputs: batch.inputs)
        let fault = #expect(throws: Fault.self) {
            for _ in 0..<3 { _ = try step.run(loss, inputs: batch.inputs) }
        }
        #expect(fault?.kind == .data)
        #expect(fault?.place == "step \(2)")
        #expect(fault?.what.contains("diverged") == true)
    }

    /// One step of 1e38 times a gradient overflows at once: the loss before it was finite, the parameters are not.
    @Test func parametersThatOverflowAreSeenAtTheirStep() throws {
        let step = try makeStep(.sgd(learningRate: 1e38), examples: 40, workers: 1)
        let batch = Batch(examples: 40, seed: 1)
        let inputs = batch.inputs
        inputs.elements.scale(by: 1e4)
        let fault = #expect(throws: Fault.self) {
            _ = try step.run(CrossEntropy<Float>(labels: batch.labels), inputs: inputs)
        }
        #expect(fault?.place == "step 1")
        #expect(fault?.what.contains("parameter") == true)
    }
}

import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing

@Suite struct BatchNormTests {
    /// Channel counts that the kernels take whole, in halves, in eights and one by one.
    static let architectures = [1, 3, 12, 29, 130].map { channels in
        Architecture(
            input: [channels, 2, 2],
            layers: [
                .batchNorm("n1", channels), .tanh, .batchNorm("n2", channels), .tanh, .flatten,
                .linear("a", in: channels * 4, out: 2),
            ])
    }

    @Test(arguments: architectures, [PassMode.analysis, .batchStatistics])
    func derivativesAgree(_ architecture: Architecture, _ mode: PassMode) throws {
        try NormalisationProblem(architecture, examples: 6, mode: mode).checkAll()
    }

    /// 1 600 rows of 29 channels are two blocks of rows, each of several stretches.
    @Test func derivativesAgreeOverSeveralBlocks() throws {
        try NormalisationProblem(Self.architectures[3], examples: 400, mode: .batchStatistics).checkAll()
    }

    /// Oracle: the bytes of one worker. 2 000 rows of 40 channels are three blocks, each a task.
    @Test func workersShareTheRows() throws {
        let inputs = Matrix<Float>(rows: 500, columns: 160)
        var source = RandomSource(seed: 8)
        inputs.elements.fillNormal(using: &source)
        let network = try Network<Float>(
            Architecture(
                input: [40, 2, 2],
                layers: [.batchNorm("n1", 40), .tanh, .batchNorm("n2", 40), .flatten, .linear("a", in: 160, out: 2)]))
        let parameters = Parameters<Float>(initialising: network.layout, seed: 1)
        let v = Vector<Float>(count: network.layout.count)
        v.fillNormal(using: &source)
        let targets = Matrix<Float>(rows: 500, columns: 2)
        targets.fill(1)
        var seen: Set<[Float]> = []
        for workers in 1...3 {
            let linearised = try LinearisedNetwork(
                network, at: parameters, inputs: inputs, loss: SquaredError(targets: targets),
                LinearisationConfiguration(mode: .batchStatistics, workers: Workers(workers)))
            let product = Vector<Float>(count: v.count)
            linearised.multiply(.hessian, by: [v], into: [product])
            seen.insert(product.array + linearised.gradient().array)
        }
        #expect(seen.count == 1)
    }

    /// Coupled examples are one tile, so that the mean and the variance are those of all; 300 would else be several.
    @Test func theStatisticsAreThoseOfAllExamples() throws {
        let inputs = Matrix<Double>(rows: 300, columns: 2 * 6)
        var source = RandomSource(seed: 4)
        inputs.elements.fillNormal(using: &source)
        let architecture = Architecture(input: [2, 2, 3], layers: [.batchNorm("n", 2), .flatten])
        let outputs = try freshOutputs(architecture, inputs, mode: .batchStatistics).outputs
        for channel in 0..<2 {
            let y = (0..<300).flatMap { outputs.row($0)[channel * 6..<(channel + 1) * 6].array }
            let mean = y.reduce(0, +) / 1800
            let variance = y.reduce(0) { $0 + $1 * $1 } / 1800
            #expect(abs(mean) < 1e-13)
            // σ²/(σ² + ε) with σ² near 1.
            #expect(abs(variance - 1) < 2e-5 && variance < 1)
        }
    }

    /// Three examples of two channels and two positions, in PyTorch 2.13 in double precision: `BatchNorm2d(2)` with these
    /// parameters and buffers; the gradient is that of Σ k yₖ², k = 1 … 12.
    private struct Torch {
        let inputs = Vector<Double>([1, 2, -1, 0.5, 3, -2, 0.25, 4, 0, 1, -3, 2]).matrix(rows: 3, columns: 4)
        let parameters = [1.5, -0.5, 0.25, 1.0]
        let buffers = [0.5, -1.0, 2.0, 0.5]
        let trained = [
            0.4089993604295389, 1.3629955230067727, 1.3313701185049531, 0.9905322823284299, 2.3169916855840063,
            -2.4529891273021622, 1.0473385883578503, 0.19524399791654257, -0.5449968021476949, 0.4089993604295389,
            1.785820566740317, 0.6496944461519067,
        ]
        let moved = [0.5333333333333333, -0.8541666666666667, 2.0966666666666667, 1.0310416666666666]
        let analysed = [
            0.7803287600696678, 1.8409862802090033, 1.0, -0.06064956533720001, 2.9016438003483387,
            -2.4016438003483387, 0.116125362219, -2.5354985511240002, -0.2803287600696678, 0.7803287600696678,
            2.4141994204496, -1.1212991306744,
        ]
    }

    /// Oracle: PyTorch, whose sums of six terms may round otherwise.
    @Test func trainingAndAnalysisAreThoseOfPyTorch() throws {
        let torch = Torch()
        let network = try Network<Double>(
            Architecture(input: [2, 1, 2], layers: [.batchNorm("n", 2), .flatten]))
        let modes: [(PassMode, [Double], [Double])] = [
            (.analysis, torch.analysed, torch.buffers), (.batchStatistics, torch.trained, torch.buffers),
            (.training, torch.trained, torch.moved),
        ]
        for (mode, outputs, buffers) in modes {
            let parameters = Parameters<Double>(
                layout: network.layout, vector: Vector(torch.parameters), buffers: Vector(torch.buffers))
            let passes = Backpropagation(network, examples: 3, mode: mode, workers: .one)
            passes.load(torch.inputs)
            passes.forward(at: parameters)
            #expect(relativeError(passes.outputs.array, outputs) < 1e-14)
            #expect(relativeError(parameters.buffers.array, buffers) < 1e-14)
            #expect(parameters["n.running_var"]?.array == Array(parameters.buffers.array[2...]))
        }
    }

    /// A channel that is constant over the batch: x̂ = 0, so y = β = 0. One example of one position is no batch: its
    /// variance is not known, and the running one stays.
    @Test func constantChannelsAreFinite() throws {
        let architecture = Architecture(input: [2, 1, 1], layers: [.batchNorm("n", 2), .flatten])
        let inputs = Matrix<Float>(rows: 4, columns: 2)
        inputs.fill(1e6)
        let (outputs, parameters) = try freshOutputs(architecture, inputs, mode: .training)
        #expect(outputs.array.allSatisfy { $0 == 0 })
        #expect(parameters["n.running_mean"]?.array == [1e5, 1e5])
        // 1 + 0.1 · (0 − 1), rounded.
        #expect(parameters["n.running_var"]?.array == [0.9, 0.9])
        let single = try freshOutputs(architecture, inputs.rows(0..<1), mode: .training)
        #expect(single.outputs.array == [0, 0])
        #expect(single.parameters["n.running_var"]?.array == [1, 1])
    }

    /// Oracle: double precision on the same numbers; see `LayerNormTests.aLargeMeanCostsNoAccuracy`.
    @Test func aLargeMeanCostsNoAccuracy() throws {
        let architecture = Architecture(input: [9, 2, 2], layers: [.batchNorm("n", 9), .flatten])
        let inputs = Matrix<Float>(rows: 20, columns: 36)
        var source = RandomSource(seed: 2)
        inputs.elements.fillNormal(using: &source)
        for row in 0..<20 { for column in 0..<36 { inputs[row, column] += 10_000 } }
        let wide = Vector<Double>(converting: inputs.elements).matrix(rows: 20, columns: 36)
        let found = try freshOutputs(architecture, inputs, mode: .batchStatistics).outputs
        let exact = try freshOutputs(architecture, wide, mode: .batchStatistics).outputs
        for (a, b) in zip(found.array, exact.array) { #expect(abs(Double(a) - b) < 4 * 0x1p-24 * max(abs(b), 0x1p-10)) }
    }

    @Test func wrongShapesAreRefused() {
        for input in [[3, 2, 2], [2], [2, 4]] {
            let fault = #expect(throws: Fault.self) {
                _ = try Network<Float>(Architecture(input: input, layers: [.batchNorm("n", 2), .flatten]))
            }
            #expect(fault?.place == "layer 0 (batch_norm2d n)")
        }
    }
}

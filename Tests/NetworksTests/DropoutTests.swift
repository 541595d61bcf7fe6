import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing

@Suite struct DropoutTests {
    /// The identity on 4000 numbers, then dropout.
    private static func architecture(_ p: Double) -> Architecture {
        Architecture(
            input: [4000], layers: [.layerNorm("n", [4000]), LayerDescription("dropout", ["p": .number(p)])])
    }

    private func inputs(_ examples: Int) -> Matrix<Double> {
        let inputs = Matrix<Double>(rows: examples, columns: 4000)
        var source = RandomSource(seed: 5)
        inputs.elements.fillNormal(using: &source)
        return inputs
    }

    @Test(arguments: [PassMode.analysis, .batchStatistics])
    func analysesDropNothing(_ mode: PassMode) throws {
        let plain = Architecture(input: [4000], layers: [.layerNorm("n", [4000])])
        let expected = try freshOutputs(plain, inputs(3)).outputs.array
        #expect(try freshOutputs(Self.architecture(0.5), inputs(3), mode: mode).outputs.array == expected)
    }

    /// Oracle: of 12 000 numbers a share p is 0, give or take √(p (1 − p)/12 000), of which 4.5 are allowed; the rest are
    /// multiplied by 1/(1 − p).
    @Test(arguments: [0, 0.1, 0.5, 0.9])
    func trainingDropsThatShare(_ p: Double) throws {
        let plain = try freshOutputs(Self.architecture(0), inputs(3)).outputs.array
        let dropped = try freshOutputs(Self.architecture(p), inputs(3), mode: .training, seed: 7).outputs.array
        let zeros = dropped.count { $0 == 0 }
        #expect(abs(Double(zeros) / 12_000 - p) <= 4.5 * (p * (1 - p) / 12_000).squareRoot())
        for (x, y) in zip(plain, dropped) where y != 0 { #expect(y == x * (1 / (1 - p))) }
    }

    /// Another seed, example or layer gives another mask; the same give the same.
    @Test func masksAreTheirOwn() throws {
        let equal = Matrix<Double>(rows: 2, columns: 4000)
        equal.assign(inputs(2))
        equal.row(1).assign(equal.row(0))
        let first = try freshOutputs(Self.architecture(0.5), equal, mode: .training, seed: 7).outputs
        let again = try freshOutputs(Self.architecture(0.5), equal, mode: .training, seed: 7).outputs
        let other = try freshOutputs(Self.architecture(0.5), equal, mode: .training, seed: 8).outputs
        #expect(first.array == again.array)
        #expect(first.array != other.array)
        #expect(first.row(0).array != first.row(1).array)
        var twice = Self.architecture(0.5)
        twice.layers.append(twice.layers[1])
        let both = try freshOutputs(twice, equal, mode: .training, seed: 7).outputs
        // Two masks of one half each leave a quarter; the same one twice would leave a half.
        let left = Double(both.array.count { $0 != 0 }) / 8000
        #expect(abs(left - 0.25) < 4.5 * (0.25 * 0.75 / 8000).squareRoot())
    }

    /// Oracle: the masks of an example do not depend on how the batch is cut: here batch normalisation, which keeps all
    /// examples together, against the tiles of 64 or so of the network without it.
    @Test func theCutOfTheBatchChangesNoMask() throws {
        let dropout = LayerDescription("dropout", ["p": .number(0.5)])
        func zeros(_ norm: LayerDescription) throws -> [Bool] {
            let x = Matrix<Double>(rows: 300, columns: 12)
            var source = RandomSource(seed: 6)
            x.elements.fillNormal(using: &source)
            let architecture = Architecture(input: [3, 2, 2], layers: [norm, dropout, .flatten])
            return try freshOutputs(architecture, x, mode: .training, seed: 1).outputs.array.map { $0 == 0 }
        }
        #expect(try zeros(.batchNorm("n", 3)) == zeros(.groupNorm("n", 1, 3)))
    }

    /// Oracle: central differences of the loss with the same masks (error h², 1e-10), in a network of two dropouts.
    @Test func theGradientIsThatOfTheMaskedNetwork() throws {
        let dropout = LayerDescription("dropout", ["p": .number(0.3)])
        let network = try Network<Double>(
            Architecture(
                input: [6],
                layers: [
                    dropout, .linear("a", in: 6, out: 20), .tanh, dropout, .linear("b", in: 20, out: 3), dropout,
                ]))
        let parameters = Parameters<Double>(initialising: network.layout, seed: 3)
        let x = Matrix<Double>(rows: 10, columns: 6)
        var source = RandomSource(seed: 9)
        x.elements.fillNormal(using: &source)
        let passes = Backpropagation(network, examples: 10, mode: .training, workers: .one)
        let targets = Matrix<Double>(rows: 10, columns: 3)
        targets.fill(0.5)
        func loss(_ point: Parameters<Double>) -> Double {
            passes.load(x)
            passes.forward(at: point, seed: 4)
            return passes.backward(SquaredError(targets: targets), at: point).reduce(0, +) / 10
        }
        let v = Vector<Double>(count: network.layout.count)
        v.fillNormal(using: &source)
        func moved(_ h: Double) -> Parameters<Double> {
            let point = parameters.copy()
            point.vector.add(h, v)
            return point
        }
        let difference = (loss(moved(1e-5)) - loss(moved(-1e-5))) / 2e-5
        _ = loss(parameters)
        let gradient = Vector<Double>(count: v.count)
        passes.gradient(at: parameters, into: gradient)
        #expect(abs(gradient.dot(v) - difference) < 1e-8 * max(1, gradient.norm * v.norm))
    }

    @Test(arguments: [-0.1, 1, 2])
    func impossibleProbabilitiesAreRefused(_ p: Double) {
        let fault = #expect(throws: Fault.self) { _ = try Network<Float>(Self.architecture(p)) }
        #expect(fault?.place == "layer 1 (dropout)")
    }
}

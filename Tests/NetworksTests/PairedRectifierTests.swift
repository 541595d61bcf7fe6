import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// `crelu` against its definition, and against rectifiers behind doubled weights. The property tests have it, too.
@Suite struct PairedRectifierTests {
    /// Oracle: the definition, number by number; an image's channels, a token's features, a row's numbers double.
    @Test(arguments: [[3, 2, 5], [1, 3, 2], [4, 1, 1], [5, 3], [1, 1], [7]])
    func halvesAreMaximaOfBothSigns(_ input: [Int]) throws {
        // The flatten puts an image as files have it, channels first.
        let network = try Network<Double>(
            Architecture(
                input: input,
                layers: [
                    .crelu, .flatten, .linear("fc", in: 2 * input.reduce(1, *), out: 2 * input.reduce(1, *)),
                ]))
        let parameters = Parameters<Double>(initialising: network.layout, seed: 1)
        let count = input.reduce(1, *)
        // The identity, so that the outputs are what came through.
        parameters.vector.fill(0)
        for index in 0..<2 * count { parameters.vector[index * 2 * count + index] = 1 }
        let inputs = Matrix<Double>(rows: 3, columns: count)
        var source = RandomSource(seed: 2)
        inputs.elements.fillNormal(using: &source)
        inputs[1, 0] = 0
        let passes = Backpropagation(network, examples: 3, workers: .one)
        passes.load(inputs)
        passes.forward(at: parameters)
        let outputs = passes.outputs
        let axis = input.count == 3 ? 0 : input.count - 1
        let inner = input[(axis + 1)...].reduce(1, *)
        for example in 0..<3 {
            for index in 0..<count {
                let (outer, rest) = (index / (input[axis] * inner), index % (input[axis] * inner))
                let place = outer * 2 * input[axis] * inner + rest
                let x = inputs[example, index]
                #expect(outputs[example, place] == max(x, 0))
                #expect(outputs[example, place + input[axis] * inner] == max(-x, 0))
            }
        }
    }

    /// Oracle: crelu(W x + b) = relu([W; −W] x + [b; −b]). With M θ the parameters of the network on the right, gradients are
    /// Mᵀ g and products Mᵀ H M v, computed by layers that have tests of their own; to rounding of sums of a hundred terms.
    @Test(arguments: [Curvature.hessian, .gaussNewton]) func itIsARectifierBehindBothSigns(_ curvature: Curvature)
        throws
    {
        let (inputs, hidden, outputs) = (6, 9, 3)
        let paired = try Network<Double>(
            Architecture(
                input: [inputs],
                layers: [.linear("a", in: inputs, out: hidden), .crelu, .linear("b", in: 2 * hidden, out: outputs)]))
        let doubled = try Network<Double>(
            Architecture(
                input: [inputs],
                layers: [.linear("a", in: inputs, out: 2 * hidden), .relu, .linear("b", in: 2 * hidden, out: outputs)]))
        let (weights, biases) = (inputs * hidden, hidden)
        func spread(_ theta: Vector<Double>) -> Vector<Double> {
            let values = theta.array
            let (w, b) = (Array(values[..<weights]), Array(values[weights..<weights + biases]))
            return Vector(w + w.map { -$0 } + b + b.map { -$0 } + values[(weights + biases)...])
        }
        func gathered(_ wide: Vector<Double>) -> [Double] {
            let values = wide.array
            let w = (0..<weights).map { values[$0] - values[weights + $0] }
            let b = (0..<biases).map { values[2 * weights + $0] - values[2 * weights + biases + $0] }
            return w + b + values[(2 * weights + 2 * biases)...]
        }
        var source = RandomSource(seed: 4)
        let examples = Matrix<Double>(rows: 11, columns: inputs)
        examples.elements.fillNormal(using: &source)
        let loss = CrossEntropy<Double>(labels: (0..<11).map { $0 % outputs })
        let theta = Parameters<Double>(initialising: paired.layout, seed: 3)
        let one = try LinearisedNetwork(paired, at: theta, inputs: examples, loss: loss, workers: .one)
        let other = try LinearisedNetwork(
            doubled, at: Parameters(layout: doubled.layout, vector: spread(theta.vector)), inputs: examples, loss: loss,
            workers: .one)
        #expect(abs(one.lossValue - other.lossValue) < 1e-14)
        #expect(relativeError(one.gradient().doubles, gathered(other.gradient())) < 1e-14)
        let direction = Vector<Double>(count: paired.layout.count)
        direction.fillNormal(using: &source)
        let product = one.times(curvature, direction)
        #expect(relativeError(product.doubles, gathered(other.times(curvature, spread(direction)))) < 1e-13)
    }

    /// Each half's numbers are units of rectifiers, for whoever counts the dead.
    @Test func bothHalvesAreUnits() throws {
        let network = try Network<Float>(
            Architecture(
                input: [2, 4, 4],
                layers: [
                    LayerDescription(
                        "conv2d",
                        ["name": .text("a"), "in": .integer(2), "out": .integer(3), "kernel": .integer(3)]),
                    .crelu, .flatten, .linear("b", in: 24, out: 2),
                ]))
        let layer = try #require(network.hiddenLayers.first)
        #expect(layer.name == "a.crelu" && layer.role == .units(.relu))
        #expect(layer.channels == 6 && layer.positions == 4 && !layer.isChannelMajor)
    }

    /// A key of another activation is refused by its name.
    @Test func itHasNoKeys() {
        let layers = [LayerDescription("crelu", ["slope": .number(0.1)]), .linear("fc", in: 4, out: 2)]
        let fault = #expect(throws: Fault.self) { try Network<Float>(Architecture(input: [2], layers: layers)) }
        #expect(fault?.description.contains("'slope'") == true)
    }

    /// Operations are those of the layers around it: 2·in·out each, with twice the inputs behind it.
    @Test func operationsAreCounted() {
        let row = Architecture(input: [3], layers: [.linear("a", in: 3, out: 5), .crelu, .linear("b", in: 10, out: 2)])
        #expect(OperationCount(row).forward == 2 * (3 * 5 + 10 * 2))
        let image = Architecture(
            input: [2, 4, 4], layers: [.crelu, .flatten, .linear("b", in: 64, out: 2)])
        #expect(OperationCount(image).forward == 2 * 64 * 2)
    }
}

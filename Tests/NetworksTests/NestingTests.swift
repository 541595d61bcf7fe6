import LinearAlgebra
import TestSupport
import Testing

@testable import Networks

/// Orders of axes, pieces of gradients and branches inside branches, with results that can be written down.
@Suite struct NestingTests {
    /// One channel, or one position, lies the same either way: nothing is to be moved.
    @Test(arguments: [([2, 3, 4], true), ([1, 3, 4], false), ([5, 1, 1], false), ([5, 1, 2], true), ([12], false)])
    func onlyImagesOfSeveralChannelsAndPositionsHaveAnOrder(_ extents: [Int], _ hasOrder: Bool) {
        let shape = ExampleShape(extents, order: .channelsLast)
        #expect((shape != ExampleShape(extents)) == hasOrder)
        #expect(shape.ordered(.asWritten) == ExampleShape(extents))
        #expect(shape.width == extents.reduce(1, *))
    }

    /// Oracle: the identity. A convolution by the unit matrix works channels last, and `flatten` reads as written.
    @Test func convolvingByTheIdentityAndFlatteningChangesNothing() throws {
        let outputs = try run(
            [
                LayerDescription(
                    "conv2d",
                    [
                        "name": .text("c"), "in": .integer(3), "out": .integer(3),
                        "kernel": .integer(1), "bias": .flag(false),
                    ]), .flatten,
            ],
            input: [3, 2, 5], parameters: Self.identity(3))
        #expect(outputs.result.array == outputs.inputs.array)
    }

    /// Oracle: (x + Wx) with W the identity, where the body ends channels last and the shortcut as written.
    @Test func branchesOfDifferentOrdersAreAddedInTheSame() throws {
        let convolution = LayerDescription(
            "conv2d",
            [
                "name": .text("c"), "in": .integer(3), "out": .integer(3), "kernel": .integer(1),
                "bias": .flag(false),
            ])
        let outputs = try run(
            [LayerDescription("residual", ["body": .layers([convolution])]), .flatten],
            input: [3, 2, 5], parameters: Self.identity(3))
        #expect(zip(outputs.result.array, outputs.inputs.array).allSatisfy { $0 == 2 * $1 })
    }

    /// Oracle: y = d x + W x + b for d branches around one linear layer, each with the identity as its shortcut; and
    /// ∂y/∂b = 1 whatever lies around: the gradient of the mean squared error of outputs that are 0.
    @Test func branchesInsideBranchesAddUp() throws {
        let depth = 8
        var layers = [LayerDescription.linear("fc", in: 3, out: 3)]
        for _ in 0..<depth { layers = [LayerDescription("residual", ["body": .layers(layers)])] }
        let parameters = Self.identity(3) + [1, 2, 3]
        let outputs = try run(layers, input: [3], parameters: parameters)
        for row in 0..<outputs.inputs.rows {
            for column in 0..<3 {
                let expected = Double(depth + 1) * outputs.inputs[row, column] + Double(column + 1)
                #expect(abs(outputs.result[row, column] - expected) < 1e-12 * Double(depth))
            }
        }
        let network = try Network<Double>(Architecture(input: [3], layers: layers))
        let linearised = try LinearisedNetwork(
            network, at: Parameters(layout: network.layout, vector: Vector(parameters)), inputs: outputs.inputs,
            loss: SquaredError(targets: Matrix(rows: outputs.inputs.rows, columns: 3)), workers: .one)
        let gradient = linearised.gradient()
        for column in 0..<3 {
            let mean = (0..<outputs.inputs.rows).reduce(0) { $0 + outputs.result[$1, column] } * 2 / 3
            #expect(abs(gradient[9 + column] - mean / Double(outputs.inputs.rows)) < 1e-11)
        }
    }

    /// Oracle: x + 2 relu(x), by hand, where nothing before the last layer depends on a parameter: bodies and shortcuts
    /// in place alone, whose memory is their input's.
    @Test func branchesInPlaceLeaveTheirInputWhole() throws {
        func branch(_ body: [LayerDescription], _ shortcut: [LayerDescription] = []) -> LayerDescription {
            LayerDescription("residual", ["body": .layers(body), "shortcut": .layers(shortcut)])
        }
        let inner = branch([.relu], [.relu])
        let outputs = try run(
            [branch([inner]), .linear("fc", in: 3, out: 3)], input: [3], parameters: Self.identity(3) + [0, 0, 0])
        #expect(
            zip(outputs.result.array, outputs.inputs.array).allSatisfy { $0 == $1 + 2 * max(0, $1) })
    }

    /// Every parameter belongs to one piece of one layer's gradient, and each piece is finished once.
    @Test(arguments: ArchitectureFamily.allCases, 1...12 as ClosedRange<UInt64>)
    func piecesCoverTheParametersOnce(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed)
        let network: Network<Double> = try problem.network()
        let passes = Backpropagation(network, examples: problem.examples, workers: Workers(2))
        let ranges = passes.gradientPieces.flatMap(\.ranges).sorted { $0.lowerBound < $1.lowerBound }
        #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == network.layout.count)
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        // Oracle: the same gradient from the linearised network, which makes its own passes.
        let parameters: Parameters<Double> = try problem.parameters()
        passes.load(try problem.inputs())
        passes.forward(at: parameters)
        _ = passes.backward(try problem.loss(), at: parameters)
        let gradient = Vector<Double>(count: network.layout.count)
        passes.gradient(at: parameters, into: gradient)
        #expect(gradient.array == (try problem.linearised() as LinearisedNetwork<Double>).gradient().array)
        // The pieces one at a time, in memory that holds no more than each.
        let pieces = Vector<Double>(count: network.layout.count)
        passes.forEachGradientPiece(at: parameters) { piece, target in
            for range in piece.ranges { pieces[range].add(1, target[range]) }
        }
        #expect(pieces.array == gradient.array)
    }

    private static func identity(_ size: Int) -> [Double] {
        (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 }
    }

    /// Outputs for ten random examples.
    private func run(
        _ layers: [LayerDescription], input: [Int], parameters: [Double]
    ) throws -> (inputs: Matrix<Double>, result: Matrix<Double>) {
        let network = try Network<Double>(Architecture(input: input, layers: layers))
        let inputs = Matrix<Double>(rows: 10, columns: network.inputCount)
        var source = RandomSource(seed: 1, stream: "nesting")
        inputs.elements.fillNormal(using: &source)
        let passes = Backpropagation(network, examples: 10, workers: .one)
        passes.load(inputs)
        passes.forward(at: Parameters(layout: network.layout, vector: Vector(parameters)))
        return (inputs, passes.outputs)
    }
}

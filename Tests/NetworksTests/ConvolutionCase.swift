import LinearAlgebra
import Networks
import Testing

/// One shape of a convolution, and small networks around it.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    var inputs = 3
    var outputs = 4
    var height = 5
    var width = 6
    var kernel = 3
    var stride = 1
    var padding = 0
    var hasBias = true
    var hasSpectralNorm = false

    /// Each differs from the rest in what can go wrong: see the comment beside it.
    static let all: [ConvolutionCase] = [
        ConvolutionCase(padding: 1),
        ConvolutionCase(inputs: 1, outputs: 1, height: 4, width: 4, kernel: 2),
        // Tiles of the loops that are full, and their rests: 64 columns a panel in single precision, 32 in double.
        ConvolutionCase(inputs: 16, outputs: 48, height: 7, width: 5, padding: 1),
        ConvolutionCase(inputs: 33, outputs: 70, height: 3, width: 4, padding: 1),
        // A kernel's row longer than what goes through at once.
        ConvolutionCase(inputs: 40, outputs: 8, height: 6, width: 6, padding: 1),
        ConvolutionCase(inputs: 130, outputs: 5, height: 3, width: 3, kernel: 1),
        // Strides: even and odd sizes, neighbours on the way back that meet different places, and none.
        ConvolutionCase(height: 7, width: 8, stride: 2, padding: 1),
        ConvolutionCase(height: 9, width: 7, kernel: 2, stride: 3),
        ConvolutionCase(height: 8, width: 8, kernel: 1, stride: 2),
        ConvolutionCase(height: 11, width: 6, kernel: 4, stride: 3, padding: 2),
        ConvolutionCase(height: 6, width: 6, kernel: 5, stride: 2, padding: 2, hasBias: false),
        // More padding than kernel: positions that see nothing at all.
        ConvolutionCase(height: 3, width: 2, kernel: 2, padding: 3),
        ConvolutionCase(height: 2, width: 3, kernel: 1, stride: 2, padding: 2),
        // A kernel larger than the image, and one that is all of it: a single position.
        ConvolutionCase(height: 2, width: 3, kernel: 5, padding: 2),
        ConvolutionCase(inputs: 6, outputs: 20, height: 4, width: 4, kernel: 4),
        ConvolutionCase(inputs: 5, outputs: 3, height: 1, width: 1, kernel: 1),
        // Few positions, many parameters: inner products pair by pair.
        ConvolutionCase(inputs: 12, outputs: 24, height: 4, width: 4, kernel: 3),
        ConvolutionCase(inputs: 12, outputs: 24, height: 4, width: 4, kernel: 3, hasBias: false),
        ConvolutionCase(padding: 1, hasSpectralNorm: true),
        ConvolutionCase(inputs: 4, outputs: 40, height: 4, width: 4, stride: 2, hasBias: false, hasSpectralNorm: true),
    ]

    var testDescription: String {
        "\(inputs)→\(outputs), \(height)×\(width), kernel \(kernel), stride \(stride), padding \(padding)"
            + (hasBias ? "" : ", no bias") + (hasSpectralNorm ? ", spectral norm" : "")
    }

    var positions: (height: Int, width: Int) {
        ((height + 2 * padding - kernel) / stride + 1, (width + 2 * padding - kernel) / stride + 1)
    }

    var layer: LayerDescription {
        LayerDescription(
            "conv2d",
            [
                "name": .text("conv"), "in": .integer(inputs), "out": .integer(outputs), "kernel": .integer(kernel),
                "stride": .integer(stride), "padding": .integer(padding), "bias": .flag(hasBias),
                "spectral_norm": .flag(hasSpectralNorm),
            ])
    }

    /// The convolution alone; its outputs as one row, `[out, height, width]`.
    var alone: Architecture { Architecture(input: [inputs, height, width], layers: [layer, .flatten]) }

    /// The convolution where its input does not depend on parameters, or after one that makes it depend on them.
    func network(inputIsConstant: Bool) -> Architecture {
        let before = LayerDescription(
            "conv2d", ["name": .text("before"), "in": .integer(2), "out": .integer(inputs), "kernel": .integer(1)])
        let (rows, columns) = positions
        return Architecture(
            input: [inputIsConstant ? inputs : 2, height, width],
            layers: (inputIsConstant ? [] : [before, LayerDescription("tanh")]) + [
                layer, LayerDescription("tanh"), .flatten,
                .linear("head", in: outputs * rows * columns, out: 2),
            ])
    }
}

/// A network with random data, in double precision, and its loss.
struct ConvolutionProblem {
    let network: Network<Double>
    let parameters: Parameters<Double>
    let inputs: Matrix<Double>
    let targets: Matrix<Double>

    init(_ architecture: Architecture, examples: Int = 5) throws {
        network = try Network(architecture)
        parameters = Parameters(initialising: network.layout, seed: 1)
        var source = RandomSource(seed: 2, stream: "convolution")
        inputs = Matrix(rows: examples, columns: network.inputCount)
        inputs.elements.fillNormal(using: &source)
        targets = Matrix(rows: examples, columns: network.outputCount)
        targets.elements.fillNormal(using: &source)
    }

    /// At the fresh parameters, or away from them; of all examples or one.
    func linearised(
        moved factor: Double = 0, along direction: Vector<Double>? = nil, examples: Range<Int>? = nil,
        directions: Int = 1, workers: Workers = .one
    ) throws -> LinearisedNetwork<Double> {
        let point = parameters.vector.copy()
        if let direction { point.add(factor, direction) }
        let examples = examples ?? 0..<inputs.rows
        return try LinearisedNetwork(
            network, at: Parameters(layout: network.layout, vector: point, buffers: parameters.buffers),
            inputs: inputs.rows(examples), loss: SquaredError(targets: targets.rows(examples)),
            directions: directions, workers: workers)
    }

    /// A unit direction.
    func direction(_ number: Int) -> Vector<Double> {
        let result = Vector<Double>(count: network.layout.count)
        var source = RandomSource(seed: 3, stream: "direction \(number)")
        result.fillNormal(using: &source)
        result.scale(by: 1 / result.norm)
        return result
    }
}

import LinearAlgebra
import Networks
import Testing

@testable import Agents

/// Which units can be recycled, and how they are scored.
@Suite struct RecyclableLayerTests {
    /// Oracle: the presets' layers, by hand: each as `layer>next`, with its units.
    @Test func presetsHaveTheirHiddenLayers() throws {
        func found(_ kind: NetworkPreset.Kind, _ set: (inout NetworkPreset) -> Void = { _ in }) throws -> [String] {
            var preset = NetworkPreset(kind)
            set(&preset)
            let layers = RecyclableLayer.all(in: try preset.architecture(input: [3, 36, 36], outputs: 10))
            return layers.map { layer in
                "\(layer.name)>\(layer.next):\(layer.units)" + (layer.copies == 2 ? "×2" : "")
                    + layer.norms.map { " \($0)" }.joined()
            }
        }
        #expect(try found(.mlp) == ["fc1>fc2:512", "fc2>fc3:512"])
        #expect(try found(.cnn) == ["conv1>conv2:64", "conv2>fc1:64", "fc1>fc2:256", "fc2>fc3:256"])
        #expect(
            try found(.nature) { ($0.layerNorm, $0.crelu) = (true, true) } == [
                "conv1>conv2:32×2 ln1", "conv2>conv3:64×2 ln2", "conv3>fc1:64×2 ln3", "fc1>fc2:512×2 ln4",
            ])
        #expect(try found(.vit) == ["blocks.0.mlp.fc1>blocks.0.mlp.fc2:1024"])
        let blocks = (1...4).flatMap { stage in (0...1).map { "layer\(stage).\($0)." } }
        let widths = [64, 64, 128, 128, 256, 256, 512, 512]
        #expect(
            try found(.resnet18) == zip(blocks, widths).map { "\($0)conv1>\($0)conv2:\($1) \($0)bn1" })
        #expect(RecyclableLayer.all(in: .perceptron(input: [4], widths: [], outputs: 2)).isEmpty)
    }

    static let networks: [(input: [Int], layers: [LayerDescription])] = [
        ([6], [.linear("a", in: 6, out: 5), .relu, .linear("b", in: 5, out: 3)]),
        ([6], [.linear("a", in: 6, out: 5), .crelu, .linear("b", in: 10, out: 3)]),
        ([2, 4, 3], [conv("a", 2, 5), .relu, .flatten, .linear("b", in: 60, out: 3)]),
        ([2, 4, 3], [conv("a", 2, 5), norm("n", [5, 4, 3]), .relu, .flatten, .linear("b", in: 60, out: 3)]),
        ([2, 4, 3], [conv("a", 2, 4), .crelu, conv("b", 8, 3), .flatten]),
        (
            [2, 4, 3],
            [
                conv("z", 2, 3), residual([conv("a", 3, 4), LayerDescription("gelu"), conv("b", 4, 3)]), .flatten,
                .linear("c", in: 36, out: 2),
            ]
        ),
        (
            [4, 6],
            [
                residual([
                    norm("n", [6]), .linear("a", in: 6, out: 7), LayerDescription("gelu"), .linear("b", in: 7, out: 6),
                ]),
                .flatten,
            ]
        ),
    ]

    /// Oracle: the definition, on the outputs of the network cut behind the activation function, as files have images.
    @Test(arguments: networks.indices) func scoresAreThoseOfTheDefinition(_ index: Int) throws {
        let (input, layers) = Self.networks[index]
        let network = try Network<Float>(Architecture(input: input, layers: layers))
        let parameters = Parameters<Float>(initialising: network.layout, seed: 5)
        let inputs = Matrix<Float>(rows: 9, columns: network.inputCount)
        var source = RandomSource(seed: 6)
        inputs.elements.fillNormal(using: &source)
        let layer = try #require(RecyclableLayer.all(in: network.architecture).first { $0.name == "a" })
        let passes = Backpropagation(network, examples: 9, workers: .one)
        passes.load(inputs)
        passes.forward(at: parameters)
        let scores = layer.scores(passes)

        // Layers up to the activation function, those of a residual layer's body in its place.
        var cut: [LayerDescription] = []
        if layer.activation.count == 1 {
            cut = Array(layers[...layer.activation[0]])
        } else {
            let body = layers[layer.activation[0]].lists[0]
            cut = Array(layers[..<layer.activation[0]]) + Array(body[...layer.activation[2]])
        }
        let front = try Network<Float>(Architecture(input: input, layers: cut + [.flatten]))
        let frontParameters = Parameters<Float>(layout: front.layout, vector: Vector(count: front.layout.count))
        for entry in front.layout.entries {
            frontParameters.vector[entry.range].assign(try #require(parameters[entry.name]))
        }
        let short = Backpropagation(front, examples: 9, workers: .one)
        short.load(inputs)
        short.forward(at: frontParameters)
        let values = short.outputs
        let isTokens = input.count == 2
        let positions = values.columns / (layer.units * layer.copies)
        var sums = [Double](repeating: 0, count: layer.units)
        for example in 0..<9 {
            for copy in 0..<layer.copies {
                for unit in 0..<layer.units {
                    for position in 0..<positions {
                        let channel = copy * layer.units + unit
                        let column =
                            isTokens
                            ? position * layer.units * layer.copies + channel : channel * positions + position
                        sums[unit] += abs(Double(values[example, column]))
                    }
                }
            }
        }
        let mean = sums.reduce(0, +) / Double(sums.count)
        // Sums of the same numbers in another order, in double precision.
        #expect(zip(scores, sums).allSatisfy { abs($0 - $1 / mean) < 1e-12 }, "\(scores) and \(sums.map { $0 / mean })")
        #expect(scores.count == layer.units && Set(scores).count > 1)
    }

    private static func conv(_ name: String, _ inputs: Int, _ outputs: Int) -> LayerDescription {
        LayerDescription(
            "conv2d",
            [
                "name": .text(name), "in": .integer(inputs), "out": .integer(outputs), "kernel": .integer(3),
                "padding": .integer(1),
            ])
    }

    private static func norm(_ name: String, _ shape: [Int]) -> LayerDescription {
        LayerDescription("layer_norm", ["name": .text(name), "shape": .integers(shape)])
    }

    private static func residual(_ body: [LayerDescription]) -> LayerDescription {
        LayerDescription("residual", ["body": .layers(body)])
    }
}

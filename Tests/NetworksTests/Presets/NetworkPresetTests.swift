import Files
import LinearAlgebra
import Networks
import Testing

/// The presets' layers against counts known or derived by hand, and names of the libraries that they come from.
@Suite struct NetworkPresetTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let preset: NetworkPreset
        let input: [Int]
        var outputs = 10
        /// Parameters, one term a tensor or a layer.
        let count: [Int]

        init(
            _ kind: NetworkPreset.Kind, _ input: [Int], outputs: Int = 10, count: [Int],
            _ set: (inout NetworkPreset) -> Void = { _ in }
        ) {
            var preset = NetworkPreset(kind)
            set(&preset)
            self.preset = preset
            self.input = input
            self.outputs = outputs
            self.count = count
        }

        var testDescription: String { "\(preset.json) \(input)" }
    }

    /// Oracles: torchvision's count of the ResNet-18 with a 3×3 stem and 10 classes (11 173 962), that of the network of
    /// Mnih et al. for 18 actions (1 693 362), and sums by hand: in·out + out of a linear layer, in·out·k² + out of a
    /// convolution, twice the numbers normalised of a layer norm.
    static let cases = [
        Case(.mlp, [1, 28, 28], count: [784 * 512 + 512, 512 * 513, 5130]),
        Case(.mlp, [1, 28, 28], count: [784 * 512 + 512, 512 * 513, 5130, 2 * 512, 2 * 512]) { $0.layerNorm = true },
        Case(.mlp, [3, 32, 32], count: [3072 * 1024 + 1024, 1024 * 1025, 1024 * 1025, 10250]) {
            ($0.depth, $0.width) = (3, 2)
        },
        Case(.mlp, [5], outputs: 3, count: [5 * 8 + 8, 8 * 4 + 4, 4 * 15 + 15]) {
            ($0.widths, $0.width, $0.twoHotAtoms) = ([16, 8], 0.5, 5)
        },
        Case(.mlp, [5], outputs: 3, count: [18]) { $0.widths = [] },
        Case(.cnn, [3, 32, 32], count: [75 * 64 + 64, 576 * 64 + 64, 64 * 8 * 8 * 256 + 256, 256 * 257, 2570]),
        Case(.cnn, [1, 28, 28], count: [25 * 64 + 64, 576 * 64 + 64, 64 * 7 * 7 * 256 + 256, 256 * 257, 2570]),
        Case(
            .cnn, [3, 32, 32],
            count: [
                4864, 2 * 64 * 16 * 16, 36928, 2 * 64 * 8 * 8, 4096 * 256 + 256, 2 * 256, 256 * 257, 2 * 256, 2570,
            ]
        ) { $0.layerNorm = true },
        // Odd extents: 29 → 15 → 8 → 4.
        Case(
            .cnn, [2, 29, 29], outputs: 4,
            count: [50 * 16 + 16, 144 * 16 + 16, 144 * 16 + 16, 16 * 4 * 4 * 64 + 64, 64 * 65, 65 * 4]
        ) { ($0.depth, $0.width) = (3, 0.25) },
        // Concatenated rectifiers: twice the inputs behind each, and behind the last convolution's twice the channels.
        Case(
            .cnn, [3, 32, 32],
            count: [4864, 2 * 576 * 64 + 64, 2 * 64 * 8 * 8 * 256 + 256, 512 * 256 + 256, 512 * 10 + 10]
        ) { $0.crelu = true },
        Case(.mlp, [5], outputs: 3, count: [5 * 8 + 8, 2 * 8, 16 * 3 + 3]) {
            ($0.widths, $0.crelu, $0.layerNorm) = ([8], true, true)
        },
        Case(.resnet18, [3, 32, 32], count: [11_173_962]),
        Case(.resnet18, [3, 32, 32], count: [11_173_962]) { $0.groupNormGroups = 32 },
        Case(.resnet18, [3, 32, 32], count: [11_173_962 - 5130, 513 * 1010]) { $0.twoHotAtoms = 101 },
        Case(.vit, [3, 32, 32], count: [28 * 256, 256, (100 + 1) * 256, transformerBlock, 2 * 256, 2570]),
        Case(.vit, [1, 28, 28], count: [10 * 256, 256, (81 + 1) * 256, transformerBlock, 2 * 256, 2570]),
        Case(
            .vit, [3, 32, 32], count: [49 * 256, 256, (64 + 1) * 256, 3 * transformerBlock, 2 * 256, 2570]
        ) { ($0.patch, $0.depth, $0.heads) = (4, 3, 8) },
        Case(.nature, [4, 84, 84], outputs: 18, count: [1_693_362]),
        Case(
            .nature, [4, 84, 84], outputs: 18,
            count: [1_693_362, 2 * 32 * 20 * 20, 2 * 64 * 9 * 9, 2 * 64 * 7 * 7, 2 * 512]
        ) { $0.layerNorm = true },
    ]

    /// Two layer norms; queries, keys and values; their projection; in and out of the feed-forward layer.
    private static let transformerBlock = 2 * 512 + 256 * 768 + 768 + 256 * 257 + 256 * 1024 + 1024 + 1024 * 256 + 256

    @Test(arguments: cases) func parametersAreAsMany(_ example: Case) throws {
        let architecture = try example.preset.architecture(input: example.input, outputs: example.outputs)
        let tensors = TensorRule(architecture.layers)
        #expect(tensors.parameterCount == example.count.reduce(0, +))
        #expect(try Network<Float>(architecture).layout.count == tensors.parameterCount)
        #expect(architecture.input == example.input)
        #expect(tensors.names.count == tensors.parameters.count + tensors.buffers.count, "a name occurs twice")
    }

    /// Oracle: `torchvision.models.resnet18().state_dict()` but for the counters, by its rule: two convolutions and two
    /// batch norms a block, two blocks a stage, and a downsampling in the first block of every stage but the first.
    @Test(arguments: [nil, 1]) func residualNetworkHasTorchvisionsNames(groups: Int?) throws {
        let normed = ["weight", "bias"] + (groups == nil ? ["running_mean", "running_var"] : [])
        var expected = ["conv1.weight", "fc.weight", "fc.bias"] + normed.map { "bn1." + $0 }
        for stage in 1...4 {
            for block in 0...1 {
                let prefix = "layer\(stage).\(block)."
                expected += ["conv1.weight", "conv2.weight"].map { prefix + $0 }
                expected += normed.flatMap { [prefix + "bn1." + $0, prefix + "bn2." + $0] }
                guard stage > 1, block == 0 else { continue }
                expected += [prefix + "downsample.0.weight"] + normed.map { prefix + "downsample.1." + $0 }
            }
        }
        // 62 parameters; 20 batch norms with two statistics each.
        #expect(expected.count == (groups == nil ? 102 : 62))
        var preset = NetworkPreset(.resnet18)
        preset.groupNormGroups = groups
        let architecture = try preset.architecture(input: [3, 32, 32], outputs: 10)
        #expect(TensorRule(architecture.layers).names == Set(expected))
    }

    /// Oracle: `timm.create_model("vit_…").state_dict()`.
    @Test func transformerHasTimmsNames() throws {
        let architecture = try NetworkPreset(.vit).architecture(input: [3, 32, 32], outputs: 10)
        let block = ["norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2"].map { "blocks.0." + $0 }
        let layers = ["patch_embed.proj"] + block + ["norm", "head"]
        let expected = ["cls_token", "pos_embed"] + layers.flatMap { [$0 + ".weight", $0 + ".bias"] }
        #expect(TensorRule(architecture.layers).names == Set(expected))
    }

    /// Oracle: the order of layers in the definition, written out.
    @Test func layersStandInTheirOrder() throws {
        var cnn = NetworkPreset(.cnn)
        (cnn.layerNorm, cnn.spectralNorm) = (true, true)
        let layers = try cnn.architecture(input: [3, 32, 32], outputs: 10).layers
        #expect(
            layers.map { $0.kind + ($0.text("name").isEmpty ? "" : " " + $0.text("name")) } == [
                "conv2d conv1", "layer_norm ln1", "relu", "conv2d conv2", "layer_norm ln2", "relu", "flatten",
                "linear fc1", "layer_norm ln3", "relu", "linear fc2", "layer_norm ln4", "relu", "linear fc3",
            ])
        #expect(layers[1].sizes("shape") == [64, 16, 16] && layers[4].sizes("shape") == [64, 8, 8])
        let spectral = layers.filter { $0.keys["spectral_norm"] == .flag(true) }
        #expect(spectral.map { $0.text("name") } == ["fc1"])
    }

    /// Dropout after the position embedding, the attention and both linear layers of a block, or nowhere.
    @Test func dropoutIsWhereDosovitskiyHasIt() throws {
        var vit = NetworkPreset(.vit)
        let layers = try vit.architecture(input: [3, 32, 32], outputs: 10).layers
        let dropout = LayerDescription("dropout", ["p": .number(0.1)])
        let blocks = layers.filter { $0.kind == "residual" }.map { $0.layers("body") }
        #expect(layers.firstIndex(of: dropout) == 4 && layers.count { $0 == dropout } == 1)
        #expect(blocks.map { $0.indices { $0.kind == "dropout" }.ranges.map(\.lowerBound) } == [[2], [3, 5]])
        vit.dropout = 0
        #expect(!(try vit.architecture(input: [3, 32, 32], outputs: 10).json.contains("dropout")))
    }

    /// The preset is what the command made before there were presets, and the network that runs counts as the rule does.
    @Test func perceptronIsThePreset() throws {
        let architecture = Architecture.perceptron(input: [1, 4, 4], widths: [12, 7], outputs: 10)
        let written = Architecture(
            input: [1, 4, 4],
            layers: [
                .flatten, .linear("fc1", in: 16, out: 12), .relu, .linear("fc2", in: 12, out: 7), .relu,
                .linear("fc3", in: 7, out: 10),
            ])
        #expect(architecture == written)
        #expect(try Network<Float>(architecture).layout.count == TensorRule(written.layers).parameterCount)
    }
}

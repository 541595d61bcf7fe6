public import Files
public import LinearAlgebra

/// A network: the architecture made into layers, and where their tensors lie. It holds no parameters.
public struct Network<Element: Scalar>: Sendable {
    public let architecture: Architecture
    public let layout: ParameterLayout
    public let layers: Sequential<Element>

    /// - Throws: `Fault` of kind `data` that names the layer: an unknown kind or key, shapes that do not chain, a network
    ///   without parameters, or outputs that are not a row of numbers.
    public init(_ architecture: Architecture) throws(Fault) {
        var layout = ParameterLayout()
        layers = try Sequential(
            architecture.layers, input: ExampleShape(architecture.input), parameters: &layout)
        self.architecture = architecture
        self.layout = layout
        guard layers.hasLayersWithParameters else {
            throw Fault(.data, "has no parameters, so no loss landscape", at: "architecture")
        }
        guard layers.outputShape.extents.count == 1 else {
            throw Fault(
                .data, "ends in examples of shape \(layers.outputShape.extents), not in a row of outputs",
                at: "architecture",
                remedy: "Let it end in flatten, linear or a pooling of all positions")
        }
    }

    /// The shape of an example as it leaves each layer of the architecture, as architectures write it.
    public var outputShapes: [[Int]] { layers.places.map { layers.layers[$0].outputShape.extents } }

    /// Numbers of one example.
    public var inputCount: Int { architecture.input.reduce(1, *) }

    /// Outputs of one example.
    public var outputCount: Int { layers.outputShape.width }

    /// Examples that go through together, of `examples`. The problem decides, so that the cut is the same on every
    /// machine; all of them where they are coupled.
    ///
    /// As many as keep the boundaries near the cache, 256 at most. Images do not fit there anyway, and then each tile
    /// costs a pass over the weights of the fully connected layers: so up to 32, while a tile takes some 700 MB at most
    /// and there remain four tiles to share.
    public func tileLength(examples: Int, mode: PassMode = .analysis) -> Int {
        if mode.couplesExamples && couplesExamples { return max(1, examples) }
        let width = max(1, layers.widthOfAllBoundaries)
        let cached = min(256, Self.powerOfTwo(upTo: (1 << 19) / width))
        let streamed = min(32, Self.powerOfTwo(upTo: (1 << 25) / width), Self.powerOfTwo(upTo: examples / 4))
        return max(8, cached, streamed)
    }

    private static func powerOfTwo(upTo limit: Int) -> Int {
        1 << (Int.bitWidth - 1 - max(1, limit).leadingZeroBitCount)
    }

    /// Whether a layer lets examples touch one another where the mode of the pass allows it.
    public var couplesExamples: Bool { layers.leaves.contains { $0.couplesExamples } }
}

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

    /// Numbers of one example.
    public var inputCount: Int { architecture.input.reduce(1, *) }

    /// Outputs of one example.
    public var outputCount: Int { layers.outputShape.width }

    /// Examples that go through together, of `examples`. The network decides, so that the cut is the same on every
    /// machine: as many as keep the boundaries near the cache, a power of two, at least 8 and at most 256; all where
    /// examples are coupled.
    public func tileLength(examples: Int, mode: PassMode = .analysis) -> Int {
        if mode.couplesExamples && couplesExamples { return max(1, examples) }
        let fitting = (1 << 19) / max(1, layers.widthOfAllBoundaries)
        return min(256, max(8, 1 << (Int.bitWidth - 1 - max(1, fitting).leadingZeroBitCount)))
    }

    /// Whether a layer lets examples touch one another where the mode of the pass allows it.
    public var couplesExamples: Bool { layers.leaves.contains { $0.couplesExamples } }
}

public import LinearAlgebra
public import Networks

/// A random network with random data: material for properties that hold everywhere.
public struct RandomProblem: Sendable {
    public static let activations = ["relu", "leaky_relu", "tanh", "sigmoid", "silu", "gelu", "gelu_tanh"]

    public let architecture: Architecture
    public let lossKind: LossKind
    public let examples: Int
    public let seed: UInt64
    /// What tests call it.
    public let name: String
    /// Whose statistics batch normalisation takes.
    public let mode: PassMode
    /// Whether the point is moved away from what is special about fresh parameters.
    let isMoved: Bool

    /// A network of a family. Its point is a random one, at which no scale is 1 and no bias 0.
    public init(
        _ family: ArchitectureFamily, seed: UInt64, smooth: Bool = false, examples: Int? = nil,
        mostParameters: Int = 1500, mode: PassMode = .analysis
    ) throws {
        var source = RandomSource(seed: seed, stream: "problem")
        architecture = try family.architecture(seed: seed, isSmooth: smooth, mostParameters: mostParameters)
        let kinds: [LossKind] = [.meanSquaredError, .crossEntropy, .temporalDifference, .huber]
        lossKind = kinds[source.index(below: smooth ? 3 : 4)]
        self.examples = examples ?? 2 + source.index(below: 19)
        self.seed = seed
        self.mode = mode
        isMoved = true
        name = "\(family.rawValue) \(seed)"
    }

    /// A fully connected network, wider than those of the families, at fresh parameters.
    ///
    /// - Parameter smooth: leave out activations and losses with kinks, at which differences converge to nothing.
    public init(seed: UInt64, smooth: Bool = false, examples: Int? = nil) {
        var source = RandomSource(seed: seed, stream: "architecture")
        let names = smooth ? Array(Self.activations.dropFirst(2)) : Self.activations
        var width = 1 + source.index(below: 12)
        // A leading activation acts on the data alone, before anything depends on a parameter.
        var layers = source.index(below: 3) == 0 ? [LayerDescription.flatten, Self.activation("tanh")] : [.flatten]
        let input = [width, 1 + source.index(below: 3)]
        width = input[0] * input[1]
        for depth in 0..<1 + source.index(below: 4) {
            let next = 1 + source.index(below: 160)
            var linear = LayerDescription.linear("fc\(depth)", in: width, out: next)
            if source.index(below: 3) == 0 { linear.keys["bias"] = .flag(false) }
            layers += [linear, Self.activation(names[source.index(below: names.count)])]
            width = next
        }
        let outputs = 2 + source.index(below: 5)
        layers.append(.linear("head", in: width, out: outputs))
        if source.index(below: 4) == 0 { layers.append(Self.activation("tanh")) }
        architecture = Architecture(input: input, layers: layers)
        let kinds: [LossKind] = [.meanSquaredError, .crossEntropy, .temporalDifference, .huber]
        lossKind = kinds[source.index(below: smooth ? 3 : 4)]
        self.examples = examples ?? 1 + source.index(below: 40)
        self.seed = seed
        name = "\(seed)"
        mode = .analysis
        isMoved = false
    }

    private static func activation(_ name: String) -> LayerDescription {
        name == "gelu_tanh" ? LayerDescription("gelu", ["approximate": .text("tanh")]) : LayerDescription(name)
    }

    public func network<Element: Scalar>() throws -> Network<Element> { try Network(architecture) }

    public func inputs<Element: Scalar>() throws -> Matrix<Element> {
        let network: Network<Element> = try network()
        var source = RandomSource(seed: seed, stream: "inputs")
        let result = Matrix<Element>(rows: examples, columns: network.inputCount)
        result.elements.fillNormal(using: &source)
        return result
    }

    public func loss<Element: Scalar>() throws -> any Loss<Element> {
        let outputs = (try network() as Network<Element>).outputCount
        var source = RandomSource(seed: seed, stream: "targets")
        let labels = (0..<examples).map { _ in source.index(below: outputs) }
        let values = Matrix<Element>(rows: examples, columns: outputs)
        values.elements.fillNormal(using: &source)
        switch lossKind {
        case .crossEntropy: return try lossKind.bound(to: .labels(labels), outputs: outputs)
        case .temporalDifference:
            let targets = (0..<examples).map { _ in source.normal() }
            return try lossKind.bound(to: .selected(outputs: labels, values: targets), outputs: outputs)
        default: return try lossKind.bound(to: .values(values), outputs: outputs)
        }
    }

    /// A unit direction in parameter space.
    public func direction<Element: Scalar>(_ number: Int) throws -> Vector<Element> {
        let result = Vector<Element>(count: (try network() as Network<Element>).layout.count)
        var source = RandomSource(seed: seed, stream: "direction \(number)")
        result.fillNormal(using: &source)
        result.scale(by: Element(1 / result.norm))
        return result
    }
}

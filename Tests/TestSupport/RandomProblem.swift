public import LinearAlgebra
public import Networks

/// A random fully connected network with random data, in double precision: material for properties that hold everywhere.
public struct RandomProblem: Sendable {
    public static let activations = ["relu", "leaky_relu", "tanh", "sigmoid", "silu", "gelu", "gelu_tanh"]

    public let architecture: Architecture
    public let lossKind: LossKind
    public let examples: Int
    public let seed: UInt64

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

    public func parameters<Element: Scalar>() throws -> Parameters<Element> {
        Parameters(initialising: (try network() as Network<Element>).layout, seed: seed)
    }

    /// The problem linearised at its fresh parameters, or at others.
    public func linearised<Element: Scalar>(
        at vector: Vector<Element>? = nil, directions: Int = 1, workers: Workers = .one
    ) throws -> LinearisedNetwork<Element> {
        let network: Network<Element> = try network()
        let fresh: Parameters<Element> = try parameters()
        let parameters =
            vector.map { Parameters(layout: network.layout, vector: $0, buffers: fresh.buffers) } ?? fresh
        return try LinearisedNetwork(
            network, at: parameters, inputs: inputs(), loss: loss(), directions: directions, workers: workers)
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

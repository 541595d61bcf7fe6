import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// A small network on tokens with random data and parameters so large that attention is far from uniform.
struct TokenProblem: Sendable, CustomTestStringConvertible {
    let name: String
    let input: [Int]
    let layers: [LayerDescription]

    var testDescription: String { name }

    static let all = [
        // Attention on the data alone: nothing before it depends on a parameter.
        TokenProblem(
            name: "attention on data", input: [5, 6],
            layers: [
                .attention("attn", 6, heads: 2), LayerDescription("mean_tokens"), .linear("head", in: 6, out: 3),
            ]),
        TokenProblem(
            name: "vision transformer", input: [2, 4, 3],
            layers: [
                LayerDescription("tokens"), .linear("embed", in: 2, out: 6), .classToken("cls", 6),
                .positions("pos", 13, 6), .residual([.attention("attn", 6, heads: 3)]),
                .residual([.linear("up", in: 6, out: 9), LayerDescription("tanh"), .linear("down", in: 9, out: 6)]),
                LayerDescription("select_token"), .linear("head", in: 6, out: 3),
            ]),
        TokenProblem(
            name: "attention twice, one head, inner activations in place", input: [4, 3],
            layers: [
                .linear("embed", in: 3, out: 4), .residual([.attention("a", 4, heads: 1), LayerDescription("tanh")]),
                LayerDescription("gelu"), .attention("b", 4, heads: 2), LayerDescription("sigmoid"),
                LayerDescription("select_token", ["index": .integer(2)]), .linear("head", in: 4, out: 3),
            ]),
        TokenProblem(
            name: "embeddings on data, one token", input: [1, 4],
            layers: [
                .positions("first", 1, 4), LayerDescription("tanh"), .classToken("cls", 4), .positions("second", 2, 4),
                LayerDescription("silu"), .attention("attn", 4, heads: 4), LayerDescription("mean_tokens"),
                .linear("head", in: 4, out: 3),
            ]),
        TokenProblem(
            name: "class token on data", input: [3, 2],
            layers: [
                .classToken("cls", 2), .attention("attn", 2, heads: 1), LayerDescription("flatten"),
                .linear("head", in: 8, out: 3),
            ]),
        TokenProblem(
            name: "linear layers on tokens", input: [7, 3],
            layers: [
                .linear("one", in: 3, out: 5), LayerDescription("tanh"),
                LayerDescription(
                    "linear",
                    ["name": .text("two"), "in": .integer(5), "out": .integer(4), "spectral_norm": .flag(true)]),
                LayerDescription("tanh"),
                LayerDescription(
                    "linear", ["name": .text("three"), "in": .integer(4), "out": .integer(3), "bias": .flag(false)]),
                LayerDescription("mean_tokens"),
            ]),
    ]

    func network<Element: Scalar>() throws -> Network<Element> {
        try Network(Architecture(input: input, layers: layers))
    }

    func inputs<Element: Scalar>(_ examples: Int) -> Matrix<Element> {
        random("inputs", rows: examples, columns: input.reduce(1, *))
    }

    func targets<Element: Scalar>(_ examples: Int) -> Matrix<Element> { random("targets", rows: examples, columns: 3) }

    func parameters<Element: Scalar>() throws -> Parameters<Element> {
        let layout = (try network() as Network<Element>).layout
        let vector: Matrix<Element> = random("parameters", rows: 1, columns: layout.count)
        vector.elements.scale(by: 0.7)
        return Parameters(
            layout: layout, vector: vector.elements, buffers: Parameters(initialising: layout, seed: 3).buffers)
    }

    /// - Parameters:
    ///   - vector: parameters; nil for random ones.
    ///   - targets: `[examples, 3]`; nil for random ones.
    func linearised<Element: Scalar>(
        at vector: Vector<Element>? = nil, targets: Matrix<Element>? = nil, range: Range<Int> = 0..<6,
        _ configuration: LinearisationConfiguration = LinearisationConfiguration(workers: .one)
    ) throws -> LinearisedNetwork<Element> {
        let point: Parameters<Element> = try parameters()
        if let vector { point.vector.assign(vector) }
        let loss = SquaredError(targets: (targets ?? self.targets(range.upperBound)).rows(range))
        return try LinearisedNetwork(
            network(), at: point, inputs: inputs(range.upperBound).rows(range), loss: loss, configuration)
    }

    /// A unit direction in parameter space.
    func direction<Element: Scalar>(_ number: Int) throws -> Vector<Element> {
        let count = (try network() as Network<Element>).layout.count
        let result: Vector<Element> = random("direction \(number)", rows: 1, columns: count).elements
        result.scale(by: Element(1 / result.norm))
        return result
    }

    private func random<Element: Scalar>(_ stream: String, rows: Int, columns: Int) -> Matrix<Element> {
        var source = RandomSource(seed: 7, stream: name + stream)
        let result = Matrix<Element>(rows: rows, columns: columns)
        result.elements.fillNormal(using: &source)
        return result
    }
}

extension LayerDescription {
    static func attention(_ name: String, _ width: Int, heads: Int) -> LayerDescription {
        LayerDescription("attention", ["name": .text(name), "dim": .integer(width), "heads": .integer(heads)])
    }

    static func classToken(_ name: String, _ width: Int) -> LayerDescription {
        LayerDescription("class_token", ["name": .text(name), "dim": .integer(width)])
    }

    static func positions(_ name: String, _ tokens: Int, _ width: Int) -> LayerDescription {
        LayerDescription(
            "position_embedding", ["name": .text(name), "tokens": .integer(tokens), "dim": .integer(width)])
    }

    static func residual(_ body: [LayerDescription]) -> LayerDescription {
        LayerDescription("residual", ["body": .layers(body)])
    }
}

extension LinearisedNetwork {
    /// One product, in new memory.
    func product(_ curvature: Curvature, _ v: Vector<Element>) -> Vector<Element> {
        let result = Vector<Element>(count: v.count)
        multiply(curvature, by: [v], into: [result])
        return result
    }
}

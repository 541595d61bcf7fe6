import LinearAlgebra
import Networks

/// Appends random layers one after another, keeping track of the shape, so that whatever comes out chains.
///
/// Sizes are small and odd on purpose: edges, not speed, are what such networks are for.
struct ArchitectureBuilder {
    var source: RandomSource
    var shape: [Int]
    private(set) var layers: [LayerDescription] = []
    /// Leave out what has kinks, at which differences converge to nothing.
    let isSmooth: Bool
    private var names = 0
    /// Of its own, so that a kind that came later leaves the networks without it as they were.
    private var doublings: RandomSource

    init(_ source: RandomSource, isSmooth: Bool) {
        self.source = source
        var other = source
        doublings = RandomSource(seed: other.next(), stream: "crelu")
        self.isSmooth = isSmooth
        shape = []
    }

    /// Numbers of one example.
    var width: Int { shape.reduce(1, *) }

    /// Whether any layer has a parameter, which are those with a name.
    var hasParameters: Bool { names > 0 }

    /// Whether a die of `sides` shows a one.
    mutating func chance(_ sides: Int) -> Bool { source.index(below: sides) == 0 }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[source.index(below: values.count)] }

    mutating func size(_ range: ClosedRange<Int>) -> Int { range.lowerBound + source.index(below: range.count) }

    /// Channels or features: mostly few, now and then more than a vector register holds.
    mutating func features(_ few: ClosedRange<Int>) -> Int { chance(6) ? size(7...37) : size(few) }

    mutating func append(_ kind: String, _ keys: [String: LayerDescription.Value] = [:], shape: [Int]? = nil) {
        layers.append(LayerDescription(kind, keys))
        self.shape = shape ?? self.shape
    }

    mutating func name(_ stem: String) -> LayerDescription.Value {
        names += 1
        return .text("\(stem)\(names)")
    }

    /// The layers that `fill` appends, not appended here; the shape is as it was before.
    mutating func list(_ fill: (inout ArchitectureBuilder) -> Void) -> (layers: [LayerDescription], shape: [Int]) {
        let (outer, before) = (layers, shape)
        layers = []
        fill(&self)
        defer { (layers, shape) = (outer, before) }
        return (layers, shape)
    }
}

extension ArchitectureBuilder {
    mutating func activation() {
        let names = isSmooth ? Array(RandomProblem.activations.dropFirst(2)) : RandomProblem.activations
        switch pick(names) {
        case "gelu_tanh": append("gelu", ["approximate": .text("tanh")])
        case "leaky_relu": append("leaky_relu", chance(2) ? ["slope": .number(0.2)] : [:])
        case let name: append(name)
        }
    }

    /// Now and then a concatenated rectifier, which doubles an image's channels, or the last dimension.
    mutating func doubling() {
        guard !isSmooth, doublings.index(below: 5) == 0 else { return }
        var doubled = shape
        doubled[shape.count == 3 ? 0 : shape.count - 1] *= 2
        append("crelu", shape: doubled)
    }

    /// `linear` on the last dimension, whatever stands before it.
    mutating func linear(out: Int) {
        var keys: [String: LayerDescription.Value] = [
            "name": name("fc"), "in": .integer(shape[shape.count - 1]), "out": .integer(out),
        ]
        if chance(4) { keys["bias"] = .flag(false) }
        if chance(4) { keys["spectral_norm"] = .flag(true) }
        append("linear", keys, shape: shape.dropLast() + [out])
    }

    mutating func flatten() { append("flatten", shape: [width]) }
}

public import Files
public import LinearAlgebra

/// `attention`: on tokens `[T, D]`, y = proj(heads(qkv(x))), with `qkv` from D to 3·D and `proj` from D to D linear and
///
///     heads(q, k, v) = softmax(q kᵀ/√d) v   in each of the heads, d = D/heads columns of q, k and v.
///
/// So it is three layers one after another, and its derivatives are theirs. Fresh weights and biases are those of
/// `linear`: uniform on ±1/√D.
///
/// Source: Vaswani et al. 2017, "Attention is all you need", equation 1.
public struct Attention<Element: Scalar>: Layer {
    private let parts: Sequential<Element>

    public var outputShape: ExampleShape { parts.outputShape }
    public var sequences: [Sequential<Element>] { [parts] }
    public var hasParameters: Bool { true }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        let name = try reader.text("name")
        let width = try reader.size("dim")
        let heads = try reader.size("heads")
        guard input.extents.count == 2, input.extents[1] == width else {
            throw reader.mismatch(got: input, needed: "[tokens, \(width)]")
        }
        guard width.isMultiple(of: heads) else {
            throw reader.fault(
                "has \(heads) heads, which do not divide \(width)",
                remedy: "Choose heads so that each has as many of the \(width) features")
        }
        var inward = LayerReader(.linear(name + ".qkv", in: width, out: 3 * width), path: reader.path)
        let qkv = try Linear<Element>(&inward, input: input, parameters: &parameters)
        var outward = LayerReader(.linear(name + ".proj", in: width, out: width), path: reader.path)
        let proj = try Linear<Element>(&outward, input: input, parameters: &parameters)
        parts = Sequential(
            [qkv, AttentionHeads<Element>(tokens: input.extents[0], width: width, heads: heads), proj], input: input)
    }

    public func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element> {
        LayerRecord(parts: [parts.makeTile(input: input, output: output)])
    }

    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        parts.forward(tile.record.parts[0], point)
    }

    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        parts.backward(tile.record.parts[0], point)
    }

    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        parts.forwardTangent(tile.record.parts[0], point, along: directions)
    }

    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        parts.backwardTangent(tile.record.parts[0], point, along: directions)
    }
}

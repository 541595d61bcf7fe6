public import Files
public import LinearAlgebra

/// `relu`, `leaky_relu`, `tanh`, `sigmoid`, `silu`, `gelu`: y = σ(x), element by element, in place.
///
/// The derivative of `relu` at 0 is 0; that of `leaky_relu` its slope.
public struct Activation<Element: Scalar>: Layer {
    public let kind: ActivationKind
    public let outputShape: ExampleShape
    public var isInPlace: Bool { true }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        outputShape = input
        switch reader.kind {
        case "relu": kind = .relu
        case "leaky_relu": kind = .leakyRelu(slope: try reader.number("slope", default: 0.01))
        case "tanh": kind = .tanh
        case "sigmoid": kind = .sigmoid
        case "silu": kind = .silu
        default:
            switch try reader.text("approximate", default: "none") {
            case "none": kind = .geluErf
            case "tanh": kind = .geluTanh
            case let other:
                throw reader.fault("approximates by '\(other)'", remedy: "'approximate' is none or tanh")
            }
        }
    }

    /// σ′, then (where σ is curved) σ″, which the backward pass turns into σ″ ∘ δy; and per direction σ″ ∘ δy ∘ ẋ.
    public func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element> {
        let matrices = kind.isPiecewiseLinear ? 1 : 2
        return LayerRecord(
            saved: (0..<matrices).map { _ in Matrix(rows: input.examples, columns: input.width) },
            tangents: kind.isPiecewiseLinear
                ? [] : [Matrix(rows: input.directions * input.examples, columns: input.width)])
    }

    /// y = σ(x)
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        let saved = tile.record.saved
        tile.output.value.elements.activate(
            kind, first: saved[0].elements, second: kind.isPiecewiseLinear ? nil : saved[1].elements)
    }

    /// δx = σ′ ∘ δy
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        let cotangent = tile.output.cotangent.elements
        if !kind.isPiecewiseLinear { tile.record.saved[1].elements.multiply(by: cotangent) }
        cotangent.multiply(by: tile.record.saved[0].elements)
    }

    /// ẏ = σ′ ∘ ẋ
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        for direction in 0..<directions.count {
            let tangent = tile.output.tangent(direction).elements
            if !kind.isPiecewiseLinear && directions.order == .second {
                bend(tile, direction).assign(product: tile.record.saved[1].elements, tangent)
            }
            tangent.multiply(by: tile.record.saved[0].elements)
        }
    }

    /// δ̇x = σ′ ∘ δ̇y + σ″ ∘ δy ∘ ẋ
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        for direction in 0..<directions.count {
            let tangent = tile.output.cotangentTangent(direction).elements
            if kind.isPiecewiseLinear || directions.order == .first {
                tangent.multiply(by: tile.record.saved[0].elements)
            } else {
                tangent.multiply(by: tile.record.saved[0].elements, adding: bend(tile, direction))
            }
        }
    }

    /// σ″ ∘ δy ∘ ẋ of one direction.
    private func bend(_ tile: LayerTile<Element>, _ direction: Int) -> Vector<Element> {
        let examples = tile.input.examples
        return tile.record.tangents[0].rows(direction * examples..<(direction + 1) * examples).elements
    }
}

public import Files
public import LinearAlgebra

/// `dropout`: in training each number is 0 with probability p and else divided by 1 − p; in an analysis nothing happens.
///
/// An example's mask is drawn from a stream of its own (the layer and the example's number in the batch name it), so
/// that it does not depend on how the batch is cut.
///
/// Source: Srivastava et al. 2014, "Dropout"; the scaling is PyTorch's.
public struct Dropout<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    private let probability: Double
    private let path: String
    public var isInPlace: Bool { true }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        probability = try reader.number("p", default: 0.5)
        guard probability >= 0 && probability < 1 else {
            throw reader.fault("drops with probability \(probability)", remedy: "Let 'p' be from 0 to below 1")
        }
        path = reader.path
        outputShape = input
    }

    /// The masks m: 0 or 1/(1 − p).
    public func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element> {
        LayerRecord(saved: probability == 0 ? [] : [Matrix(rows: input.examples, columns: input.width)])
    }

    /// y = m ∘ x
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard let masks = masks(tile, point) else { return }
        for example in 0..<tile.examples {
            var source = RandomSource(
                seed: point.seed, stream: "dropout \(path) \(tile.firstExample + example)")
            masks.row(example).fillMask(dropping: probability, using: &source)
        }
        tile.output.value.elements.multiply(by: masks.elements)
    }

    /// δx = m ∘ δy
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant, let masks = masks(tile, point) else { return }
        tile.output.cotangent.elements.multiply(by: masks.elements)
    }

    /// ẏ = m ∘ ẋ
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant, let masks = masks(tile, point) else { return }
        for index in 0..<directions.count { tile.output.tangent(index).elements.multiply(by: masks.elements) }
    }

    /// δ̇x = m ∘ δ̇y
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant, let masks = masks(tile, point) else { return }
        for index in 0..<directions.count {
            tile.output.cotangentTangent(index).elements.multiply(by: masks.elements)
        }
    }

    /// The tile's masks where the pass drops anything.
    private func masks(_ tile: LayerTile<Element>, _ point: Point<Element>) -> Matrix<Element>? {
        point.mode == .training ? tile.record.saved.first : nil
    }
}

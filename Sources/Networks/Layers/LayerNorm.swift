public import Files
public import LinearAlgebra

/// `layer_norm`: y = γ x̂ + β with x̂ = (x − μ)/√(σ² + ε), μ and σ² (biased) those of the trailing dimensions `shape`.
///
/// Whatever stands before these dimensions (tokens) are rows with statistics of their own. Fresh γ are 1, fresh β 0.
///
/// Source: Ba, Kiros and Hinton 2016, "Layer normalization".
public struct LayerNorm<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    /// Numbers of one row.
    private let width: Int
    private let rowsPerExample: Int
    private let epsilon: Double
    private let weight: Range<Int>
    private let bias: Range<Int>
    private let pieces: [Range<Int>]

    public static var inputOrder: AxisOrder? { .asWritten }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        let name = try reader.text("name")
        let shape = try reader.sizes("shape")
        epsilon = try reader.epsilon()
        guard Array(input.extents.suffix(shape.count)) == shape else {
            let needed = shape.map(String.init).joined(separator: ", ")
            throw reader.mismatch(
                got: input, needed: input.extents.count > shape.count ? "[…, \(needed)]" : "[\(needed)]")
        }
        outputShape = input
        width = shape.reduce(1, *)
        rowsPerExample = input.width / width
        weight = try parameters.add(name + ".weight", shape: shape, role: .gain, initialisation: .constant(1))
        bias = try parameters.add(name + ".bias", shape: shape, role: .bias, initialisation: .constant(0))
        pieces = Array(Panels.cut(width))
    }

    /// Each row's statistics, and those of the tangents.
    public func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element> {
        let rows = input.examples * rowsPerExample
        return LayerRecord(
            saved: [Matrix(rows: rows, columns: RowNormalisation<Element>.statisticsCount)],
            tangents: [
                Matrix(
                    rows: input.directions * rows, columns: RowNormalisation<Element>.tangentStatisticsCount)
            ])
    }

    /// y = γ x̂ + β
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        normalisation(tile, point).forward(
            beta: point.parameters[bias], epsilon: epsilon, into: rows(tile.output.value))
    }

    /// δx = ρ (g − ⟨g⟩ − ⟨g x̂⟩ x̂) with g = γ δy, ρ = 1/√(σ² + ε)
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        normalisation(tile, point).backward(rows(tile.output.cotangent), into: rows(tile.input.cotangent))
    }

    /// ẏ = γ x̂̇ + γ̇ x̂ + β̇ with x̂̇ = ρ (ẋ − ⟨ẋ⟩ − ⟨ẋ x̂⟩ x̂)
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        let normalisation = normalisation(tile, point)
        for index in 0..<directions.count {
            normalisation.forwardTangent(
                tangent(tile, index), gamma: directions.vectors[index][weight], beta: directions.vectors[index][bias],
                into: rows(tile.output.tangent(index)))
        }
    }

    /// δ̇x = ρ (ġ − ⟨ġ⟩ − ⟨ġ x̂ + g x̂̇⟩ x̂ − ⟨g x̂⟩ x̂̇ − ⟨ẋ x̂⟩ δx) with ġ = γ δ̇y + γ̇ δy
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        let normalisation = normalisation(tile, point)
        for index in 0..<directions.count {
            guard let tangent = tangent(tile, index) else { return }
            normalisation.backwardTangent(
                rows(tile.output.cotangentTangent(index)),
                second: directions.order == .first
                    ? nil : (rows(tile.output.cotangent), tangent, directions.vectors[index][weight]),
                into: rows(tile.input.cotangentTangent(index)))
        }
    }

    /// Stretches of γ and of β.
    public var gradientPieces: [[Range<Int>]] { pieces.map { [part(weight, $0), part(bias, $0)] } }

    /// ∂γ = Σ δy x̂, ∂β = Σ δy
    public func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, into target: GradientTarget<Element>
    ) {
        normalisation(tile, point).addGradient(
            rows(tile.output.cotangent), columns: pieces[piece], gamma: target[part(weight, pieces[piece])],
            beta: target[part(bias, pieces[piece])], scaling: target.scaling)
    }

    /// ∂γ̇ = Σ δ̇y x̂ + δy x̂̇, ∂β̇ = Σ δ̇y
    public func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, along direction: Direction<Element>,
        into target: GradientTarget<Element>
    ) {
        let tangent = direction.order == .second ? tangent(tile, direction.index) : nil
        normalisation(tile, point).addGradientTangent(
            rows(tile.output.cotangentTangent(direction.index)),
            second: tangent.map { (rows(tile.output.cotangent), $0) }, columns: pieces[piece],
            into: (target[part(weight, pieces[piece])], target[part(bias, pieces[piece])]), scaling: target.scaling)
    }

    private func normalisation(_ tile: LayerTile<Element>, _ point: Point<Element>) -> RowNormalisation<Element> {
        RowNormalisation(rows(tile.input.value), statistics: tile.record.saved[0], gamma: point.parameters[weight])
    }

    /// ẋ of one direction; nil where x is constant.
    private func tangent(_ tile: LayerTile<Element>, _ index: Int) -> RowNormalisation<Element>.Tangent? {
        guard !tile.input.isConstant else { return nil }
        let count = tile.examples * rowsPerExample
        return RowNormalisation.Tangent(
            rows(tile.input.tangent(index)),
            statistics: tile.record.tangents[0].rows(index * count..<(index + 1) * count))
    }

    private func rows(_ matrix: Matrix<Element>) -> Matrix<Element> { matrix.reshaped(columns: width) }

    private func part(_ range: Range<Int>, _ piece: Range<Int>) -> Range<Int> {
        range.lowerBound + piece.lowerBound..<range.lowerBound + piece.upperBound
    }
}

extension LayerReader {
    /// `eps` of a normalisation, which must not be negative.
    mutating func epsilon() throws(Fault) -> Double {
        let epsilon = try number("eps", default: 1e-5)
        guard epsilon >= 0 else {
            throw fault("has \(epsilon) under 'eps'", remedy: "Give a positive number, such as 1e-5")
        }
        return epsilon
    }
}

public import Files
public import LinearAlgebra

/// `class_token`: `[N, T, D] → [N, T + 1, D]`, y = [c; x] with one learnt token c `[1, 1, D]`, named by the layer's
/// name alone.
///
/// A fresh token is normal with deviation 1e-6, as in timm.
///
/// Source: Dosovitskiy et al. 2021, "An image is worth 16x16 words", equation 1.
public struct ClassToken<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    public var affinity: Affinity { .jointly }
    private let range: Range<Int>
    /// Where in an example's row the token stands, and the others after it.
    private let place: Range<Int>
    private let rest: Range<Int>

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        let name = try reader.text("name")
        let width = try reader.size("dim")
        guard input.extents.count == 2, input.extents[1] == width else {
            throw reader.mismatch(got: input, needed: "[tokens, \(width)]")
        }
        outputShape = ExampleShape([input.extents[0] + 1, width])
        range = try parameters.add(
            name, shape: [1, 1, width], role: .embedding, initialisation: .normal(deviation: 1e-6))
        place = 0..<width
        rest = width..<width + input.width
    }

    /// y = [c; x]
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        tile.output.value.columns(place).fillRows(with: point.parameters[range])
        tile.output.value.columns(rest).assign(tile.input.value)
    }

    /// δx = δy without its first token
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        tile.input.cotangent.assign(tile.output.cotangent.columns(rest))
    }

    /// ẏ = [ċ; ẋ]
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        for direction in 0..<directions.count {
            let tangent = tile.output.tangent(direction)
            tangent.columns(place).fillRows(with: directions.vectors[direction][range])
            if tile.input.isConstant {
                tangent.columns(rest).fill(0)
            } else {
                tangent.columns(rest).assign(tile.input.tangent(direction))
            }
        }
    }

    /// δ̇x = δ̇y without its first token
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        tile.input.cotangentTangents(directions.count).assign(
            tile.output.cotangentTangents(directions.count).columns(rest))
    }

    public var gradientPieces: [[Range<Int>]] { [[range]] }

    /// ∂c = Σ δy₀
    public func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, into target: GradientTarget<Element>
    ) {
        target[range].assign(columnSums: tile.output.cotangent.columns(place), scaling: target.scaling)
    }

    /// ∂ċ = Σ δ̇y₀
    public func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, along direction: Direction<Element>,
        into target: GradientTarget<Element>
    ) {
        target[range].assign(
            columnSums: tile.output.cotangentTangent(direction.index).columns(place), scaling: target.scaling)
    }

    /// An example's gradient is its cotangent at the token: there is nothing to form.
    public func prefersPairs(examples: Int) -> Bool { true }

    public func addInnerProducts(
        _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>, _ point: Point<Element>,
        into block: Matrix<Element>
    ) {
        block.assign(
            product: rows.cotangent.columns(place).plain, columns.cotangent.columns(place).transposed, scaling: 1)
    }
}

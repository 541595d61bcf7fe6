public import Files
public import LinearAlgebra

/// `position_embedding`: y = x + p on `[N, T, D]` with p `[1, T, D]`, named by the layer's name alone.
///
/// Fresh embeddings are normal with deviation 0.02, as in timm.
///
/// Source: Dosovitskiy et al. 2021, "An image is worth 16x16 words", equation 1.
public struct PositionEmbedding<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    public var affinity: Affinity { .jointly }
    private let range: Range<Int>

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        let name = try reader.text("name")
        let shape = [try reader.size("tokens"), try reader.size("dim")]
        guard input.extents == shape else { throw reader.mismatch(got: input, needed: "\(shape)") }
        outputShape = input
        range = try parameters.add(name, shape: [1] + shape, role: .embedding, initialisation: .normal(deviation: 0.02))
    }

    /// y = x + p. Not in place: over constant tokens x has no tangent and y has one.
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        tile.output.value.fillRows(with: point.parameters[range])
        tile.output.value.elements.add(1, tile.input.value.elements)
    }

    /// δx = δy
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        tile.input.cotangent.assign(tile.output.cotangent)
    }

    /// ẏ = ẋ + ṗ
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        for direction in 0..<directions.count {
            let tangent = tile.output.tangent(direction)
            tangent.fillRows(with: directions.vectors[direction][range])
            if !tile.input.isConstant { tangent.elements.add(1, tile.input.tangent(direction).elements) }
        }
    }

    /// δ̇x = δ̇y
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        tile.input.cotangentTangents(directions.count).assign(tile.output.cotangentTangents(directions.count))
    }

    public var gradientPieces: [[Range<Int>]] { [[range]] }

    /// ∂p = Σ δy over the examples
    public func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, into target: GradientTarget<Element>
    ) {
        target[range].assign(columnSums: tile.output.cotangent, scaling: target.scaling)
    }

    /// ∂ṗ = Σ δ̇y over the examples
    public func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, along direction: Direction<Element>,
        into target: GradientTarget<Element>
    ) {
        target[range].assign(columnSums: tile.output.cotangentTangent(direction.index), scaling: target.scaling)
    }

    /// An example's gradient is its cotangent: there is nothing to form.
    public func prefersPairs(examples: Int) -> Bool { true }

    public func addInnerProducts(
        _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>, _ point: Point<Element>,
        into block: Matrix<Element>
    ) {
        block.assign(product: rows.cotangent.plain, columns.cotangent.transposed, scaling: 1)
    }
}

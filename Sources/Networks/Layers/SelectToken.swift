public import Files
public import LinearAlgebra

/// `select_token`: `[N, T, D] → [N, D]`, y = x[index].
public struct SelectToken<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    public var affinity: Affinity { .jointly }
    /// Where in an example's row the token stands.
    private let place: Range<Int>

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        let index = try reader.count("index", default: 0)
        guard input.extents.count == 2, index < input.extents[0] else {
            throw reader.mismatch(got: input, needed: "[tokens, features] with more than \(index) tokens")
        }
        let width = input.extents[1]
        outputShape = ExampleShape([width])
        place = index * width..<(index + 1) * width
    }

    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        tile.output.value.assign(tile.input.value.columns(place))
    }

    /// δx = δy at the token, 0 elsewhere
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        spread(tile.output.cotangent, over: tile.input.cotangent)
    }

    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        tile.output.tangents(directions.count).assign(tile.input.tangents(directions.count).columns(place))
    }

    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        spread(tile.output.cotangentTangents(directions.count), over: tile.input.cotangentTangents(directions.count))
    }

    private func spread(_ token: Matrix<Element>, over tokens: Matrix<Element>) {
        tokens.elements.fill(0)
        tokens.columns(place).assign(token)
    }
}

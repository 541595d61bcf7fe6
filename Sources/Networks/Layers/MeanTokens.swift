public import Files
public import LinearAlgebra

/// `mean_tokens`: `[N, T, D] → [N, D]`, y = (1/T) Σ xₜ; the sum in double precision.
public struct MeanTokens<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    public var affinity: Affinity { .jointly }
    private let tokens: Int

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        guard input.extents.count == 2 else { throw reader.mismatch(got: input, needed: "[tokens, features]") }
        tokens = input.extents[0]
        outputShape = ExampleShape([input.extents[1]])
    }

    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        average(tile.input.value, into: tile.output.value)
    }

    /// δxₜ = δy/T
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        spread(tile.output.cotangent, over: tile.input.cotangent)
    }

    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        average(tile.input.tangents(directions.count), into: tile.output.tangents(directions.count))
    }

    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        spread(tile.output.cotangentTangents(directions.count), over: tile.input.cotangentTangents(directions.count))
    }

    private func average(_ examples: Matrix<Element>, into means: Matrix<Element>) {
        for example in 0..<examples.rows {
            let mean = means.row(example)
            mean.assign(columnSums: examples.row(example).matrix(rows: tokens, columns: mean.count))
            mean.scale(by: 1 / Element(tokens))
        }
    }

    private func spread(_ means: Matrix<Element>, over examples: Matrix<Element>) {
        for example in 0..<examples.rows {
            let mean = means.row(example)
            let rows = examples.row(example).matrix(rows: tokens, columns: mean.count)
            rows.row(0).assign(mean)
            rows.row(0).scale(by: 1 / Element(tokens))
            rows.rows(1..<tokens).fillRows(with: rows.row(0))
        }
    }
}

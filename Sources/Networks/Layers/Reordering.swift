import Files
import LinearAlgebra

/// Moves an image's numbers from one order of axes into the other: no layer of an architecture, but what `Sequential`
/// puts between two that want it differently.
struct Reordering<Element: Scalar>: Layer {
    let outputShape: ExampleShape
    var affinity: Affinity { .jointly }
    /// An image in memory as `rows × columns` leaves as `columns × rows`.
    private let rows: Int
    private let columns: Int

    init(_ input: ExampleShape, to order: AxisOrder) {
        outputShape = input.ordered(order)
        let channels = input.extents[0]
        let positions = input.width / channels
        (rows, columns) = order == .channelsLast ? (channels, positions) : (positions, channels)
    }

    init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        throw reader.fault("is of a kind that architectures do not have")
    }

    func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) { move(tile.input.value, to: tile.output.value) }

    func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        moveBack(tile.output.cotangent, to: tile.input.cotangent)
    }

    func forwardTangent(_ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>) {
        guard !tile.input.isConstant else { return }
        move(tile.input.tangents(directions.count), to: tile.output.tangents(directions.count))
    }

    func backwardTangent(_ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>) {
        guard !tile.input.isConstant else { return }
        moveBack(tile.output.cotangentTangents(directions.count), to: tile.input.cotangentTangents(directions.count))
    }

    private func move(_ from: Matrix<Element>, to: Matrix<Element>) {
        for example in 0..<from.rows {
            to.row(example).matrix(rows: columns, columns: rows).assign(
                transposed: from.row(example).matrix(rows: rows, columns: columns))
        }
    }

    private func moveBack(_ from: Matrix<Element>, to: Matrix<Element>) {
        for example in 0..<from.rows {
            to.row(example).matrix(rows: rows, columns: columns).assign(
                transposed: from.row(example).matrix(rows: columns, columns: rows))
        }
    }
}

public import LinearAlgebra

/// What a layer keeps of one tile between its passes.
public final class LayerRecord<Element: Scalar>: Sendable {
    /// Arrays that belong to the point: each with the same number of rows for every example, example after example.
    public let saved: [Matrix<Element>]
    /// Arrays that belong to the directions, `[directions · n, …]`, or to the tile as a whole.
    public let tangents: [Matrix<Element>]
    /// The tiles of the sequences inside the layer.
    let parts: [Tile<Element>]

    public convenience init(saved: [Matrix<Element>] = [], tangents: [Matrix<Element>] = []) {
        self.init(saved: saved, tangents: tangents, parts: [])
    }

    init(saved: [Matrix<Element>] = [], tangents: [Matrix<Element>] = [], parts: [Tile<Element>]) {
        self.saved = saved
        self.tangents = tangents
        self.parts = parts
    }

    /// Numbers held, those of the parts included.
    var elementCount: Int {
        (saved + tangents).reduce(0) { $0 + $1.rows * $1.columns } + parts.reduce(0) { $0 + $1.elementCount }
    }
}

/// One layer's view of one tile: its input, its output, and its record.
public struct LayerTile<Element: Scalar>: Sendable {
    public let input: Boundary<Element>
    public let output: Boundary<Element>
    public let record: LayerRecord<Element>

    public var examples: Int { output.examples }

    /// The number, among all examples of the pass, of the tile's first.
    public var firstExample: Int { output.range.lowerBound }

    /// Some of the tile's examples, as a tile without tangents: so the gradient of a single example can be had.
    public func slice(_ range: Range<Int>) -> LayerTile {
        let saved = record.saved.map { matrix in
            let rows = matrix.rows / max(1, examples)
            return matrix.rows(range.lowerBound * rows..<range.upperBound * rows)
        }
        return LayerTile(
            input: input.slice(range), output: output.slice(range), record: LayerRecord(saved: saved))
    }
}

/// Some examples of a tile, as one layer sees them.
public struct ExampleSlice<Element: Scalar>: Sendable {
    public let tile: LayerTile<Element>
    /// Rows of the tile.
    public let range: Range<Int>

    /// `[range.count, width]`.
    public var input: Matrix<Element> { tile.input.value.rows(range) }
    public var cotangent: Matrix<Element> { tile.output.cotangent.rows(range) }
}

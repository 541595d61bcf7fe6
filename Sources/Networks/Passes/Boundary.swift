public import LinearAlgebra

/// What crosses from one layer to the next in one tile of `n` examples: values, cotangents, and the tangents of both.
///
/// Values lie `[tangent k−1; …; tangent 0; value]` and cotangents `[cotangent; tangent 0; …; tangent k−1]`, `n` rows
/// each. So tangent 0 touches the value on one side and the cotangent on the other, and for one direction
/// `δᵀ ẋ + δ̇ᵀ x` is a single GEMM with an inner size of 2n (`pairedValues`, `pairedCotangents`).
public struct Boundary<Element: Scalar>: Sendable {
    /// The tile's examples, among all of the pass.
    public let range: Range<Int>
    public let width: Int
    /// How many tangents there is room for.
    public let directions: Int
    /// Whether what crosses here does not depend on θ: then there is neither tangent nor cotangent.
    public let isConstant: Bool
    /// How many directions the tile has room for, also where this boundary needs none.
    let room: Int
    let values: Matrix<Element>
    let cotangents: Matrix<Element>

    init(range: Range<Int>, width: Int, directions: Int, isConstant: Bool) {
        let examples = range.count
        self.init(
            values: Matrix(rows: ((isConstant ? 0 : directions) + 1) * examples, columns: width),
            cotangents: Matrix(rows: isConstant ? 0 : (directions + 1) * examples, columns: width),
            range: range, room: directions, isConstant: isConstant)
    }

    /// A boundary in memory that others may share.
    init(values: Matrix<Element>, cotangents: Matrix<Element>, range: Range<Int>, room: Int, isConstant: Bool) {
        self.range = range
        self.room = room
        self.isConstant = isConstant
        width = values.columns
        directions = values.rows / range.count - 1
        self.values = values
        self.cotangents = cotangents
    }

    /// Some of the examples, without tangents.
    func slice(_ rows: Range<Int>) -> Boundary {
        Boundary(
            values: value.rows(rows), cotangents: isConstant ? cotangents : cotangent.rows(rows),
            range: range.lowerBound + rows.lowerBound..<range.lowerBound + rows.upperBound, room: 0,
            isConstant: isConstant)
    }

    /// n, how many.
    public var examples: Int { range.count }

    /// x, `[n, width]`.
    public var value: Matrix<Element> { values.rows(directions * examples..<(directions + 1) * examples) }

    /// δx, `[n, width]`.
    public var cotangent: Matrix<Element> { cotangents.rows(0..<examples) }

    /// ẋ of one direction, `[n, width]`.
    public func tangent(_ direction: Int) -> Matrix<Element> {
        let first = (directions - 1 - direction) * examples
        return values.rows(first..<first + examples)
    }

    /// ẋ of the first `count` directions, the last one first, `[count · n, width]`.
    public func tangents(_ count: Int) -> Matrix<Element> {
        values.rows((directions - count) * examples..<directions * examples)
    }

    /// δ̇x of one direction, `[n, width]`.
    public func cotangentTangent(_ direction: Int) -> Matrix<Element> {
        cotangents.rows((direction + 1) * examples..<(direction + 2) * examples)
    }

    /// δ̇x of the first `count` directions, the first one first, `[count · n, width]`.
    public func cotangentTangents(_ count: Int) -> Matrix<Element> {
        cotangents.rows(examples..<(count + 1) * examples)
    }

    /// [ẋ₀; x], `[2n, width]`.
    public var pairedValues: Matrix<Element> {
        values.rows((directions - 1) * examples..<(directions + 1) * examples)
    }

    /// [δx; δ̇x₀], `[2n, width]`.
    public var pairedCotangents: Matrix<Element> { cotangents.rows(0..<2 * examples) }
}

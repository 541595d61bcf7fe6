/// The concatenated rectifier, row by row: `[rows, columns]` on one side, `[rows, 2 · columns]` on the other.
extension Matrix {
    /// self = [max(x, 0), max(−x, 0)]
    public func assign(pairedRectifier x: Matrix) {
        Self.checkPairs(wide: self, x, x)
        defer { keepAlive(self, x) }
        Element.pairedRectifier(start, x.start, (x.rows, x.columns))
    }

    /// self = [1(x > 0) ẋ, −1(x < 0) ẋ]
    public func assign(pairedRectifierTangent tangent: Matrix, at x: Matrix) {
        Self.checkPairs(wide: self, tangent, x)
        defer { keepAlive(self, tangent, x) }
        Element.pairedRectifierTangent(start, tangent.start, x.start, (x.rows, x.columns))
    }

    /// The transpose of `assign(pairedRectifierTangent:)`: self = 1(x > 0) δ₁ − 1(x < 0) δ₂, for δ = [δ₁, δ₂].
    public func assign(pairedRectifierTranspose cotangent: Matrix, at x: Matrix) {
        Self.checkPairs(wide: cotangent, self, x)
        defer { keepAlive(self, cotangent, x) }
        Element.pairedRectifierTranspose(start, cotangent.start, x.start, (x.rows, x.columns))
    }

    private static func checkPairs(wide: Matrix, _ narrow: Matrix, _ x: Matrix) {
        precondition(
            wide.rows == x.rows && wide.columns == 2 * x.columns && narrow.rows == x.rows
                && narrow.columns == x.columns,
            "\(x.rows)×\(x.columns) numbers, \(narrow.rows)×\(narrow.columns) of them, and pairs of "
                + "\(wide.rows)×\(wide.columns)")
        precondition(
            [wide, narrow, x].allSatisfy { $0.stride == $0.columns || $0.rows <= 1 }, "rows that do not lie end to end")
    }
}

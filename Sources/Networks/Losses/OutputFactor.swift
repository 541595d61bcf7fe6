public import LinearAlgebra

/// Vectors w in the space of outputs, some for each example: Cᵢ = Σ w wᵀ over the rows of example i is positive
/// semidefinite, and (1/N) Σ Jᵢᵀ Cᵢ Jᵢ is a Gauss-Newton or Fisher matrix with the nonzero spectrum of a Gram matrix.
public struct OutputFactor<Element: Scalar>: Sendable {
    /// w, `[rows, outputs]`, one example's after another's.
    public let weights: Matrix<Element>
    /// The first row of each example, and the number of all, `[N + 1]`.
    private let starts: [Int]

    /// - Parameters:
    ///   - weights: w, `[rows, outputs]`; kept as a view.
    ///   - counts: how many of the rows are each example's, `[N]`.
    public init(_ weights: Matrix<Element>, rowsOfExamples counts: [Int]) {
        var starts = [0]
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        precondition(starts[counts.count] == weights.rows, "\(weights.rows) rows for \(starts[counts.count]) counted")
        self.weights = weights
        self.starts = starts
    }

    /// Rows in double precision, each rounded once.
    ///
    /// - Parameter rows: of each example, `outputs` numbers each.
    init(rounding rows: [[[Double]]], outputs: Int) {
        let all = rows.flatMap { $0 }
        let weights = Matrix<Element>(rows: all.count, columns: outputs)
        for (index, row) in all.enumerated() { weights.row(index).assign(Vector(rounding: row)) }
        self.init(weights, rowsOfExamples: rows.map(\.count))
    }

    /// The unit vectors for every example: C = I.
    public static func identity(examples: Int, outputs: Int) -> OutputFactor {
        let weights = Matrix<Element>(rows: examples * outputs, columns: outputs)
        for row in 0..<weights.rows { weights[row, row % outputs] = 1 }
        return OutputFactor(weights, rowsOfExamples: Array(repeating: outputs, count: examples))
    }

    /// N.
    public var exampleCount: Int { starts.count - 1 }

    /// The rows of one example.
    public func rows(of example: Int) -> Range<Int> { starts[example]..<starts[example + 1] }

    /// result = factor · Cᵢ t, example by example; inner products in double precision.
    ///
    /// - Parameters:
    ///   - tangents: t of the examples `range`, `[range.count, outputs]`.
    ///   - result: of the same shape, overwritten.
    public func multiply(
        _ tangents: Matrix<Element>, examples range: Range<Int>, times factor: Double, into result: Matrix<Element>
    ) {
        result.fill(0)
        for (row, example) in range.enumerated() {
            for index in rows(of: example) {
                let weight = weights.row(index)
                result.row(row).add(Element(factor * weight.dot(tangents.row(row))), weight)
            }
        }
    }
}

import LinearAlgebra
import Testing

/// Oracle: matrices made from known singular values by reflections, which change none.
@Suite struct SingularValuesTests {
    private func reflected(_ values: [Double], columns: Int, seed: UInt64) -> Matrix<Double> {
        let matrix = Matrix<Double>(rows: values.count, columns: columns)
        for (index, value) in values.enumerated() { matrix[index, index] = value }
        var random = RandomSource(seed: seed, stream: "singular values")
        for _ in 0..<3 {
            reflect(matrix, fromTheLeft: true, &random)
            reflect(matrix, fromTheLeft: false, &random)
        }
        return matrix
    }

    /// A ← (I − 2vvᵀ) A, or A (I − 2vvᵀ), with a random unit vector v.
    private func reflect(_ matrix: Matrix<Double>, fromTheLeft: Bool, _ random: inout RandomSource) {
        let v = Vector<Double>(count: fromTheLeft ? matrix.rows : matrix.columns)
        v.fillNormal(using: &random)
        v.scale(by: 1 / v.norm)
        if fromTheLeft {
            let image = Vector<Double>(count: matrix.columns)
            for row in 0..<matrix.rows { image.add(v[row], matrix.row(row)) }
            for row in 0..<matrix.rows { matrix.row(row).add(-2 * v[row], image) }
        } else {
            for row in 0..<matrix.rows { matrix.row(row).add(-2 * matrix.row(row).dot(v), v) }
        }
    }

    /// Six reflections and Jacobi's turns: 100 roundings of the largest value are more than they make.
    @Test(arguments: [
        [5, 4, 3, 2, 1], [1, 1, 1, 0.5], [1, 1e-4, 1e-8, 1e-12], [3, 0, 0], [2], [1e-200, 1e-201],
    ]) func knownValuesComeBack(values: [Double]) throws {
        for columns in [values.count, values.count + 7] {
            let matrix = reflected(values, columns: columns, seed: 4)
            let wide = try SingularValues.values(of: matrix)
            let tall = Matrix<Double>(rows: columns, columns: values.count)
            tall.assign(transposed: matrix)
            for found in [wide, try SingularValues.values(of: tall)] {
                #expect(found.count == values.count)
                for (one, other) in zip(found, values) { #expect(abs(one - other) <= 100 * 2.2e-16 * values[0]) }
            }
        }
    }

    /// Rows of very different length: the small values are right to their own digits, where A Aᵀ has lost them.
    @Test func smallValuesOfGradedRowsKeepTheirDigits() throws {
        let matrix = reflected([1, 1, 1, 1], columns: 6, seed: 9)
        let scales = [1, 1e-6, 1e-12, 1e-18]
        for (row, scale) in scales.enumerated() { matrix.row(row).scale(by: scale) }
        // Orthonormal rows, scaled: the scales are the singular values.
        for (found, expected) in zip(try SingularValues.values(of: matrix), scales) {
            #expect(abs(found / expected - 1) < 1e-14)
        }
    }

    @Test func nothingHasNone() throws {
        #expect(try SingularValues.values(of: Matrix(rows: 0, columns: 3)) == [])
        #expect(try SingularValues.values(of: Matrix(rows: 2, columns: 3)) == [0, 0])
    }

    @Test func notANumberIsNoValue() {
        let matrix = Matrix<Double>(rows: 2, columns: 2)
        matrix[0, 0] = .nan
        #expect(throws: FactorisationFailure.self) { try SingularValues.values(of: matrix) }
    }
}

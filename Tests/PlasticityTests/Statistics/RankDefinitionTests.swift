import LinearAlgebra
import Plasticity
import TestSupport
import Testing

@Suite struct RankDefinitionTests {
    /// A matrix U diag(σ) Vᵀ of whole orthogonal matrices: products of Householder reflections, each orthogonal to
    /// rounding.
    private static func matrix(_ values: [Double], rows: Int, columns: Int) -> Matrix<Double> {
        let result = Matrix<Double>(rows: rows, columns: columns)
        for (index, value) in values.enumerated() { result[index, index] = value }
        var source = RandomSource(seed: 3, stream: "reflections")
        for _ in 0..<3 {
            let left = Vector<Double>(count: rows)
            left.fillNormal(using: &source)
            let right = Vector<Double>(count: columns)
            right.fillNormal(using: &source)
            for column in 0..<columns {
                let projection = (0..<rows).reduce(0) { $0 + left[$1] * result[$1, column] } * 2 / left.dot(left)
                for row in 0..<rows { result[row, column] -= projection * left[row] }
            }
            for row in 0..<rows {
                let projection = result.row(row).dot(right) * 2 / right.dot(right)
                result.row(row).add(-projection, right)
            }
        }
        return result
    }

    private static func spectrum(_ values: [Double], rows: Int = 9, columns: Int = 7) throws -> SingularSpectrum {
        try SingularSpectrum(of: matrix(values, rows: rows, columns: columns))
    }

    /// Oracle: counting and summing by hand. σ = 4, 2, 1, 0.05, 0.03, 0.004, 0 (Σ = 7.084, Σσ² = 21.003416).
    @Test func countsAreThoseByHand() throws {
        let spectrum = try Self.spectrum([4, 2, 1, 0.05, 0.03, 0.004, 0])
        #expect(RankDefinition.exact.value(of: spectrum) == 6)
        #expect(RankDefinition.numerical.value(of: spectrum) == 4)
        // 4 + 2 + 1 is 98.8 % of the sum, 7.05 is 99.5 %.
        #expect(RankDefinition.srank.value(of: spectrum) == 4)
        // 16 + 4 is 95.2 % of the squares, 21 is 99.98 %.
        #expect(RankDefinition.energy.value(of: spectrum) == 3)
        // √9 = 3: 0.03/3 is 0.01 to rounding, so 0.05/3 is the last for sure; 4, 2, 1, 0.05 exceed 0.01 · 3.
        #expect(RankDefinition.absolute.value(of: try Self.spectrum([4, 2, 1, 0.05, 0.029, 0.004, 0])) == 4)
        // 16 ulps: σ come within a few ulps of the largest.
        let stable = try #require(RankDefinition.stable.value(of: spectrum))
        #expect(abs(stable / (21.003416 / 16) - 1) < 4e-15)
    }

    /// Oracle: closed forms. k equal σ have entropy rank k and stable rank k; σ = 2⁻ⁱ, i ≥ 0, have Σp log(1/p) = 2 log 2
    /// in the limit, so an entropy rank of 4, and a stable rank of 4/3; what 53 of them leave out is below eps.
    @Test func closedForms() throws {
        let equal = try Self.spectrum([3, 3, 3, 3, 0, 0, 0])
        for definition in RankDefinition.scaleFree {
            let rank = try #require(definition.value(of: equal))
            #expect(abs(rank - 4) < 1e-13, "\(definition)")
        }
        let powers = SingularSpectrum(
            values: (0..<60).map { 1 / Double(1 << $0) }, rows: 60, columns: 60, precision: Double.ulpOfOne,
            resolution: Double.ulpOfOne)
        #expect(abs(try #require(RankDefinition.entropy.value(of: powers)) - 4) < 1e-13)
        #expect(abs(try #require(RankDefinition.stable.value(of: powers)) - 4.0 / 3) < 1e-13)
        // 1 − 2⁻ᵏ ≥ 0.99 from k = 7, 1 − 4⁻ᵏ from k = 4; 2⁻ⁱ > 0.01 up to i = 6.
        #expect(RankDefinition.srank.value(of: powers) == 7)
        #expect(RankDefinition.energy.value(of: powers) == 4)
        #expect(RankDefinition.numerical.value(of: powers) == 7)
    }

    /// Oracle: the definitions, which do not know the scale; the absolute one does.
    @Test(arguments: [1e-6, 3.0, 1e6])
    func ranksDoNotKnowTheScale(_ scale: Double) throws {
        let values = [4, 2, 1, 0.05, 0.02, 0.004, 0.001]
        let one = try Self.spectrum(values)
        let other = try Self.spectrum(values.map { $0 * scale })
        for definition in RankDefinition.scaleFree {
            let (a, b) = (try #require(definition.value(of: one)), try #require(definition.value(of: other)))
            #expect(abs(a - b) < 1e-13 * a, "\(definition)")
        }
        #expect(RankDefinition.absolute.value(of: one) != RankDefinition.absolute.value(of: other))
    }

    /// Single precision goes through the Gram matrix. Oracle: the same matrix's σ by LAPACK, to which rounding 63 numbers
    /// to single precision adds at most 63 · 2⁻²⁴ of the largest; the ranks' thresholds are further from every σ.
    @Test(arguments: [(9, 7), (7, 9), (40, 7)])
    func theGramMatrixLosesNothingThatMatters(_ size: (rows: Int, columns: Int)) throws {
        let values = [4, 2, 1, 0.06, 0.03, 0.004, 0]
        let wide = Self.matrix(values, rows: size.rows, columns: size.columns)
        let exact = try SingularSpectrum(of: wide)
        let single = Matrix<Float>(rows: size.rows, columns: size.columns)
        for row in 0..<size.rows { single.row(row).assign(Vector(converting: wide.row(row))) }
        let gram = try SingularSpectrum(of: single)
        #expect(gram.values.count == 7)
        for (a, b) in zip(gram.values, exact.values) { #expect(abs(a - b) < 63 * 0x1p-24 * 4) }
        for definition in [RankDefinition.exact, .numerical, .srank, .energy] {
            #expect(definition.value(of: gram) == definition.value(of: exact), "\(definition)")
        }
        // And more: in double from the very numbers in single, the roots agree to order · eps σ₁²/σ.
        let widened = Matrix<Double>(rows: size.rows, columns: size.columns)
        for row in 0..<size.rows { widened.row(row).assign(single.row(row).doubles) }
        let reference = try SingularSpectrum(of: widened)
        for (a, b) in zip(gram.values, reference.values) where b > 1e-3 {
            #expect(abs(a - b) < 40 * Double.ulpOfOne * 16 / b)
        }
    }

    /// Nothing is made up for a matrix of zeros, and no rank is 0/0.
    @Test func zerosHaveNoRankThatDivides() throws {
        let zero = try Self.spectrum([0, 0, 0, 0, 0, 0, 0])
        #expect(RankDefinition.exact.value(of: zero) == 0)
        #expect(RankDefinition.numerical.value(of: zero) == 0)
        #expect(RankDefinition.absolute.value(of: zero) == 0)
        for definition in [RankDefinition.srank, .energy, .entropy, .stable] {
            #expect(definition.value(of: zero) == nil, "\(definition)")
        }
    }

    /// Oracle: one-sided Jacobi, which shares no line with LAPACK; both are within rounding of the largest.
    @Test(arguments: [(1, 1), (30, 4), (4, 30), (33, 33)])
    func lapackAgreesWithJacobi(_ size: (rows: Int, columns: Int)) throws {
        let matrix = Matrix<Double>(rows: size.rows, columns: size.columns)
        var source = RandomSource(seed: 5, stream: "matrix")
        matrix.elements.fillNormal(using: &source)
        let jacobi = try SingularValues.values(of: matrix)
        let lapack = try SingularValues.denseValues(of: matrix)
        #expect(lapack.count == jacobi.count)
        for (a, b) in zip(lapack, jacobi) { #expect(abs(a - b) < 1e-14 * Double(size.rows + size.columns) * jacobi[0]) }
    }
}

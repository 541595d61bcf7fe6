import Krylov
import LinearAlgebra
import Testing

@Suite struct KnownSpectrumTests {
    /// Oracle: LAPACK's eigenvalues of the matrix that the products with unit vectors make. Each column is off by the
    /// rounding of its product, log₂ n + 2 sums one after another; the matrix by √n times that, and LAPACK adds about as
    /// much (both far below their bounds, in which n stands for √n).
    @Test(arguments: SpectrumExample.allCases)
    func theEigenvaluesAreThoseOfTheMatrix(_ example: SpectrumExample) throws {
        let known: KnownSpectrum<Double> = example.known()
        let matrix = dense(known)
        let order = known.dimension
        let scale = known.eigenvalues.map(abs).max()!
        let rounding = 10 * Double(order).squareRoot() * Double.ulpOfOne * scale
        for row in 0..<order {
            for column in 0..<row { #expect(abs(matrix[row, column] - matrix[column, row]) <= rounding) }
        }
        let values = try SymmetricEigenvalues.values(of: matrix)
        #expect(zip(values, known.eigenvalues).allSatisfy { abs($0 - $1) <= rounding })
        #expect(known.eigenvalues == known.eigenvalues.sorted())
    }

    /// Multiplicities and sizes are the case's own words.
    @Test func theExamplesAreWhatTheyAreCalled() {
        func count(_ example: SpectrumExample, _ value: Double) -> Int {
            example.known(Double.self).eigenvalues.filter { abs($0 - value) <= 1e-12 }.count
        }
        #expect([8, 4, -3, 1, 0].map { count(.multiplicities, $0) } == [5, 3, 2, 118, 128])
        #expect(count(.rankThree, 0) == 197 && count(.laplacian2D, 4) == 24)
        let sizes = SpectrumExample.allCases.map { $0.known(Float.self).dimension }
        #expect(sizes == [1024, 512, 256, 200, 128, 21, 500, 576])
        let pairs = SpectrumExample.pairs.known(Double.self).eigenvalues
        #expect(zip(pairs, pairs.reversed()).allSatisfy { $0 == -$1 })
    }

    /// No axis is an eigenvector of a mixed operator: all but a few hundredths of a column's square lie off the diagonal.
    @Test func mixingLeavesNoAxis() {
        let known = KnownSpectrum<Double>.mixed((0..<64).map { $0 < 32 ? 1 : -1 })
        let matrix = dense(known)
        let diagonal = (0..<64).map { matrix[$0, $0] * matrix[$0, $0] }
        #expect(diagonal.reduce(0, +) / 64 < 0.1 && diagonal.max()! > 0)
    }

    /// Oracle: the product in double precision, rounded.
    @Test(arguments: SpectrumExample.allCases)
    func singlePrecisionIsTheSameOperator(_ example: SpectrumExample) throws {
        let single: KnownSpectrum<Float> = example.known()
        let double: KnownSpectrum<Double> = example.known()
        let start = Spectra.start(single.dimension, Float.self)
        let wide = try double.product(with: Vector<Double>(converting: start))
        #expect(try single.product(with: start).array == Vector<Float>(converting: wide).array)
    }

    private func dense(_ known: KnownSpectrum<Double>) -> Matrix<Double> {
        let matrix = Matrix<Double>(rows: known.dimension, columns: known.dimension)
        let unit = Vector<Double>(count: known.dimension)
        for row in 0..<known.dimension {
            unit.fill(0)
            unit[row] = 1
            known.apply(to: [unit], into: [matrix.row(row)])
        }
        return matrix
    }
}

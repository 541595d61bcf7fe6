import Krylov
import LinearAlgebra
import Testing

@Suite struct DiagonalEstimateTests {
    /// Closed form: an entry's variance is Σ_{j ≠ i} aᵢⱼ² / M. Over 150 entries the mean of ((d̂ − d)/σ)² is 1 with a
    /// standard deviation of about √(2/150) = 0.12 for entries that were independent; five times that is allowed. Of the
    /// entries' own 95 % intervals (t with 39 degrees of freedom) 90 to 99 % hold the truth.
    @Test(arguments: Ensemble.allCases)
    func entriesAndTheirErrors(_ ensemble: Ensemble) throws {
        let matrix = ensemble.matrix
        let probes = 40
        let found = try diagonalEstimate(of: DenseOperator(matrix), products: probes, seed: 5)
        let errors = try #require(found.standardErrors)
        var chiSquare = 0.0
        var covered = 0
        for row in 0..<Ensemble.order {
            let variance = (0..<Ensemble.order).reduce(0) { $0 + ($1 == row ? 0 : matrix[row, $1] * matrix[row, $1]) }
            let deviation = found.values[row] - matrix[row, row]
            chiSquare += deviation * deviation / (variance / Double(probes)) / Double(Ensemble.order)
            let estimate = Estimate(
                value: found.values[row], standardError: errors[row], degreesOfFreedom: Double(probes - 1))
            if try #require(estimate.interval()).contains(matrix[row, row]) { covered += 1 }
        }
        #expect(abs(chiSquare - 1) < 0.6, "\(chiSquare)")
        #expect(covered >= 135 && covered <= 149, "\(covered) of 150")
        #expect(found.products == probes && !found.isExact)
    }

    /// Signs see a diagonal matrix without error, and as many products as dimensions see any.
    @Test func diagonalsAreExact() throws {
        let values = (1...60).map { 1 / Double($0) }
        let signs = try diagonalEstimate(of: Spectra.diagonal(values, Float.self), products: 5)
        for (found, expected) in zip(signs.values.array, values) { #expect(found == Float(expected)) }
        // s² is a difference of two squares, each rounded at eps of double: √eps of the entry.
        #expect(try #require(signs.rootMeanSquareError) < 2e-8)
        let matrix = Ensemble.pairs.matrix
        let exact = try diagonalEstimate(of: DenseOperator(matrix), products: 150)
        #expect(exact.isExact && exact.rootMeanSquareError == 0)
        #expect((0..<150).allSatisfy { exact.values[$0] == matrix[$0, $0] })
        #expect(try diagonalEstimate(of: DenseOperator(matrix), products: 1).standardErrors == nil)
    }
}

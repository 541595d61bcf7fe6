import Checkpoints
import Files
import Foundation
import LinearAlgebra
import Networks
import TestSupport
import Testing

@testable import Landscape

/// Oracles: the reference cases, and matrices whose spectra are closed forms.
@Suite struct GradientCovarianceTests {
    typealias Covariance = GradientCovariance<Double>

    @Test(arguments: ReferenceCase.names) func doublePrecision(_ name: String) throws { try check(name, Double.self) }

    @Test(arguments: ReferenceCase.names) func singlePrecision(_ name: String) throws { try check(name, Float.self) }

    /// Oracle: PyTorch's matrices and spectra. An eigenvalue is off by at most the norm of the matrix's error (Weyl),
    /// hence relative to the largest.
    private func check<Element: Scalar>(_ name: String, _: Element.Type) throws {
        let reference = try ReferenceCase(name)
        let linearised: LinearisedNetwork<Element> = try reference.linearised(directions: 0)
        let tolerance = Element.referenceTolerance
        let cosines = try GradientCovariance(linearised)
        let expected = try reference.expected.doubles("gradient_cosine")
        #expect(relativeError(cosines.matrix.elements.doubles, expected) < tolerance)
        try checkSpectrum(cosines.eigenvalues, "gradient_cosine_eigenvalues", of: reference, tolerance)
        #expect(cosines.zeroGradients == 0)
        #expect((0..<linearised.exampleCount).allSatisfy { cosines.matrix[$0, $0] == 1 })

        let centred = try GradientCovariance(linearised, .init(normalisation: .none, isCentred: true))
        try checkSpectrum(centred.eigenvalues, "gradient_covariance_eigenvalues", of: reference, tolerance)
        let raw = try GradientCovariance(linearised, .init(normalisation: .none))
        let gram = try reference.expected.doubles("gradient_gram")
        #expect(relativeError(raw.matrix.elements.doubles, gram) < tolerance)

        // The slow and obvious statistics of the expected cosines.
        let count = linearised.exampleCount
        let off = expected.enumerated().filter { $0.offset / count != $0.offset % count }.map(\.element)
        #expect(abs(cosines.meanOffDiagonal - off.reduce(0, +) / Double(off.count)) < tolerance)
        // Entries within the tolerance of 0 may fall to either side.
        let sure = off.count { $0 < -tolerance }
        let unsure = off.count { abs($0) <= tolerance }
        let found = cosines.negativeFraction * Double(off.count)
        #expect(found > Double(sure) - 0.5 && found < Double(sure + unsure) + 0.5)
    }

    /// All hold for the matrix of a network's own gradients, in either precision; against another network's gradient the
    /// sum of the inner products is seen to be wrong.
    @Test func certificatesHoldAndFail() throws {
        try certify(Float.self)
        try certify(Double.self)
    }

    private func certify<Element: Scalar>(_: Element.Type) throws {
        for name in ["mlp_relu_mse", "mlp_tanh_cross_entropy"] {
            let linearised: LinearisedNetwork<Element> = try ReferenceCase(name).linearised(directions: 0)
            for configuration: GradientCovariance<Element>.Configuration in [.init(), .init(normalisation: .none)] {
                let found = try GradientCovariance(linearised, configuration).certificates(of: linearised, seed: 1)
                #expect(found.failed.isEmpty && found.list.count == 4, "\(name): \(found.failed)")
            }
        }
        let one: LinearisedNetwork<Element> = try ReferenceCase("mlp_relu_mse").linearised(directions: 0)
        let other: LinearisedNetwork<Element> = try ReferenceCase("mlp_tanh_cross_entropy").linearised(directions: 0)
        let wrong = try GradientCovariance(one).certificates(of: other, seed: 1)
        #expect(wrong.failed.map(\.name) == ["mean gradient"])
    }

    private func checkSpectrum(_ found: [Double], _ key: String, of reference: ReferenceCase, _ tolerance: Double)
        throws
    {
        let exact = try reference.expected.doubles(key).sorted(by: >)
        #expect(found.count == exact.count && found == found.sorted(by: >))
        for (value, wanted) in zip(found, exact) { #expect(abs(value - wanted) < tolerance * exact[0], "\(key)") }
    }

    /// Closed form: n orthogonal gradients. Entropy log n, all ranks n; eps-level rounding of n terms.
    @Test func orthogonalGradientsHaveFullRank() throws {
        let found = try covariance(7) { $0 == $1 ? 4 : 0 }
        #expect(found.eigenvalues.allSatisfy { abs($0 - 1) < 1e-14 })
        #expect(abs(found.effectiveRank - 7) < 1e-12 && abs(found.stableRank - 7) < 1e-12 && found.trace == 7)
        #expect(found.meanOffDiagonal == 0 && found.negativeFraction == 0)
        // Centred: (1/n)(I − 11ᵀ/n) has the eigenvalue 1/n six times, and 0.
        let centred = try covariance(7, .init(isCentred: true)) { $0 == $1 ? 4 : 0 }
        #expect(centred.eigenvalues.dropLast().allSatisfy { abs($0 - 1.0 / 7) < 1e-15 })
        #expect(abs(centred.eigenvalues[6]) < 1e-15 && abs(centred.effectiveRank - 6) < 1e-10)
    }

    /// Closed form: gradients sᵢ cᵢ g with signs sᵢ, a of one and b of the other. Cosines ±1, rank one, and
    /// 2ab negative entries of n(n − 1), whose sum is (a − b)² − n.
    @Test(arguments: [(5, 0), (4, 3), (1, 6)]) func collinearGradientsHaveRankOne(_ a: Int, _ b: Int) throws {
        let size = a + b
        let factors = (0..<size).map { ($0 < a ? 1.0 : -1) * Double($0 + 1) }
        let found = try covariance(size) { factors[$0] * factors[$1] }
        #expect(abs(found.eigenvalues[0] - Double(size)) < 1e-13)
        #expect(found.eigenvalues.dropFirst().allSatisfy { abs($0) < 1e-14 })
        // A rounding eigenvalue ε of size 1e-14 adds −ε log ε, 4e-13.
        #expect(abs(found.effectiveRank - 1) < 1e-11 && abs(found.stableRank - 1) < 1e-13)
        let pairs = Double(size * (size - 1))
        #expect(found.negativeFraction == Double(2 * a * b) / pairs)
        #expect(abs(found.meanOffDiagonal - Double((a - b) * (a - b) - size) / pairs) < 1e-14)
    }

    /// Closed form: two blocks of equal gradients, a and b of n, orthogonal to each other: eigenvalues a and b.
    @Test func blocksHaveTheirSizesAsEigenvalues() throws {
        let found = try covariance(9) { ($0 < 6) == ($1 < 6) ? 1 : 0 }
        #expect(abs(found.eigenvalues[0] - 6) < 1e-13 && abs(found.eigenvalues[1] - 3) < 1e-13)
        let entropy = -(2.0 / 3 * log(2.0 / 3) + 1.0 / 3 * log(1.0 / 3))
        #expect(abs(found.effectiveRank - exp(entropy)) < 1e-11 && abs(found.stableRank - 1.5) < 1e-13)
        #expect(found.meanOffDiagonal == Double(6 * 5 + 3 * 2) / 72)
    }

    /// Oracle: the covariance (1/n) Σ (gᵢ − ḡ)(gᵢ − ḡ)ᵀ formed from explicit gradients in five dimensions.
    @Test func centringGivesTheSpectrumOfTheCovariance() throws {
        var source = RandomSource(seed: 3)
        let gradients = (0..<12).map { _ in (0..<5).map { _ in source.normal() + 2 } }
        let means = (0..<5).map { k in gradients.reduce(0) { $0 + $1[k] } / 12 }
        let dense = Matrix<Double>(rows: 5, columns: 5)
        for row in 0..<5 {
            for column in 0..<5 {
                dense[row, column] =
                    gradients.reduce(0) { $0 + ($1[row] - means[row]) * ($1[column] - means[column]) } / 12
            }
        }
        let exact = try SymmetricEigenvalues.values(of: dense).reversed() + Array(repeating: 0, count: 7)
        let found = try covariance(12, .init(normalisation: .none, isCentred: true)) {
            dot(gradients[$0], gradients[$1])
        }
        for (value, wanted) in zip(found.eigenvalues, exact) { #expect(abs(value - wanted) < 1e-14 * 12 * 12) }
    }

    /// A gradient that is zero has no cosine: its row is 0, and it is counted. Nothing else changes.
    @Test func zeroGradientsAreSetToZeroAndCounted() throws {
        let found = try covariance(4) { $0 == 2 || $1 == 2 ? 0 : ($0 == $1 ? 9 : 4.5) }
        #expect(found.zeroGradients == 1)
        #expect((0..<4).allSatisfy { found.matrix[2, $0] == 0 && found.matrix[$0, 2] == 0 })
        #expect(abs(found.matrix[0, 1] - 0.5) < 1e-15 && abs(found.trace - 3) < 1e-15)
        let none = try covariance(3) { _, _ in 0 }
        #expect(none.zeroGradients == 3 && none.effectiveRank == 0 && none.stableRank == 0)
        #expect(none.negativeFraction == 0 && none.eigenvalues == [0, 0, 0])
    }

    @Test func oneExampleHasOneEigenvalueAndNoPairs() throws {
        let found = try covariance(1) { _, _ in 2 }
        #expect(found.eigenvalues == [1] && found.meanOffDiagonal == 0 && found.negativeFraction == 0)
    }

    /// A result must not hold a NaN or an infinity: gradients too large for the precision are refused.
    @Test func innerProductsThatOverflowAreRefused() throws {
        let fault = #expect(throws: Fault.self) { try covariance(3) { $0 == 1 && $1 == 1 ? .infinity : 1 } }
        #expect(fault?.kind == .data)
    }

    /// Oracle: the matrix is its own transpose, to the bit, in either normalisation.
    @Test func theMatrixIsSymmetric() throws {
        let linearised: LinearisedNetwork<Float> = try RandomProblem(seed: 4, examples: 300).linearised(directions: 0)
        for normalisation in GradientCovariance<Float>.Normalisation.allCases {
            for centred in [false, true] {
                let matrix = try GradientCovariance(
                    linearised, .init(normalisation: normalisation, isCentred: centred)
                ).matrix
                let turned = Matrix<Float>(rows: matrix.columns, columns: matrix.rows)
                turned.assign(transposed: matrix)
                #expect(turned.array == matrix.array, "\(normalisation), centred \(centred)")
            }
        }
    }

    /// Oracle: the bytes of one thread.
    @Test func threadsChangeNoByte() throws {
        let found = try [1, 2, 3].map { count in
            let linearised: LinearisedNetwork<Float> = try RandomProblem(seed: 6, examples: 600)
                .linearised(directions: 0, workers: Workers(count))
            return try GradientCovariance(linearised)
        }
        for other in found.dropFirst() {
            #expect(other.matrix.array == found[0].matrix.array && other.eigenvalues == found[0].eigenvalues)
        }
    }

    private func covariance(
        _ size: Int, _ configuration: Covariance.Configuration = .init(), _ entry: (Int, Int) -> Double
    ) throws -> Covariance {
        let matrix = Matrix<Double>(rows: size, columns: size)
        for row in 0..<size { for column in 0..<size { matrix[row, column] = entry(row, column) } }
        return try Covariance(innerProducts: matrix, configuration)
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}

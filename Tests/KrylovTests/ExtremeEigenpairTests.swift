import Krylov
import LinearAlgebra
import Testing

@Suite struct ExtremeEigenpairTests {
    /// Oracle: the diagonal. An eigenvalue lies within the residual of each θ, plus the rounding of the residual itself
    /// and of the diagonal, 2 eps‖A‖; and θ being a Rayleigh quotient, it is nearer than that.
    private func check<Element: Scalar>(
        _ values: [Double], expected: [Double], _ configuration: ExtremeConfiguration, _ type: Element.Type
    ) throws -> ExtremeEigenpairs<Element> {
        let target = Spectra.diagonal(values, type)
        let result = try extremeEigenpairs(of: target, count: expected.count, configuration)
        #expect(result.converged && result.pairs.count == expected.count)
        let scale = values.map { abs($0) }.max()!
        let rounding = Spectra.epsilon(type) * scale
        for (pair, exact) in zip(result.pairs, expected) {
            #expect(abs(pair.value - exact) <= pair.residual + 2 * rounding, "\(pair.value) for \(exact)")
            // 60 eps‖A‖ is the rounding that counts as converged, with ‖T‖'s estimate up to twice too large.
            #expect(pair.residual <= max(configuration.tolerance * abs(pair.value), 60 * rounding))
            let image = try target.product(with: pair.vector)
            image.add(Element(-pair.value), pair.vector)
            #expect(abs(image.norm / pair.vector.norm - pair.residual) <= 3 * rounding)
        }
        return result
    }

    /// Power iteration does not separate +10 from −9.9; Lanczos must, with the ends named.
    @Test func bothSignsOfAlmostEqualMagnitude() throws {
        let bulk = (0..<800).map { -1 + Double($0) / 400 }
        let result = try check(
            bulk + [10, -9.9], expected: [10, -9.9], ExtremeConfiguration(tolerance: 1e-5), Float.self)
        #expect(result.pairs.map(\.end) == [.largest, .smallest])
    }

    @Test(arguments: SpectrumEnd.allCases)
    func everyEnd(_ end: SpectrumEnd) throws {
        let values = Spectra.clustered(bulk: 600)
        let expected: [Double] =
            switch end {
            case .largestMagnitude: [20, 19.98, 19.96, 11.02, 11]
            case .largest: [20, 19.98, 19.96, 11.02, 11]
            case .smallest: [-4.02, -4]
            case .both: [20, -4.02, 19.98, -4, 19.96]
            }
        _ = try check(values, expected: expected, ExtremeConfiguration(end: end, tolerance: 1e-8), Double.self)
        _ = try check(values, expected: expected, ExtremeConfiguration(end: end, tolerance: 1e-5), Float.self)
    }

    /// A basis of 16 vectors is too small for values 2 % apart without restarts.
    @Test func restartsKeepWhatIsFound() throws {
        let values = (0..<2000).map { edge($0) }
        let expected = Array(values.sorted(by: >).prefix(4))
        let configuration = ExtremeConfiguration(end: .largest, tolerance: 1e-6, maximumSteps: 4000, basisLimit: 16)
        let double = try check(values, expected: expected, configuration, Double.self)
        #expect(double.restarts > 0 && double.orthogonalityLoss <= 100 * Double.ulpOfOne)
        let single = try check(values, expected: expected, configuration, Float.self)
        #expect(single.restarts > 0 && single.orthogonalityLoss <= 100 * Spectra.epsilon(Float.self))
    }

    private func edge(_ index: Int) -> Double { (1 - Double(index) / 2001) * (1 - Double(index) / 2001) * 4 }

    /// No ghosts: a long run on few outliers and a wide bulk names each outlier once.
    @Test func noValueTwice() throws {
        let values = Spectra.clustered(bulk: 1000)
        let target = Spectra.diagonal(values, Float.self)
        let result = try extremeEigenpairs(
            of: target, count: 11, ExtremeConfiguration(tolerance: 1e-5, maximumSteps: 400))
        let found = result.pairs.map(\.value).sorted()
        for (value, exact) in zip(found, Spectra.outliers.sorted()) {
            #expect(abs(value - exact) <= 20 * Spectra.epsilon(Float.self) * 20)
        }
    }

    /// What has not converged is handed over as such.
    @Test func nonConvergenceIsReported() throws {
        let values = (0..<3000).map { Double($0) / 3000 }
        let result = try extremeEigenpairs(
            of: Spectra.diagonal(values, Double.self), count: 3,
            ExtremeConfiguration(end: .largest, tolerance: 1e-10, maximumSteps: 8))
        #expect(result.stop == .productLimit && result.isPartial && !result.converged)
        #expect(result.pairs.count == 3 && result.products == 11)
        for pair in result.pairs {
            #expect(!pair.converged && pair.residual > 1e-10)
            // Whatever it is, an eigenvalue lies within its residual.
            #expect(values.contains { abs($0 - pair.value) <= pair.residual })
        }
    }

    /// Low rank: the Krylov space ends after four steps, and the rest of the zeros is found outside it.
    @Test func anExhaustedSpaceIsLeft() throws {
        let matrix = Spectra.dense(values: [3, 2, -1], dimension: 200, seed: 4)
        let result = try extremeEigenpairs(of: DenseOperator(matrix), count: 10)
        #expect(result.stop == .converged && result.converged && result.pairs.count == 10)
        #expect(result.verification.isVerified && result.verification.missProbability == 0)
        for (pair, exact) in zip(result.pairs, [3.0, 2, -1] + [Double](repeating: 0, count: 7)) {
            #expect(abs(pair.value - exact) <= 20 * Double.ulpOfOne * 3)
        }
        // 4 for what the start vector sees, 6 zeros more, 1 to verify, 10 residuals.
        #expect(result.products == 21)
    }

    @Test func smallSpacesAreExhausted() throws {
        let zero = try extremeEigenpairs(
            of: Spectra.diagonal([Double](repeating: 0, count: 9), Float.self), count: 2)
        #expect(zero.converged && zero.pairs.map(\.value) == [0, 0])
        let all = try extremeEigenpairs(
            of: Spectra.diagonal([Double](repeating: 0, count: 3), Float.self), count: 5)
        #expect(all.stop == .exhausted && all.converged && all.pairs.map(\.value) == [0, 0, 0])
        let one = try extremeEigenpairs(of: Spectra.diagonal([-7], Float.self), count: 2)
        #expect(one.exhausted && one.pairs.count == 1 && one.pairs[0].value == -7 && one.verification.isVerified)
    }

    @Test func sameBytesForAnyWorkers() throws {
        let values = Spectra.clustered(bulk: 100_000)
        let target = Spectra.diagonal(values, Float.self)
        let runs = try [1, 2, 3].map { workers in
            try extremeEigenpairs(
                of: target, count: 3,
                ExtremeConfiguration(tolerance: 1e-4, basisLimit: 10, workers: Workers(workers))
            ).pairs.map { [$0.value, $0.residual] }
        }
        #expect(runs[0] == runs[1] && runs[0] == runs[2])
    }
}

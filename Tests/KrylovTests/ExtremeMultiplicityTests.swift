import Krylov
import LinearAlgebra
import Testing

/// Eigenvalues as often as they are: exact multiplicities, clusters, pairs of opposite sign.
@Suite struct ExtremeMultiplicityTests {
    /// Oracle: the diagonal.
    private func search<Element: Scalar>(
        _ values: [Double], _ count: Int, _ configuration: ExtremeConfiguration, _: Element.Type,
        location: SourceLocation = #_sourceLocation
    ) throws -> ExtremeEigenpairs<Element> {
        let target = Spectra.diagonal(values, Element.self)
        let result = try extremeEigenpairs(of: target, count: count, configuration)
        let best =
            switch configuration.end {
            case .largestMagnitude: values.sorted { abs($0) > abs($1) }
            case .largest, .both: values.sorted(by: >)
            case .smallest: values.sorted()
            }
        try expectExact(
            result, Array(best.prefix(count)), of: target, scale: values.map { abs($0) }.max()!, location: location)
        return result
    }

    /// 5 three times among the ten of largest magnitude: a single Krylov space shows ten others, two of them too small.
    @Test(arguments: 0..<12)
    func threeCopiesAmongTen(_ seed: UInt64) throws {
        let bulk = (0..<700).map { -1 + Double($0) / 350 }
        let values = bulk + [12, 9, -8, 7, 5, 5, 5, 4, 3.5, -3, 2.5, -2.4, 2.3]
        var configuration = ExtremeConfiguration(tolerance: 1e-3, seed: seed)
        let single = try search(values, 10, configuration, Float.self)
        #expect(single.verification.isVerified && single.verification.findings >= 1)
        configuration.tolerance = 1e-9
        _ = try search(values, 10, configuration, Double.self)
    }

    /// What the verification is for: without it the ten values are right ones, but some of them are not wanted; and of a
    /// verification that may not be long enough the result says so.
    @Test func withoutVerificationCopiesAreMissed() throws {
        let bulk = (0..<700).map { -1 + Double($0) / 350 }
        let values = bulk + [12, 9, -8, 7, 5, 5, 5, 4, 3.5, -3, 2.5, -2.4, 2.3]
        let target = Spectra.diagonal(values, Float.self)
        var configuration = ExtremeConfiguration()
        configuration.missProbability = 1
        let result = try extremeEigenpairs(of: target, count: 10, configuration)
        #expect(result.converged && result.verification.rounds == 0 && !result.verification.isVerified)
        #expect(result.pairs.count { abs($0.value - 5) < 0.01 } < 3)
        configuration.missProbability = 1e-9
        configuration.verificationLimit = 6
        let short = try extremeEigenpairs(of: target, count: 10, configuration)
        #expect(short.converged && !short.verification.isVerified && short.verification.missProbability > 1e-9)
    }

    /// Closed form: −Δ on a square, whose ten largest are one and four pairs and one. In single precision these seeds came
    /// upon a second copy of the last pair by rounding, left it as a residual when the search ended, and verified around it.
    @Test(arguments: [25, 119, 130, 144, 171, 172, 199])
    func copiesThatRoundingHasBegun(_ seed: UInt64) throws {
        let target = SpectrumExample.laplacian2D.known(Float.self)
        let result = try extremeEigenpairs(
            of: target, count: 10, ExtremeConfiguration(tolerance: 1e-4, maximumSteps: 20_000, seed: seed))
        try expectExact(
            result, Array(target.eigenvalues.sorted(by: >).prefix(10)), of: target, scale: target.eigenvalues.last!)
    }

    /// Whatever the spectrum, the count, the end, the block and the room: small whole numbers often repeated, so that the
    /// wanted ones are exact copies more often than not.
    @Test(arguments: 0..<60)
    func anySpectrum(_ seed: UInt64) throws {
        var source = RandomSource(seed: seed, stream: "any spectrum")
        let dimension = 8 + source.index(below: 180)
        let kinds = 1 + source.index(below: 40)
        let values = (0..<dimension).map { _ in Double(source.index(below: kinds)) - Double(kinds / 3) + 0.25 }
        let count = 1 + source.index(below: min(12, dimension))
        let end = SpectrumEnd.allCases[source.index(below: 4)]
        var configuration = ExtremeConfiguration(end: end, tolerance: 1e-6, maximumSteps: 5000, seed: seed)
        configuration.blockSize = 1 + source.index(below: 3)
        if source.index(below: 2) == 0 { configuration.basisLimit = count + 3 + source.index(below: 20) }
        let target = Spectra.diagonal(values, Double.self)
        let result = try extremeEigenpairs(of: target, count: count, configuration)
        let sorted = values.sorted()
        let expected =
            switch end {
            case .largestMagnitude: Array(values.sorted { abs($0) > abs($1) }.prefix(count))
            case .largest: Array(sorted.suffix(count))
            case .smallest: Array(sorted.prefix(count))
            case .both: Array(sorted.suffix((count + 1) / 2) + sorted.prefix(count / 2))
            }
        try expectExact(result, expected, of: target, scale: values.map { abs($0) }.max()!)
    }

    /// Only four distinct values: every Krylov space is exhausted after four steps.
    @Test(arguments: [1, 2, 3])
    func fourDistinctValues(_ block: Int) throws {
        let values = (0..<400).map { [4.0, 1, -2, -3][$0 % 4] }
        for seed in 0..<4 {
            var configuration = ExtremeConfiguration(tolerance: 1e-5, seed: UInt64(seed))
            configuration.blockSize = block
            _ = try search(values, 12, configuration, Float.self)
            configuration.end = .largest
            _ = try search(values, 12, configuration, Double.self)
        }
    }

    /// The whole spectrum is one value but for one.
    @Test func almostAllTheSame() throws {
        let values = [Double](repeating: 2, count: 300) + [1]
        _ = try search(values, 10, ExtremeConfiguration(end: .largest), Float.self)
        let smallest = try search(values, 3, ExtremeConfiguration(end: .smallest, tolerance: 1e-8), Double.self)
        #expect(smallest.pairs.map(\.end) == [.smallest, .smallest, .smallest])
    }

    /// ±λ of equal modulus, which power iteration cannot tell apart.
    @Test(arguments: 0..<6)
    func pairsOfOppositeSign(_ seed: UInt64) throws {
        let bulk = (0..<500).map { -0.5 + Double($0) / 500 }
        let values = bulk + [6, -6, 5, -5, 4, -4, 3, -3]
        _ = try search(values, 8, ExtremeConfiguration(tolerance: 1e-4, seed: seed), Float.self)
        _ = try search(values, 8, ExtremeConfiguration(tolerance: 1e-10, seed: seed), Double.self)
    }

    /// Twelve orders of magnitude: at the upper end; below it the bound at rounding says how far one can see.
    @Test func geometricDecay() throws {
        let values = (0..<600).map { pow10(-12 * Double($0) / 599) }
        let result = try search(values, 10, ExtremeConfiguration(end: .largest, tolerance: 1e-10), Double.self)
        #expect(!result.isPartial)
        _ = try search(values, 10, ExtremeConfiguration(end: .largest, tolerance: 1e-4), Float.self)
    }

    private func pow10(_ exponent: Double) -> Double {
        // 10^x by halving the exponent, so that no C library decides the spectrum.
        if abs(exponent) < 1e-3 {
            let x = exponent * 2.302585092994046
            return 1 + x * (1 + x / 2 * (1 + x / 3))
        }
        let root = pow10(exponent / 2)
        return root * root
    }

    /// Wilkinson's W21+ eight times over: its largest eigenvalues are two that agree to 14 digits (published:
    /// 10.746194182903322 and 10.746194182903393), so there are sixteen at the top, and sixteen below at 9.2106786…
    /// Oracle: LAPACK on one block.
    @Test func wilkinson() throws {
        let single = Matrix<Double>(rows: 21, columns: 21)
        for row in 0..<21 {
            single[row, row] = abs(Double(row) - 10)
            if row > 0 { (single[row, row - 1], single[row - 1, row]) = (1, 1) }
        }
        let exact = try SymmetricEigenvalues.values(of: single)
        #expect(abs(exact[20] - 10.746194182903393) <= 20 * Double.ulpOfOne * 11)
        let matrix = Matrix<Double>(rows: 168, columns: 168)
        for copy in 0..<8 {
            matrix.rows(copy * 21..<copy * 21 + 21).columns(copy * 21..<copy * 21 + 21).assign(single)
        }
        let expected = exact.flatMap { [Double](repeating: $0, count: 8) }.sorted(by: >).prefix(20)
        let double = DenseOperator(matrix)
        try expectExact(
            try extremeEigenpairs(
                of: double, count: 20, ExtremeConfiguration(end: .largest, tolerance: 1e-8, maximumSteps: 4000)),
            Array(expected), of: double, scale: 11)
        let float = DenseOperator(Spectra.rounded(matrix, Float.self))
        try expectExact(
            try extremeEigenpairs(of: float, count: 20, ExtremeConfiguration(end: .largest, tolerance: 1e-4)),
            Array(expected), of: float, scale: 11)
    }

    /// Oracle: closed form, 4 sin²(πi/(2(n + 1))) in one dimension, sums of two in two, where i ≠ j comes twice.
    @Test func laplacians() throws {
        let line = (1...300).map { laplacian($0, 300) }
        _ = try search(line, 6, ExtremeConfiguration(end: .largest, tolerance: 1e-5, maximumSteps: 4000), Double.self)
        let square = (1...24).flatMap { i in (1...24).map { laplacian(i, 24) + laplacian($0, 24) } }
        for end in [SpectrumEnd.largest, .smallest] {
            let configuration = ExtremeConfiguration(end: end, tolerance: 1e-6, maximumSteps: 4000)
            _ = try search(square, 10, configuration, Double.self)
        }
        _ = try search(square, 10, ExtremeConfiguration(end: .largest, tolerance: 1e-4), Float.self)
    }

    /// 4 sin²(x), x = πi/(2(n + 1)), from the multiples of one angle: 2 − 2 cos(2x) by Chebyshev's recurrence.
    private func laplacian(_ index: Int, _ count: Int) -> Double {
        let step = Double.pi / Double(count + 1)
        // cos of a small angle by its series, to rounding.
        var cosine = 0.0
        var term = 1.0
        for power in 0..<12 {
            cosine += term
            term *= -step * step / Double((2 * power + 1) * (2 * power + 2))
        }
        var (previous, current) = (1.0, cosine)
        for _ in 1..<index { (previous, current) = (current, 2 * cosine * current - previous) }
        return 2 - 2 * current
    }
}

public import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Spectra on which eigenvalue methods are known to fail, by name; see `KnownSpectrum`.
public enum SpectrumExample: String, Sendable, Codable, CaseIterable {
    /// Like a network's Hessian: a bulk of 1013 on [−½, ½] and 11 outliers in clusters, up to 40 times as far out.
    case outliers
    /// λ and −λ of all: power iteration finds neither, and the trace is 0.
    case pairs
    /// Five eigenvalues of multiplicity 2 to 128.
    case multiplicities
    /// 3, 2, −1 and 197 zeros.
    case rankThree = "rank-3"
    /// 128 values from 1 down to 10⁻¹², at equal ratios.
    case geometric
    /// Wilkinson's W21+: pairs that agree to up to 13 digits and are not equal.
    case wilkinson
    /// −Δ on 500 points: no gaps at either end.
    case laplacian1D = "laplacian-1d"
    /// −Δ on 24 × 24 points: most eigenvalues twice, one 24 times.
    case laplacian2D = "laplacian-2d"

    /// The operator, with its eigenvalues.
    public func known<Element: Scalar>(_: Element.Type = Element.self) -> KnownSpectrum<Element> {
        switch self {
        case .outliers: .mixed(Self.bulk(1013) + Self.outlying, provenance: rawValue)
        case .pairs:
            .mixed((Self.pairValues + Self.bulk(496).filter { $0 > 0 }).flatMap { [$0, -$0] }, provenance: rawValue)
        case .multiplicities: .mixed(Self.multiple, provenance: rawValue)
        case .rankThree: .lowRank([3, 2, -1], dimension: 200)
        case .geometric: .mixed((0..<128).map { pow(10, -12 * Double($0) / 127) }, provenance: rawValue)
        case .wilkinson:
            .tridiagonal(
                (0..<21).map { abs(Double($0) - 10) }, offDiagonal: 1, eigenvalues: Self.wilkinsonValues,
                provenance: "Wilkinson's W21+")
        case .laplacian1D: .laplacian(500)
        case .laplacian2D: .laplacian(rows: 24, columns: 24)
        }
    }

    /// `count` values at equal distances from −½ to ½.
    private static func bulk(_ count: Int) -> [Double] { (0..<count).map { -0.5 + Double($0) / Double(count - 1) } }

    private static let outlying = [20, 19.98, 19.96, 11, 11.02, 5, 5.01, 5.02, 5.03, -4, -4.02]

    /// 10 · 0.8ᵏ, eight of them.
    private static let pairValues = (0..<8).map { 10 * pow(0.8, Double($0)) }

    private static let multiple = [(8.0, 5), (4, 3), (-3, 2), (1, 118), (0, 128)].flatMap {
        [Double](repeating: $0.0, count: $0.1)
    }

    /// By the QR method in 40 digits, rounded; the largest two as in Wilkinson, The Algebraic Eigenvalue Problem (1965),
    /// chapter 5, table 6.
    private static let wilkinsonValues = [
        -1.1254415221199842, 0.25380581709667817, 0.94753436752929328, 1.7893213526950814, 2.1302092193625060,
        2.9610588841857267, 3.0430992925788237, 3.9960482013836250, 4.0043540234408567, 4.9997824777429019,
        5.0002444250019131, 6.0002175222570981, 6.0002340315841670, 7.0039517986163750, 7.0039522095286757,
        8.0389411158142733, 8.0389411228290232, 9.2106786473049186, 9.2106786473613321, 10.746194182903322,
        10.746194182903393,
    ]
}

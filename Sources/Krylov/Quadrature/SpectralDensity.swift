public import LinearAlgebra

/// An operator's spectral density φ(t) = 1/P Σ δ(t − λᵢ), estimated from random start vectors.
///
/// `φ(t) = (1/P) Σᵢ δ(t − θᵢ) over the k deflated eigenvalues + (P − k)/P · (1/M) Σ over probes Σ wᵢ δ(t − θᵢ)`.
///
/// Each probe's quadrature estimates the rest without bias as far as its polynomial degree reaches; the spread between
/// the probes tells how far their mean may be off. (A `rademacher` probe that is projected off deflated vectors and
/// scaled to length 1 has a bias of order 1/P relative to its value, far below its spread of order 1/√P.)
///
/// Source: Ubaru, Chen and Saad, SIAM J. Matrix Anal. Appl. 38 (2017); Ghorbani, Krishnan and Xiao, ICML 2019.
public struct SpectralDensity: Sendable, Equatable, Codable {
    /// P, the operator's order.
    public let dimension: Int
    /// The eigenvalues that were taken out, ascending: atoms of weight 1/P each.
    public let outliers: [DeflatedEigenvalue]
    /// Each probe's nodes and weights for what the outliers leave; its weights sum to 1.
    public let probes: [ProbeQuadrature]
    /// The largest loss of orthogonality among the probes' bases, that against the deflated vectors included.
    public let orthogonalityLoss: Double
    /// How often bases were reorthogonalised, all probes together.
    public let reorthogonalisations: Int
    /// Products with the operator, all probes together.
    public let products: Int
    /// The operator's precision: no eigenvalue is known better than this times the largest.
    public let epsilon: Double
    /// Whether the run was ended early: with fewer probes than asked for, or fewer steps where none had finished.
    public let isPartial: Bool
    /// What an adaptive run came to.
    public let adaptation: ProbeAdaptation?

    public init<Element: Scalar>(
        _ decompositions: [LanczosDecomposition<Element>], dimension: Int
    ) throws(FactorisationFailure) {
        precondition(!decompositions.isEmpty, "a spectral density from no probe")
        var probes: [FinishedProbe] = []
        for decomposition in decompositions { probes.append(try FinishedProbe(decomposition)) }
        self.init(
            probes, dimension: dimension, outliers: [], epsilon: Double(Element.ulpOfOne), isPartial: false,
            adaptation: nil)
    }

    init(
        _ finished: [FinishedProbe], dimension: Int, outliers: [DeflatedEigenvalue], epsilon: Double, isPartial: Bool,
        adaptation: ProbeAdaptation?
    ) {
        precondition(!finished.isEmpty || outliers.count == dimension, "a spectral density from no probe")
        self.dimension = dimension
        self.outliers = outliers.sorted { $0.value < $1.value }
        self.epsilon = epsilon
        self.isPartial = isPartial
        self.adaptation = adaptation
        probes = finished.map(\.quadrature)
        orthogonalityLoss = finished.map(\.orthogonalityLoss).max() ?? 0
        reorthogonalisations = finished.map(\.reorthogonalisations).reduce(0, +)
        products = finished.map(\.products).reduce(0, +)
    }

    /// The outliers, then the nodes of all probes, one probe after the other.
    public var nodes: [Double] { outliers.map(\.value) + probes.flatMap(\.nodes) }

    /// The weights of `nodes`: 1/P for an outlier, each probe's times (P − k)/(P M); they sum to 1.
    public var weights: [Double] {
        let share = measure.bulkShare
        let count = Double(probes.count)
        return outliers.map { _ in 1 / Double(dimension) } + probes.flatMap { $0.weights.map { share * $0 / count } }
    }

    var measure: SpectralMeasure {
        SpectralMeasure(dimension: dimension, atoms: outliers.map(\.value), probes: probes)
    }

    /// ρ = √Σ r² over the outliers' residuals r.
    public var deflationResidual: Double {
        outliers.reduce(0) { $0 + $1.residual * $1.residual }.squareRoot()
    }

    /// By how much W₁ to the spectrum may be off because the outliers have residuals, at most: 2 √k ρ / P.
    ///
    /// The trace is not off, and ‖A‖²_F at most 2ρ² too small. Derived at `Deflation`.
    public var deflationError: Double {
        2 * Double(outliers.count).squareRoot() * deflationResidual / Double(dimension)
    }
}

/// One probe's quadrature, and what it cost.
struct FinishedProbe: Sendable, Equatable {
    let quadrature: ProbeQuadrature
    let orthogonalityLoss: Double
    let reorthogonalisations: Int
    let products: Int

    init(quadrature: ProbeQuadrature, orthogonalityLoss: Double, reorthogonalisations: Int, products: Int) {
        self.quadrature = quadrature
        self.orthogonalityLoss = orthogonalityLoss
        self.reorthogonalisations = reorthogonalisations
        self.products = products
    }

    init<Element: Scalar>(_ decomposition: LanczosDecomposition<Element>) throws(FactorisationFailure) {
        quadrature = try ProbeQuadrature(decomposition)
        orthogonalityLoss = decomposition.orthogonalityLoss
        reorthogonalisations = decomposition.reorthogonalisations
        products = decomposition.products
    }
}

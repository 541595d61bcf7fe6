#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An operator's spectral density by the kernel polynomial method: Chebyshev moments of random start vectors.
///
/// With Ã = (A − c)/d, c and d the middle and half width of an interval that holds the spectrum, each probe v of
/// length 1 has moments μₙ = vᵀ Tₙ(Ã) v. The density with Jackson's kernel g, in t = c + d cos ϑ, is
///
///     φ(t) = (1/(π d sin ϑ)) [g₀μ₀ + 2 Σ gₙ μₙ cos nϑ],   F(t) = (1 − ϑ/π) μ₀ − (2/π) Σ gₙ μₙ sin(nϑ)/n,
///
/// a positive smoothing of the true one: no eigenvalue is missed or doubled, and each is spread over a width of about
/// π d sin ϑ/N. The kernel moves mass by d √(2(1 − g₁)) ≈ π d/N in the mean at most, since E|Δx| ≤ E|2 sin(Δϑ/2)| and
/// E(1 − cos Δϑ) = 1 − g₁: that bounds W₁ of what it does. As in `SpectralDensity` deflated eigenvalues are atoms of
/// weight 1/P.
///
/// Source: Weiße, Wellein, Alvermann and Fehske, Rev. Mod. Phys. 78 (2006), equations 34 and 35 (two moments a product),
/// 71 (kernel); Silver and Röder (1994).
public struct ChebyshevDensity: Sendable, Equatable, Codable {
    /// P, the operator's order.
    public let dimension: Int
    /// The eigenvalues that were taken out, ascending.
    public let outliers: [DeflatedEigenvalue]
    /// The interval [c − d, c + d] that was used.
    public let lower: Double
    public let upper: Double
    /// μ₀ = 1 … of each probe; `[M][N]`.
    public let moments: [[Double]]
    /// Products with the operator, those for the interval and those lost to one that was too small included.
    public let products: Int
    /// How often the interval turned out too small, and was enlarged.
    public let enlargements: Int
    /// The operator's precision.
    public let epsilon: Double
    /// Whether the run was ended early: with fewer probes than asked for, or fewer moments where none had finished.
    public let isPartial: Bool

    /// N, the number of moments of each probe.
    public var order: Int { moments.first?.count ?? 0 }
    var middle: Double { 0.5 * (lower + upper) }
    var half: Double { 0.5 * (upper - lower) }

    /// tr A = Σ outliers + (P − k) · mean over probes of (c + d μ₁), exact but for the probes' randomness.
    public var trace: Estimate {
        precondition(order > 1 || moments.isEmpty, "moment 1 from \(order)")
        return measure(nodes: order, withKernel: false).trace(knowsSecondMoment: order > 2)
    }

    /// ‖A‖²_F = tr A², with an interval on a logarithmic scale.
    public var frobeniusNormSquared: Estimate {
        precondition(order > 2 || moments.isEmpty, "moment 2 from \(order)")
        return measure(nodes: order, withKernel: false).frobeniusNormSquared(knowsFourthMoment: order > 4)
    }

    /// tr Aᵏ / P, likewise (k < N): by the moments as they are, without kernel.
    public func moment(_ power: Int) -> Estimate {
        precondition(power >= 0 && (power < order || moments.isEmpty), "moment \(power) from \(order)")
        return measure(nodes: order, withKernel: false).moment(power)
    }

    /// F(t), the share of eigenvalues at or below t, smoothed by the kernel.
    public func cumulative(at t: Double) -> Double { cumulativeEstimate(at: t).value }

    /// F(t) with its error between the probes.
    public func cumulativeEstimate(at t: Double) -> Estimate {
        let angle = acos(max(-1, min(1, (t - middle) / half)))
        let atoms = outliers.count { $0.value <= t }
        return measure.estimate(
            atoms: Double(atoms), bulk: moments.map { JacksonKernel.cumulative(of: $0, at: angle) })
    }

    /// The kernel's width at t: √((π/N)² (1 − x² + (4x² − 3)/N)) d (Weiße et al., equation 75).
    public func resolution(at t: Double) -> Double {
        let x = max(-1, min(1, (t - middle) / half))
        let count = Double(max(1, order))
        return half * Double.pi / count * max(0, 1 - x * x + (4 * x * x - 3) / count).squareRoot()
    }

    /// By how much the kernel alone changes W₁, at most: (P − k)/P · d √(2(1 − g₁)).
    public var kernelDistance: Double {
        guard order > 1 else { return measure.bulkShare * 2 * half }
        return measure.bulkShare * half * (2 * (1 - JacksonKernel.factors(order)[1])).squareRoot()
    }

    /// φ smoothed by a Gaussian as well, on a grid: the kernel's width adds to σ.
    ///
    /// Made of the density's own Gauss–Chebyshev quadrature with nodes at most σ/2 apart, where sums over Gaussians are
    /// exact to 10⁻³⁰.
    public func smoothed(_ rule: SigmaRule, on grid: DensityGrid = .covering()) -> SmoothedDensity {
        let bulk = measure(nodes: max(2, order), withKernel: true)
        let sigma = rule.sigma(range: rule.spansBulk ? lower...upper : bulk.range, steps: max(2, order / 2))
        let wanted = (2 * Double.pi * half / sigma).rounded(.up)
        let nodes = max(2 * order, Int(min(wanted, 1e6)))
        return measure(nodes: nodes, withKernel: true).smoothed(sigma: sigma, grid)
    }

    private var measure: SpectralMeasure {
        SpectralMeasure(dimension: dimension, atoms: outliers.map(\.value), probes: [])
    }

    /// The density as a quadrature with that many nodes at t = c + d cos(π(k + ½)/K): exact for polynomials of degree
    /// below 2K − N.
    private func measure(nodes count: Int, withKernel: Bool) -> SpectralMeasure {
        let probes = moments.map {
            JacksonKernel.quadrature(of: $0, nodes: count, withKernel: withKernel, middle: middle, half: half)
        }
        return SpectralMeasure(dimension: dimension, atoms: outliers.map(\.value), probes: probes)
    }
}

extension SigmaRule {
    /// Whether the rule's range is that of what deflation leaves.
    var spansBulk: Bool {
        if case .resolution = self { return true }
        return false
    }
}

import Krylov
import LinearAlgebra

/// What the tables call: the library's estimators as a user calls them, each in one place.
enum Estimators {
    static func extremes<Element: Scalar>(
        of target: AnyOperator<Element>, count: Int, tolerance: Double, seed: UInt64
    ) throws -> ExtremeEigenpairs<Element> {
        try extremeEigenpairs(
            of: target, count: count, ExtremeConfiguration(tolerance: tolerance, maximumSteps: 20_000, seed: seed))
    }

    /// The ten outermost eigenpairs, to be taken out of a density; nil where nothing would be left.
    static func deflation<Element: Scalar>(
        _ target: AnyOperator<Element>, seed: UInt64
    ) throws -> (deflation: Deflation<Element>, products: Int)? {
        let count = min(10, target.dimension / 4)
        guard count > 0 else { return nil }
        let found = try extremes(of: target, count: count, tolerance: 1e-4, seed: seed)
        return (Deflation(found.pairs, dimension: target.dimension), found.products)
    }

    static func density<Element: Scalar>(
        _ target: AnyOperator<Element>, deflating deflation: Deflation<Element>? = nil, probes: Int, steps: Int,
        seed: UInt64
    ) throws -> SpectralDensity {
        try spectralDensity(
            of: target, deflating: deflation,
            SpectralDensityConfiguration(
                probes: probes, seed: seed, lanczos: LanczosConfiguration(steps: steps, probesAtOnce: 5)))
    }
}

/// The estimators of a density.
enum DensityMethod: String, CaseIterable {
    case quadrature
    case lines = "quadrature as lines"
    case deflated = "quadrature, 10 deflated"
    case deflatedLines = "the same as lines"
    case chebyshev = "kernel polynomials"

    /// W₁ to the exact eigenvalues, from as many probes as the products allow.
    func distance(
        _ target: AnyOperator<Double>, to eigenvalues: [Double], products: Int, steps: Int, seed: UInt64
    ) throws -> (products: Int, distance: Double) {
        switch self {
        case .quadrature, .lines:
            let found = try Estimators.density(target, probes: max(1, products / steps), steps: steps, seed: seed)
            return (
                found.products,
                self == .lines
                    ? found.spreadWassersteinDistance(to: eigenvalues) : found.wassersteinDistance(to: eigenvalues)
            )
        case .deflated, .deflatedLines:
            let known = try Estimators.deflation(target, seed: seed)
            let spent = known?.products ?? 0
            let found = try Estimators.density(
                target, deflating: known?.deflation, probes: max(1, (products - spent) / steps), steps: steps,
                seed: seed)
            return (
                found.products + spent,
                self == .deflatedLines
                    ? found.spreadWassersteinDistance(to: eigenvalues) : found.wassersteinDistance(to: eigenvalues)
            )
        case .chebyshev:
            let found = try chebyshevDensity(
                of: target,
                ChebyshevConfiguration(
                    probes: max(1, (products - 20) / steps), seed: seed, steps: steps,
                    lanczos: LanczosConfiguration(steps: 20, probesAtOnce: 5)))
            let masses = PointMasses(cumulative: found.cumulative(at:), over: found.lower...found.upper)
            return (found.products, masses.distance(to: eigenvalues))
        }
    }
}

extension PointMasses {
    /// A distribution function as masses on 4000 places.
    init(cumulative: (Double) -> Double, over range: ClosedRange<Double>) {
        let count = 4000
        let width = (range.upperBound - range.lowerBound) / Double(count)
        let edges = (0...count).map { cumulative(range.lowerBound + Double($0) * width) }
        self.init(
            nodes: (0..<count).map { range.lowerBound + (Double($0) + 0.5) * width },
            weights: zip(edges, edges.dropFirst()).map { $1 - $0 })
    }
}

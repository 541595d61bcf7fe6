import Krylov
import LinearAlgebra

/// What the tables call: the library's estimators as a user calls them, each in one place.
enum Estimators {
    static func extremes<Element: Scalar>(
        of target: AnyOperator<Element>, count: Int, tolerance: Double
    ) throws -> ExtremeEigenpairs<Element> {
        try extremeEigenpairs(
            of: target, count: count, ExtremeConfiguration(tolerance: tolerance, maximumSteps: 20_000, seed: 1))
    }
}

/// The estimators of a density.
enum DensityMethod: String, CaseIterable {
    case quadrature

    func estimate(_ target: AnyOperator<Double>, products: Int, seed: UInt64) throws -> PointMasses {
        let steps = 40
        let found = try spectralDensity(
            of: target,
            SpectralDensityConfiguration(
                probes: max(1, products / steps), seed: seed,
                lanczos: LanczosConfiguration(steps: steps, probesAtOnce: 4)))
        return PointMasses(nodes: found.nodes, weights: found.weights, products: found.products)
    }
}

/// A number with an interval, and what it should be.
struct ScalarEstimator: Sendable {
    let name: String
    let cost: String
    var applies: @Sendable (AccuracyCase) -> Bool = { _ in true }
    let truth: @Sendable (AccuracyCase) -> Double
    /// What a half-width is divided by.
    let scale: @Sendable (AccuracyCase) -> Double
    let estimate: @Sendable (AnyOperator<Double>, AccuracyCase, UInt64) throws -> Estimate

    static let all: [ScalarEstimator] =
        [10, 30].map { probes in
            trace("trace, Hutchinson", products: probes) { target, seed in
                try traceEstimate(of: target, SpectralDensityConfiguration(probes: probes, seed: seed))
            }
        } + [
            trace("trace, quadrature", products: 200) { target, seed in
                try density(target, seed).trace
            },
            ScalarEstimator(
                name: "‖A‖²_F, quadrature", cost: "200", truth: \.frobeniusNormSquared, scale: \.frobeniusNormSquared
            ) { target, _, seed in try density(target, seed).frobeniusNormSquared },
        ]

    /// Relative to √n ‖A‖_F, which bounds |tr A| and is not 0 where that is.
    private static func trace(
        _ name: String, products: Int, _ body: @escaping @Sendable (AnyOperator<Double>, UInt64) throws -> Estimate
    ) -> ScalarEstimator {
        ScalarEstimator(
            name: name, cost: String(products), truth: \.trace,
            scale: { (Double($0.dimension) * $0.frobeniusNormSquared).squareRoot() }
        ) { target, _, seed in try body(target, seed) }
    }

    private static func density(_ target: AnyOperator<Double>, _ seed: UInt64) throws -> SpectralDensity {
        try spectralDensity(
            of: target,
            SpectralDensityConfiguration(
                probes: 10, seed: seed, lanczos: LanczosConfiguration(steps: 20, probesAtOnce: 5)))
    }
}

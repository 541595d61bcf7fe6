import Krylov

/// The body of `landscape hessian`'s document.
public struct HessianReport: Encodable, Sendable {
    /// The spectral density, as nodes and weights and smoothed on a grid.
    public struct Density: Encodable, Sendable {
        public let probes: Int
        public let steps: Int
        /// Ritz values, pooled over the probes.
        public let nodes: [Double]
        /// Their weights; they sum to 1.
        public let weights: [Double]
        /// The standard deviation of the Gaussian that smooths `values`.
        public let sigma: Double
        public let grid: [Double]
        public let values: [Double]
        /// Between the probes, at each grid point; absent for a single probe.
        public let standardErrors: [Double]?
        /// The integral of `values`; nothing is renormalised.
        public let mass: Double

        enum CodingKeys: String, CodingKey {
            case probes, steps, nodes, weights, sigma, grid, values, mass
            case standardErrors = "standard_errors"
        }
    }

    /// A stochastic estimate: the mean over the probes, and s/√M.
    public struct Uncertain: Encodable, Sendable {
        public let value: Double
        /// Absent for a single probe, which knows no spread.
        public let standardError: Double?

        enum CodingKeys: String, CodingKey {
            case value
            case standardError = "standard_error"
        }

        init(_ estimate: Estimate) {
            value = estimate.value
            standardError = estimate.standardError
        }
    }

    public let `operator`: String
    public let gradientNorm: Double
    public let eigenvalues: [HessianAnalysis.Eigenvalue]
    public let trace: Uncertain?
    public let frobeniusNormSquared: Uncertain?
    public let density: Density?
    public let orthogonalityLoss: Double
    public let reorthogonalisation: String
    public let matrixProducts: Int

    enum CodingKeys: String, CodingKey {
        case `operator`, eigenvalues, trace, density, reorthogonalisation
        case gradientNorm = "gradient_norm"
        case frobeniusNormSquared = "frobenius_norm_squared"
        case orthogonalityLoss = "orthogonality_loss"
        case matrixProducts = "matrix_products"
    }

    public init(_ analysis: HessianAnalysis, _ configuration: HessianConfiguration) {
        `operator` = configuration.kind.rawValue
        gradientNorm = analysis.gradientNorm
        eigenvalues = analysis.eigenvalues
        trace = analysis.density.map { Uncertain($0.trace) }
        frobeniusNormSquared = analysis.density.map { Uncertain($0.frobeniusNormSquared) }
        orthogonalityLoss = analysis.orthogonalityLoss
        reorthogonalisation = configuration.reorthogonalisation.rawValue
        matrixProducts = analysis.products
        guard let density = analysis.density, let smoothed = analysis.smoothed else {
            self.density = nil
            return
        }
        self.density = Density(
            probes: configuration.probes, steps: configuration.steps, nodes: density.nodes, weights: density.weights,
            sigma: smoothed.sigma, grid: smoothed.grid, values: smoothed.values,
            standardErrors: smoothed.standardErrors, mass: smoothed.mass)
    }
}

public import Krylov

/// The spectral density, as nodes and weights and smoothed on a grid.
public struct DensityReport: Encodable, Sendable {
    /// Random start vectors; 0 for an exact spectrum.
    public let probes: Int
    /// The nodes of each; 0 for an exact spectrum.
    public let steps: Int
    /// The eigenvalues that were taken out or are known, then Ritz values, pooled over the probes.
    public let nodes: [Double]
    /// Their weights; they sum to 1.
    public let weights: [Double]
    /// How many of the nodes, from the first on, are eigenvalues with a weight of 1/dimension.
    public let deflated: Int
    /// By how much their residuals may put the density off, in Wasserstein-1 distance.
    public let deflationError: Double
    /// The standard deviation of the Gaussian that smooths `values`.
    public let sigma: Double
    public let grid: [Double]
    public let values: [Double]
    /// Between the probes, at each grid point; absent for a single probe.
    public let standardErrors: [Double]?
    /// The integral of `values` on the grid, and what lies beyond its ends; nothing is renormalised.
    public let mass: Double
    public let massBelow: Double
    public let massAbove: Double
    /// What a wanted tolerance came to; absent where none was.
    public let adaptation: ProbeAdaptation?
    public let logarithmic: Logarithmic

    /// The density of log₁₀|λ|, by sign.
    public struct Logarithmic: Encodable, Sendable {
        /// |λ| at and below which an eigenvalue counts as 0.
        public let floor: Double
        /// In decades.
        public let sigma: Double
        public let grid: [Double]
        public let positive: [Double]
        public let negative: [Double]
        public let massPositive: Double
        public let massNegative: Double
        public let massBelowFloor: Double

        enum CodingKeys: String, CodingKey {
            case floor, sigma, grid, positive, negative
            case massPositive = "mass_positive"
            case massNegative = "mass_negative"
            case massBelowFloor = "mass_below_floor"
        }

        init(_ density: LogDensity) {
            floor = density.floor
            sigma = density.sigma
            grid = density.grid
            positive = density.positive
            negative = density.negative
            massPositive = density.massPositive.value
            massNegative = density.massNegative.value
            massBelowFloor = density.massBelowFloor.value
        }
    }

    enum CodingKeys: String, CodingKey {
        case probes, steps, nodes, weights, deflated, sigma, grid, values, mass, adaptation
        case deflationError = "deflation_error"
        case standardErrors = "standard_errors"
        case massBelow = "mass_below"
        case massAbove = "mass_above"
        case logarithmic = "log_density"
    }

    init(_ density: SpectralDensity, _ smoothed: SmoothedDensity, _ logarithmic: LogDensity, isExact: Bool) {
        probes = isExact ? 0 : density.probes.count
        steps = isExact ? 0 : density.probes.map(\.nodes.count).max() ?? 0
        nodes = density.nodes
        weights = density.weights
        deflated = density.outliers.count
        deflationError = isExact ? 0 : density.deflationError
        sigma = smoothed.sigma
        grid = smoothed.grid
        values = smoothed.values
        standardErrors = isExact ? nil : smoothed.standardErrors
        mass = smoothed.mass
        massBelow = smoothed.massBelow
        massAbove = smoothed.massAbove
        adaptation = density.adaptation
        self.logarithmic = Logarithmic(logarithmic)
    }
}

/// The quadrature against the kernel polynomial method.
public struct ComparisonReport: Encodable, Sendable {
    public let method = "kernel-polynomial"
    public let agree: Bool
    /// The largest difference of the cumulative densities over its standard error, where it is, and its limit.
    public let largestScore: Double
    public let largestScoreAt: Double
    public let scoreLimit: Double
    /// ∫ |difference of the cumulative densities|, and its limit.
    public let integratedDifference: Double
    public let integratedLimit: Double
    /// By the kernel polynomial method.
    public let trace: HessianReport.Uncertain

    enum CodingKeys: String, CodingKey {
        case method, agree, trace
        case largestScore = "largest_score"
        case largestScoreAt = "largest_score_at"
        case scoreLimit = "score_limit"
        case integratedDifference = "integrated_difference"
        case integratedLimit = "integrated_limit"
    }

    init(_ comparison: DensityComparison) {
        agree = comparison.agree
        largestScore = comparison.largestScore
        largestScoreAt = comparison.largestScoreAt
        scoreLimit = comparison.scoreLimit
        integratedDifference = comparison.integratedDifference
        integratedLimit = comparison.integratedLimit
        trace = HessianReport.Uncertain(comparison.chebyshevTrace)
    }
}

/// The spread between halves of the examples.
public struct ResamplesReport: Encodable, Sendable {
    /// A number's mean over the halves, and the two parts of its spread.
    public struct Spread: Encodable, Sendable {
        public let mean: Double
        /// The data's: the standard error that the number has because of the examples.
        public let dataDeviation: Double
        /// The probes', of one half's estimate.
        public let probeError: Double?

        enum CodingKeys: String, CodingKey {
            case mean
            case dataDeviation = "data_deviation"
            case probeError = "probe_error"
        }

        init(_ estimate: ResampledEstimate) {
            mean = estimate.mean.value
            dataDeviation = estimate.dataDeviation
            probeError = estimate.probeError
        }
    }

    public let count: Int
    public let examples: Int
    public let probes: Int
    public let trace: Spread
    public let frobeniusNormSquared: Spread
    public let sigma: Double
    public let grid: [Double]
    public let values: [Double]
    public let dataDeviations: [Double]

    enum CodingKeys: String, CodingKey {
        case count, examples, probes, trace, sigma, grid, values
        case frobeniusNormSquared = "frobenius_norm_squared"
        case dataDeviations = "data_deviations"
    }

    init(_ resamples: HessianResamples) {
        count = resamples.count
        examples = resamples.examples
        probes = resamples.probes
        trace = Spread(resamples.trace)
        frobeniusNormSquared = Spread(resamples.frobeniusNormSquared)
        sigma = resamples.smoothed.sigma
        grid = resamples.smoothed.grid
        values = resamples.smoothed.estimates.map(\.mean.value)
        dataDeviations = resamples.smoothed.estimates.map(\.dataDeviation)
    }
}

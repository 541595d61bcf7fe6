import Krylov

/// The body of `landscape hessian`'s document.
public struct HessianReport: Encodable, Sendable {
    public let `operator`: String
    /// The matrix in words.
    public let matrix: String
    /// `lanczos`, or of all eigenvalues `dense` or `gram`.
    public let method: HessianAnalysis.Method
    /// The patterns by which parameters were chosen, and how many were; absent where all are.
    public let selection: Selection?
    public let gradientNorm: Double
    public let eigenvalues: [HessianAnalysis.Eigenvalue]
    public let search: Search?
    public let trace: Uncertain?
    public let frobeniusNormSquared: Uncertain?
    public let density: DensityReport?
    public let comparison: ComparisonReport?
    public let resamples: ResamplesReport?
    public let certificates: Certificates
    public let orthogonalityLoss: Double
    public let reorthogonalisation: String
    public let matrixProducts: Int

    enum CodingKeys: String, CodingKey {
        case `operator`, matrix, method, selection, eigenvalues, search, trace, density, comparison, resamples
        case certificates, reorthogonalisation
        case gradientNorm = "gradient_norm"
        case frobeniusNormSquared = "frobenius_norm_squared"
        case orthogonalityLoss = "orthogonality_loss"
        case matrixProducts = "matrix_products"
    }

    public init(_ analysis: HessianAnalysis, _ configuration: HessianConfiguration) {
        `operator` = configuration.target.kind.rawValue
        matrix = analysis.provenance
        method = analysis.method
        selection = configuration.parameters.map { Selection(patterns: $0, parameters: analysis.dimension) }
        gradientNorm = analysis.gradientNorm
        eigenvalues = analysis.eigenvalues
        search = analysis.search.map { Search($0) }
        trace = analysis.trace.map { Uncertain($0) }
        frobeniusNormSquared = analysis.frobeniusNormSquared.map { Uncertain($0) }
        comparison = analysis.comparison.map { ComparisonReport($0) }
        resamples = analysis.resamples.map { ResamplesReport($0) }
        certificates = analysis.certificates
        orthogonalityLoss = analysis.orthogonalityLoss
        reorthogonalisation = configuration.density.reorthogonalisation.rawValue
        matrixProducts = analysis.products
        density = analysis.density.flatMap { density in
            guard let smoothed = analysis.smoothed, let logarithmic = analysis.logarithmic else { return nil }
            return DensityReport(density, smoothed, logarithmic, isExact: analysis.method != .lanczos)
        }
    }
}

extension HessianReport {
    /// A stochastic estimate: the mean over the probes, s/√M, and the interval of 95 % confidence.
    public struct Uncertain: Encodable, Sendable {
        public let value: Double
        /// Absent for a single probe, which knows no spread; 0 for what is exact.
        public let standardError: Double?
        public let interval: [Double]?

        enum CodingKeys: String, CodingKey {
            case value, interval
            case standardError = "standard_error"
        }

        init(_ estimate: Estimate) {
            value = estimate.value
            standardError = estimate.standardError
            interval = estimate.interval().map { [$0.lowerBound, $0.upperBound] }
        }
    }

    /// Which parameters the matrix is of.
    public struct Selection: Encodable, Sendable {
        public let patterns: [String]
        public let parameters: Int
    }

    /// How the extreme eigenvalues were searched for.
    public struct Search: Encodable, Sendable {
        /// `converged`, `exhausted`, `product-limit`, `ended` or `stagnated`.
        public let stop: String
        public let products: Int
        public let restarts: Int
        /// Products spent on looking for eigenvalues that were missed.
        public let verificationProducts: Int
        /// Whether the bound on the chance of a miss came down to what was asked for.
        public let isVerified: Bool
        /// That bound; it is no proof.
        public let missProbability: Double

        enum CodingKeys: String, CodingKey {
            case stop, products, restarts
            case verificationProducts = "verification_products"
            case isVerified = "verified"
            case missProbability = "miss_probability"
        }

        init(_ record: ExtremeSearchRecord) {
            stop = record.stop
            products = record.products
            restarts = record.restarts
            verificationProducts = record.verification.products
            isVerified = record.verification.isVerified
            missProbability = record.verification.missProbability
        }
    }
}

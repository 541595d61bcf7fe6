public import LinearAlgebra

/// The body of `landscape gradcov`'s document.
public struct GradientCovarianceReport: Encodable, Sendable {
    public let normalize: String
    public let center: Bool
    /// Descending.
    public let eigenvalues: [Double]
    public let trace: Double
    /// exp of the entropy of the normalised eigenvalues.
    public let effectiveRank: Double
    /// The sum of the eigenvalues over the largest.
    public let stableRank: Double
    public let meanOffDiagonal: Double
    /// The share of negative entries off the diagonal.
    public let negativeFraction: Double
    /// Examples without a gradient.
    public let zeroGradients: Int
    /// How the matrix's rows are ordered in the arrays and the picture.
    public let order: String
    /// Examples in each cluster, or of each class where classes order the rows; absent where nothing does.
    public let clusterSizes: [Int]?
    public let certificates: Certificates

    enum CodingKeys: String, CodingKey {
        case normalize, center, eigenvalues, trace, order, certificates
        case effectiveRank = "effective_rank"
        case stableRank = "stable_rank"
        case meanOffDiagonal = "mean_off_diagonal"
        case negativeFraction = "negative_fraction"
        case zeroGradients = "zero_gradients"
        case clusterSizes = "cluster_sizes"
    }

    public init<Element: Scalar>(
        _ covariance: GradientCovariance<Element>, _ configuration: GradientCovariance<Element>.Configuration,
        arrangement: Arrangement, certificates: Certificates = Certificates()
    ) {
        normalize = configuration.normalisation.rawValue
        center = configuration.isCentred
        eigenvalues = covariance.eigenvalues
        trace = covariance.trace
        effectiveRank = covariance.effectiveRank
        stableRank = covariance.stableRank
        meanOffDiagonal = covariance.meanOffDiagonal
        negativeFraction = covariance.negativeFraction
        zeroGradients = covariance.zeroGradients
        order = arrangement.kind.rawValue
        clusterSizes = arrangement.groupSizes
        self.certificates = certificates
    }
}

import Krylov

/// The document of `landscape evolution`: every checkpoint's numbers, and how their top subspaces compare.
public struct EvolutionReport: Encodable, Sendable {
    /// An interval of 95 % confidence.
    public struct Interval: Encodable, Sendable {
        public let low: Double
        public let high: Double
    }

    public struct Trace: Encodable, Sendable {
        public let value: Double
        public let standardError: Double?
        /// 95 %; absent for a single probe.
        public let interval: Interval?

        enum CodingKeys: String, CodingKey {
            case value, interval
            case standardError = "standard_error"
        }

        init(_ estimate: Estimate) {
            value = estimate.value
            standardError = estimate.standardError
            interval = estimate.interval().map { Interval(low: $0.lowerBound, high: $0.upperBound) }
        }
    }

    public struct LossSummary: Encodable, Sendable {
        public let kind: String
        public let value: Double
    }

    public struct Density: Encodable, Sendable {
        public let probes: Int
        public let steps: Int
        public let nodes: [Double]
        public let weights: [Double]
        public let sigma: Double
        /// The integral of the smoothed density, in the arrays; nothing is renormalised.
        public let mass: Double
    }

    /// The numbers of one checkpoint.
    public struct Member: Encodable, Sendable {
        public let checkpoint: String
        public let step: Int?
        public let loss: LossSummary
        public let gradientNorm: Double
        /// The k + 1 largest, descending.
        public let eigenvalues: [EvolutionPoint.Eigenvalue]
        public let smallestEigenvalue: EvolutionPoint.Eigenvalue?
        public let trace: Trace?
        public let density: Density?
        public let gradientCovariance: EvolutionPoint.Covariance?
        public let gradientInTopSubspace: Double?
        /// λₖ − λₖ₊₁.
        public let gap: Double?
        public let subspaceError: Double?
        public let matrixProducts: Int
        public let orthogonalityLoss: Double
        public let certificates: Certificates
        public let warnings: [String]

        enum CodingKeys: String, CodingKey {
            case checkpoint, step, loss, eigenvalues, trace, density, gap, certificates, warnings
            case gradientNorm = "gradient_norm"
            case smallestEigenvalue = "smallest_eigenvalue"
            case gradientCovariance = "gradient_covariance"
            case gradientInTopSubspace = "gradient_in_top_subspace"
            case subspaceError = "subspace_error"
            case matrixProducts = "matrix_products"
            case orthogonalityLoss = "orthogonality_loss"
        }

        init(_ point: EvolutionPoint, _ configuration: EvolutionConfiguration) {
            checkpoint = point.checkpoint
            step = point.step
            loss = LossSummary(kind: point.lossKind, value: point.loss)
            gradientNorm = point.gradientNorm
            eigenvalues = point.largest
            smallestEigenvalue = point.smallest
            trace = point.trace.map(Trace.init)
            density = point.density.map { density in
                let smoothed = point.smoothed ?? density.smoothed()
                return Density(
                    probes: density.probes.count, steps: configuration.steps, nodes: density.nodes,
                    weights: density.weights, sigma: smoothed.sigma, mass: smoothed.mass)
            }
            gradientCovariance = point.covariance
            gradientInTopSubspace = point.gradientInTopSubspace
            gap = point.gap
            subspaceError = point.subspaceError
            matrixProducts = point.products
            orthogonalityLoss = point.orthogonalityLoss
            certificates = point.certificates
            warnings = point.warnings
        }
    }

    /// Two checkpoints' top subspaces.
    public struct Comparison: Encodable, Sendable {
        /// Places in the series, from 0.
        public let from: Int
        public let to: Int
        /// The mean squared cosine of the angles.
        public let overlap: Double
        /// Principal angles, ascending, in degrees.
        public let anglesDegrees: [Double]

        enum CodingKeys: String, CodingKey {
            case from, to, overlap
            case anglesDegrees = "angles_degrees"
        }

        init(_ pair: SubspaceComparison.Pair) {
            from = pair.from
            to = pair.to
            overlap = pair.angles.overlap
            anglesDegrees = pair.angles.angles.map { $0 * 180 / .pi }
        }
    }

    public struct Subspaces: Encodable, Sendable {
        /// k.
        public let dimensions: Int
        /// k / P: the overlap of two random subspaces, on average.
        public let overlapByChance: Double
        public let overlaps: [[Double]]
        public let withPrevious: [Comparison]
        public let withFirst: [Comparison]
        public let withLast: [Comparison]

        enum CodingKeys: String, CodingKey {
            case dimensions, overlaps
            case overlapByChance = "overlap_by_chance"
            case withPrevious = "with_previous"
            case withFirst = "with_first"
            case withLast = "with_last"
        }
    }

    public let `operator`: String
    /// Whether all checkpoints were seen on the same examples.
    public let sharesExamples: Bool
    public let series: [Member]
    /// Absent without a top subspace.
    public let subspaces: Subspaces?

    enum CodingKeys: String, CodingKey {
        case `operator`, series, subspaces
        case sharesExamples = "shares_examples"
    }

    public init(
        _ points: [EvolutionPoint], _ comparison: SubspaceComparison?, _ configuration: EvolutionConfiguration,
        parameters: Int, sharesExamples: Bool
    ) {
        `operator` = configuration.kind.rawValue
        self.sharesExamples = sharesExamples
        series = points.map { Member($0, configuration) }
        let dimensions = points.map(\.dimensions).min() ?? 0
        subspaces = comparison.map { comparison in
            Subspaces(
                dimensions: dimensions, overlapByChance: Double(dimensions) / Double(max(1, parameters)),
                overlaps: comparison.overlaps, withPrevious: comparison.consecutive.map(Comparison.init),
                withFirst: comparison.withFirst.map(Comparison.init), withLast: comparison.withLast.map(Comparison.init)
            )
        }
    }

    /// What a reader must know before believing the comparison.
    public var warnings: [String] {
        guard subspaces != nil else { return [] }
        let unsure = series.count { ($0.subspaceError ?? 1) > 0.1 }
        return unsure == 0
            ? []
            : [
                "at \(unsure) of \(series.count) checkpoints the top subspace is not sharply determined: the next eigenvalue "
                    + "is close (see gap and subspace_error), and overlaps there are partly of chance"
            ]
    }
}

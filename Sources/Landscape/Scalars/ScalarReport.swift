public import Krylov
public import LinearAlgebra

/// The body of `landscape scalars`'s document. What was not asked for is absent.
public struct ScalarReport: Encodable, Sendable {
    /// The parameters that the numbers are about.
    public struct Selection: Encodable, Sendable {
        /// As given; empty for everything.
        public let patterns: [String]
        public let tensors: [String]
        public let count: Int
    }

    /// A group of parameters and the trace of its diagonal block.
    public struct Layer: Encodable, Sendable {
        public let name: String
        public let parameters: Int
        public let trace: ScalarValue
    }

    /// log det(A + σI).
    public struct LogDeterminant: Encodable, Sendable {
        public let shift: Double
        public let value: ScalarValue
        /// What the quadrature leaves open for the probes at hand; absent where the value is exact.
        public let quadratureLow: Double?
        public let quadratureHigh: Double?

        enum CodingKeys: String, CodingKey {
            case shift, value
            case quadratureLow = "quadrature_low"
            case quadratureHigh = "quadrature_high"
        }
    }

    /// κ of A + `shift` I.
    public struct Condition: Encodable, Sendable {
        public let shift: Double
        /// `finite`, `unbounded` (0 lies within the smallest eigenvalue's interval) or `indefinite`.
        public let kind: String
        /// Absent unless finite.
        public let value: Double?
        /// Of the interval; for `unbounded` the least that it can be.
        public let low: Double?
        public let high: Double?
    }

    /// Where an eigenvector lives.
    public struct Localisation: Encodable, Sendable {
        public let eigenvalue: Double
        /// 1 / Σ pᵢ² over single parameters, and over layers.
        public let parameters: Double
        public let layers: Double
        /// Of its squared length, in the order of `layer_names`.
        public let shares: [Double]
    }

    /// The gradient over the chosen parameters.
    public struct Gradient: Encodable, Sendable {
        public let norm: Double
        /// Entry k − 1: the share of its squared length in the span of the top k eigenvectors.
        public let fractions: [Double]
    }

    public let `operator`: String
    /// The order of the matrix.
    public let dimension: Int
    public let selection: Selection
    public let grouping: String
    /// Whether the matrix was formed; then nothing is estimated.
    public let exact: Bool
    public let traceMethod: String?
    public let trace: ScalarValue?
    public let frobeniusNormSquared: ScalarValue?
    public let layers: [Layer]?
    public let logDeterminant: LogDeterminant?
    public let effectiveRank: ScalarValue?
    public let negativeRank: ScalarValue?
    public let rankThreshold: Double?
    public let stableRank: ScalarValue?
    public let intrinsicDimension: ScalarValue?
    public let entropyRank: Double?
    public let participationRatio: Double?
    public let eigenvalues: [ScalarEigenvalue]
    public let smallestEigenvalue: ScalarEigenvalue?
    public let conditionNumbers: [Condition]?
    public let gradient: Gradient?
    public let layerNames: [String]
    public let participation: [Localisation]?
    /// Of the diagonal's entries, the root mean square, and that of their standard errors.
    public let diagonalRootMeanSquare: Double?
    public let diagonalError: Double?
    public let matrixProducts: Int
    public let certificates: Certificates

    enum CodingKeys: String, CodingKey {
        case `operator`, dimension, selection, grouping, exact, trace, layers, eigenvalues, gradient, participation
        case certificates
        case traceMethod = "trace_method"
        case frobeniusNormSquared = "frobenius_norm_squared"
        case logDeterminant = "log_determinant"
        case effectiveRank = "effective_rank"
        case negativeRank = "negative_rank"
        case rankThreshold = "rank_threshold"
        case stableRank = "stable_rank"
        case intrinsicDimension = "intrinsic_dimension"
        case entropyRank = "entropy_rank"
        case participationRatio = "participation_ratio"
        case smallestEigenvalue = "smallest_eigenvalue"
        case conditionNumbers = "condition_numbers"
        case layerNames = "layer_names"
        case diagonalRootMeanSquare = "diagonal_root_mean_square"
        case diagonalError = "diagonal_root_mean_square_error"
        case matrixProducts = "matrix_products"
    }

    public init<Element: Scalar>(_ analysis: ScalarAnalysis<Element>, _ configuration: ScalarConfiguration) {
        `operator` = configuration.target.kind.rawValue
        selection = Selection(
            patterns: analysis.selection.patterns, tensors: analysis.selection.entries.map(\.name),
            count: analysis.selection.count)
        dimension = analysis.dimension
        grouping = configuration.grouping.rawValue
        exact = analysis.isExact
        traceMethod = analysis.traceMethod?.rawValue
        trace = analysis.trace
        frobeniusNormSquared = analysis.frobeniusNormSquared
        layers = analysis.groupTraces.map { traces in
            zip(analysis.groups, traces).map { Layer(name: $0.name, parameters: $0.count, trace: $1) }
        }
        logDeterminant = analysis.logDeterminant.map {
            LogDeterminant(
                shift: analysis.shift ?? 0, value: $0, quadratureLow: analysis.quadratureBounds?.lowerBound,
                quadratureHigh: analysis.quadratureBounds?.upperBound)
        }
        effectiveRank = analysis.ranks?.above
        negativeRank = analysis.ranks?.below
        rankThreshold = analysis.ranks?.threshold
        stableRank = analysis.ranks?.stableRank
        intrinsicDimension = analysis.ranks?.intrinsicDimension
        entropyRank = analysis.ranks?.entropyRank
        participationRatio = analysis.ranks?.participationRatio
        eigenvalues = analysis.eigenvalues
        smallestEigenvalue = analysis.smallest
        conditionNumbers = analysis.conditionNumber.map { plain in
            [Condition(plain, shift: 0)]
                + (analysis.shiftedConditionNumber.map { [Condition($0, shift: analysis.shift ?? 0)] } ?? [])
        }
        gradient = analysis.gradientNorm.map { Gradient(norm: $0, fractions: analysis.gradientFractions ?? []) }
        layerNames = analysis.groups.map(\.name)
        participation = analysis.participation.map { list in
            zip(analysis.eigenvalues, list).map {
                Localisation(
                    eigenvalue: $0.value, parameters: $1.coordinates, layers: $1.groups, shares: $1.shares)
            }
        }
        diagonalRootMeanSquare = analysis.diagonal?.rootMeanSquare
        diagonalError = analysis.diagonal?.rootMeanSquareError
        matrixProducts = analysis.products
        certificates = analysis.certificates
    }
}

extension ScalarReport.Condition {
    public init(_ number: ConditionNumber, shift: Double) {
        switch number {
        case .finite(let value, let interval):
            self.init(
                shift: shift, kind: "finite", value: value, low: interval.lowerBound, high: interval.upperBound)
        case .unbounded(let least):
            // A matrix that is singular to the last digit has no finite lower bound to print.
            self.init(shift: shift, kind: "unbounded", value: nil, low: least.isFinite ? least : nil, high: nil)
        case .indefinite:
            self.init(shift: shift, kind: "indefinite", value: nil, low: nil, high: nil)
        }
    }
}

import Files
public import Krylov
public import LinearAlgebra
public import Networks

/// Single numbers of a curvature matrix, or of one of its diagonal blocks, each with its interval.
public struct ScalarAnalysis<Element: Scalar>: Sendable {
    /// How many directions matter.
    public struct Ranks: Sendable, Equatable {
        /// The threshold of `above`, ε λ₁.
        public let threshold: Double
        /// How many eigenvalues exceed it.
        public let above: ScalarValue
        /// How many lie below minus the threshold; nil for a matrix that cannot have any.
        public let below: ScalarValue?
        /// ‖A‖²_F / max λ².
        public let stableRank: ScalarValue
        /// tr A / λ₁; nil for a matrix that may be indefinite.
        public let intrinsicDimension: ScalarValue?
        /// Of the exact spectrum, where it is known; see `RankMeasures`.
        public let entropyRank: Double?
        public let participationRatio: Double?
    }

    /// The order of the matrix.
    public let dimension: Int
    /// The parameters that the numbers are about.
    public let selection: ParameterSelection
    /// None for a matrix that does not act on parameters.
    public let groups: [ParameterGroup]
    /// Whether the matrix was formed, so that nothing is estimated.
    public internal(set) var isExact: Bool
    public internal(set) var certificates = Certificates()
    /// Whether a time limit left something out or ended a search.
    public internal(set) var isPartial = false
    /// How the traces were estimated; nil where none was asked for.
    public internal(set) var traceMethod: TraceMethod?
    public internal(set) var trace: ScalarValue?
    public internal(set) var frobeniusNormSquared: ScalarValue?
    /// Of each group's diagonal block, in their order.
    public internal(set) var groupTraces: [ScalarValue]?
    /// σ of the log-determinant and of the shifted condition number.
    public internal(set) var shift: Double?
    public internal(set) var logDeterminant: ScalarValue?
    /// What the quadrature alone leaves open of it.
    public internal(set) var quadratureBounds: ClosedRange<Double>?
    public internal(set) var ranks: Ranks?
    /// The top ones, descending.
    public internal(set) var eigenvalues: [ScalarEigenvalue] = []
    public internal(set) var smallest: ScalarEigenvalue?
    /// Of A.
    public internal(set) var conditionNumber: ConditionNumber?
    /// Of A + σI.
    public internal(set) var shiftedConditionNumber: ConditionNumber?
    /// ‖g‖ over the chosen parameters.
    public internal(set) var gradientNorm: Double?
    /// In the span of the top k eigenvectors, k = 1, 2, ….
    public internal(set) var gradientFractions: [Double]?
    /// Of each top eigenvector, over `groups`.
    public internal(set) var participation: [Participation]?
    public internal(set) var diagonal: DiagonalEstimate<Element>?
    /// Products with the matrix, all together.
    public internal(set) var products = 0
    public internal(set) var warnings: [String] = []

    /// - Parameters:
    ///   - isOver: whether the time is: what is not finished then is left out.
    ///   - progress: told the products done so far; throws to stop.
    /// - Throws: `Fault` where a result cannot be had, or where a certificate fails and that is not to be told only;
    ///   `KrylovFailure`; what `progress` throws.
    public init(
        _ linearised: LinearisedNetwork<Element>, _ configuration: ScalarConfiguration,
        isOver: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) throws {
        guard configuration.isSemidefinite || !configuration.quantities.contains(.logDeterminant) else {
            throw Fault(
                .usage,
                "\(configuration.target.kind.rawValue) may have negative eigenvalues, so that no shift is known to "
                    + "give it a log-determinant", at: "--quantities logdet",
                remedy: "Take --operator ggn, fisher or empirical-fisher")
        }
        try configuration.checkKind()
        selection = try ParameterSelection(configuration.parameters, of: linearised.network.layout)
        groups = configuration.target.kind.actsOnParameters ? selection.groups(by: configuration.grouping) : []
        let target = try configuration.target.make(of: linearised)
        dimension = selection.isEverything ? target.dimension : selection.count
        isExact = dimension <= configuration.exactLimit
        guard dimension > 0 else { throw Fault(.data, "the network has no parameters", at: "parameters") }
        let deadline = ScalarDeadline(isOver)
        let watched = WatchedOperator(target) { done in
            try progress(done)
            try deadline.check()
        }
        let norm = try Self.gradient(linearised, selection).norm
        if configuration.quantities.contains(.gradient) { gradientNorm = norm }
        if selection.isEverything {
            try find(watched, linearised, gradientNorm: norm, configuration, deadline)
        } else {
            try find(
                watched.restricted(to: selection.ranges), linearised, gradientNorm: norm, configuration, deadline)
        }
        products = watched.products
        isPartial = isPartial || deadline.hasCut
        guard !isPartial || trace != nil || frobeniusNormSquared != nil || !eigenvalues.isEmpty || diagonal != nil
        else {
            throw Fault(
                .usage, "the time was over before anything was found", at: "--time-limit", remedy: "Give more time")
        }
    }

    private mutating func find<Target: SymmetricOperator>(
        _ target: Target, _ linearised: LinearisedNetwork<Element>, gradientNorm norm: Double,
        _ configuration: ScalarConfiguration, _ deadline: ScalarDeadline
    ) throws where Target.Element == Element {
        certificates = try Certificates(
            examining: target, of: linearised, kind: configuration.target.kind, gradientNorm: norm,
            seed: configuration.seed)
        try certificates.check(configuration.failedCertificates)
        let vectors: Matrix<Element>
        let rounding = ProductRounding(of: linearised, gradientNorm: norm)
        if isExact, let found = try deadline.whole({ try findExactly(target, rounding, configuration) }) {
            vectors = found
        } else {
            isExact = false
            vectors = try estimate(target, workers: linearised.workers, configuration, deadline)
        }
        try certificates.check(configuration.failedCertificates)
        if configuration.quantities.contains(.gradient), gradientNorm != 0, vectors.rows > 0 {
            let gradient = try Self.gradient(linearised, selection)
            gradientFractions =
                SubspaceFraction(of: gradient, in: vectors, workers: linearised.workers).cumulative
        }
        if configuration.quantities.contains(.participation) {
            let ranges = groups.map(\.ranges)
            participation = (0..<vectors.rows).map { Participation(of: vectors.row($0), groups: ranges) }
        }
        let missed = eigenvalues.count { !$0.converged }
        if missed > 0 {
            warnings.append("\(missed) of \(eigenvalues.count) top eigenvalues did not converge; see their residuals")
        }
        if let smallest, !smallest.converged {
            warnings.append("the smallest eigenvalue did not converge; the condition number's interval says how far")
        }
    }

    /// ∇ℓ over the chosen parameters.
    private static func gradient(
        _ linearised: LinearisedNetwork<Element>, _ selection: ParameterSelection
    ) throws -> Vector<Element> {
        let full = linearised.gradient()
        guard full.isFinite else {
            throw Fault(
                .data, "the gradient is not finite in \(Element.precisionName) precision", at: "gradient",
                remedy: "The parameters or the inputs are too large; try --precision double")
        }
        guard !selection.isEverything else { return full }
        let chosen = Vector<Element>(count: selection.count)
        for entry in selection.entries { chosen[entry.local].assign(full[entry.range]) }
        return chosen
    }

    /// κ of A and of A + σI, as far as the ends of the spectrum decide them.
    mutating func findCondition(largest: ConditionNumber.End, smallest: ConditionNumber.End, isSemidefinite: Bool) {
        conditionNumber = ConditionNumber(largest: largest, smallest: smallest, isSemidefinite: isSemidefinite)
        guard let shift else { return }
        shiftedConditionNumber = ConditionNumber(
            largest: largest, smallest: smallest, shift: shift, isSemidefinite: isSemidefinite)
    }
}

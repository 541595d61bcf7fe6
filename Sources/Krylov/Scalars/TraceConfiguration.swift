public import LinearAlgebra

/// How a trace is estimated from products.
public enum TraceMethod: String, Sendable, Codable, CaseIterable {
    /// One product for each unit vector.
    case exact
    /// The mean of vᵀAv over random v (Girard 1987; Hutchinson 1989).
    case hutchinson
    /// The trace on a sketched subspace exactly, the rest by Hutchinson's estimate (Meyer, Musco, Musco and Woodruff
    /// 2021).
    case hutchPlusPlus = "hutch++"
    /// The same with each probe in turn left out of the sketch (Epperly, Tropp and Webber 2024).
    case xTrace = "xtrace"

    /// The method for `products` products of vectors of `dimension` numbers of `bytes` bytes.
    ///
    /// * As many products as dimensions: exact.
    /// * From 12 products on XTrace, where its four bases of half as many vectors fit in `memoryLimit`: with s products
    ///   it needs no more than Hutch++ with 3s/2 on a decaying spectrum (Epperly et al., section 2.2), and loses a
    ///   factor of at most √2 in the error against Hutchinson's estimate on a flat one.
    /// * Else Hutch++ from 18 products on, with three bases of a third as many vectors, where they fit.
    /// * Else Hutchinson's: fewer than 6 vectors find little of a subspace and tell nothing of their own spread.
    public static func automatic(products: Int, dimension: Int, bytes: Int, memoryLimit: Int) -> TraceMethod {
        // In floating point: a budget may be far beyond what integers could multiply.
        func fits(_ basesOfProducts: Double) -> Bool {
            basesOfProducts * Double(products) * Double(dimension) * Double(bytes) <= Double(memoryLimit)
        }
        if products >= dimension { return .exact }
        if products >= 12, fits(2) { return .xTrace }
        if products >= 18, fits(1) { return .hutchPlusPlus }
        return .hutchinson
    }
}

/// What `traceEstimates` is asked to do.
public struct TraceConfiguration: Sendable, Equatable {
    /// Products with the operator, at most. Fixed beforehand: to stop where two successive means agree would be a bias.
    public var products: Int
    /// nil for the one that `TraceMethod.automatic` chooses. `exact` takes as many products as there are dimensions.
    public var method: TraceMethod?
    public var seed: UInt64
    /// Bytes that bases may take.
    public var memoryLimit: Int
    public var workers: Workers

    public init(
        products: Int, method: TraceMethod? = nil, seed: UInt64 = 0, memoryLimit: Int = 2 << 30,
        workers: Workers = .one
    ) {
        precondition(products >= 1, "a trace from \(products) products")
        self.products = products
        self.method = method
        self.seed = seed
        self.memoryLimit = memoryLimit
        self.workers = workers
    }
}

/// Traces that come from the same products, each with its own error.
public struct TraceEstimates: Sendable, Equatable, Codable {
    /// tr A.
    public let trace: Estimate
    /// ‖A‖²_F = tr A², on a logarithmic scale.
    public let frobeniusNormSquared: Estimate
    /// The trace of the diagonal block of each group, in their order; they add up to `trace` only within the errors.
    public let groups: [Estimate]
    public let method: TraceMethod
    /// Products with the operator that were made.
    public let products: Int
}

/// The trace, the Frobenius norm and the traces of diagonal blocks of a symmetric operator, with intervals.
///
/// Probes are uniform on the sphere of radius √P, for which
///
///     Var vᵀBv = 2P/(P + 2) · (‖B‖²_F − (tr B)²/P).
///
/// Standard errors are not the spread of the samples vᵀBv alone, which for a few dominant eigenvalues is seen too small
/// in most repeats and now and then too large: an interval from it covers 80 to 90 % in place of 95. The norm in the
/// formula is estimated beside it: for tr A from ‖Av‖², which costs nothing; for other forms without bias from pairs of
/// probes, E (vᵢᵀBvⱼ)² = ‖B‖²_F. Both are far less noisy than a sample's fourth moment.
///
/// - Parameter groups: each a set of disjoint index ranges, such as the tensors of a layer.
/// - Throws: `KrylovFailure`, or what the operator throws.
/// - Complexity: `products` products, and for XTrace and Hutch++ about 2 · products² · dimension flops.
public func traceEstimates<Operator: SymmetricOperator>(
    of target: Operator, groups: [[Range<Int>]] = [], _ configuration: TraceConfiguration
) throws -> TraceEstimates {
    for range in groups.joined() {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= target.dimension,
            "indices \(range) of an operator of \(target.dimension)")
    }
    let method =
        configuration.method
        ?? .automatic(
            products: configuration.products, dimension: target.dimension,
            bytes: MemoryLayout<Operator.Element>.stride, memoryLimit: configuration.memoryLimit)
    switch method {
    case .exact: return try exactTraces(of: target, groups: groups)
    case .hutchinson: return try hutchinson(target, groups, configuration)
    case .hutchPlusPlus: return try hutchPlusPlus(target, groups, configuration)
    case .xTrace: return try xTrace(target, groups, configuration)
    }
}

/// tr A ≈ the mean of vᵀAv over the `probes` that a density with this configuration would start from.
///
/// One product a probe; the same number and error as `SpectralDensity.trace` for the same probes.
///
/// - Parameter configuration: of its Lanczos part only `probesAtOnce` and `workers` matter.
/// - Throws: `KrylovFailure`, or what the operator throws.
public func traceEstimate<Operator: SymmetricOperator>(
    of target: Operator, _ configuration: SpectralDensityConfiguration
) throws -> Estimate {
    var samples: [Double] = []
    var squares: [Double] = []
    let workers = configuration.lanczos.workers
    let probes: [Vector<Operator.Element>] = (0..<configuration.probes).map {
        configuration.distribution.probe($0, dimension: target.dimension, seed: configuration.seed)
    }
    try forEachBlock(of: probes, through: target, length: configuration.lanczos.probesAtOnce) { range, images in
        for (probe, image) in zip(probes[range], images) {
            samples.append(Double(target.dimension) * Basis.dot(probe, image, workers: workers))
            squares.append(Double(target.dimension) * Basis.dot(image, image, workers: workers))
        }
    }
    // One probe is a sample of the trace and says nothing of its spread.
    guard samples.count > 1 else { return Estimate(mean: samples) }
    return Estimate(ofForms: samples, squares: squares, dimension: target.dimension)
}

/// Products with the unit vectors: no error but rounding.
private func exactTraces<Operator: SymmetricOperator>(
    of target: Operator, groups: [[Range<Int>]]
) throws -> TraceEstimates {
    var diagonal: [Double] = []
    var squares = 0.0
    try target.forEachColumn { index, column in
        diagonal.append(Double(column[index]))
        squares += column.dot(column)
    }
    // Each entry is a product's, off by a few eps of its row; they add up at random.
    let rounding = 4 * Operator.epsilon * squares.squareRoot()
    func exact(_ value: Double) -> Estimate { Estimate(value: value, standardError: rounding) }
    return TraceEstimates(
        trace: exact(diagonal.reduce(0, +)),
        frobeniusNormSquared: Estimate(
            value: squares, standardError: 4 * Operator.epsilon * squares, scale: .logarithmic),
        groups: groups.map { group in exact(group.reduce(0) { $0 + diagonal[$1].reduce(0, +) }) },
        method: .exact, products: target.dimension)
}

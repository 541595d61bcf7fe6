/// When a density has seen enough probes.
///
/// Looked at is the interval of the cumulative function F(t), the share of eigenvalues at or below t: its largest half
/// width over all t, each counted to ± `SpectralDensity.cumulativeWindow`. It is a share of eigenvalues, so that the
/// tolerance means the same for every operator.
///
/// A stop that depends on the data ends preferably where the spread looks small by chance, and an interval made as if
/// the number of probes had been fixed then covers too seldom. Hence a schedule of K looks that is fixed beforehand:
/// the first after max(8, `probes`) probes, each next after half as many again, the last after `maximumProbes`.
/// At every look the interval is made with confidence 1 − 0.05/K; by Bonferroni's inequality *all* K of them cover with
/// probability 0.95, and so does the one at which the run stops. (Stopping where two successive means agree has no such
/// property.) Eight probes at least, since s from fewer is often several times too small.
///
/// The interval is each t's own, not a band for all t together, and covers the probes' randomness, not what
/// `steps` steps do not resolve.
public struct ProbeAdaptivity: Sendable, Equatable, Codable {
    /// The largest half width of F's interval that is small enough, a share of the eigenvalues.
    public var tolerance: Double
    /// Probes, at most.
    public var maximumProbes: Int

    public init(tolerance: Double, maximumProbes: Int = 200) {
        precondition(tolerance > 0 && maximumProbes >= 2, "a tolerance of \(tolerance) with \(maximumProbes) probes")
        self.tolerance = tolerance
        self.maximumProbes = maximumProbes
    }

    static let leastProbes = 8

    /// How many probes have been seen at each look, ascending.
    public func looks(first: Int) -> [Int] {
        var looks = [min(maximumProbes, max(Self.leastProbes, first))]
        while let last = looks.last, last < maximumProbes { looks.append(min(maximumProbes, last + (last + 1) / 2)) }
        return looks
    }
}

/// What an adaptive run came to.
public struct ProbeAdaptation: Sendable, Equatable, Codable {
    public let tolerance: Double
    /// Whether the tolerance was met at a look.
    public let reached: Bool
    /// The largest half width of F's interval, with the probes of this result; nil for a single probe.
    public let halfWidth: Double?
    /// Looks taken, and planned.
    public let looks: Int
    public let plannedLooks: Int
    /// With which every interval of this result is to be made, so that it covers in 95 % of runs: 1 − 0.05/K.
    public let confidence: Double
}

/// In which batches probes are drawn: the configuration alone decides.
struct ProbePlan {
    /// Counts of probes at which the run looks whether it is done; the last ends it.
    let looks: [Int]
    private let atOnce: Int

    init(_ configuration: SpectralDensityConfiguration) {
        looks = configuration.adaptivity?.looks(first: configuration.probes) ?? [configuration.probes]
        atOnce = configuration.lanczos.probesAtOnce
    }

    /// The probes of the batch after the first `count`; nil where there are no more.
    func batch(after count: Int) -> Range<Int>? {
        guard let end = looks.first(where: { $0 > count }) else { return nil }
        return count..<min(end, count + atOnce)
    }
}

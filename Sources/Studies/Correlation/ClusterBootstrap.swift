import Krylov
import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A correlation with an interval, from clusters drawn again with replacement.
struct BootstrapCorrelation: Sendable {
    /// Nil where one of the two is constant.
    let value: Double?
    /// Covers the truth in about 95 % of repeats; nil where there are too few clusters, or too many replicates without a
    /// value.
    let interval: ClosedRange<Double>?
    let pairs: Int
    let clusters: Int
    /// The coefficient of each replicate, in the order in which they were drawn; nil where it is undefined.
    let replicates: [Double?]
}

/// Intervals by the bias-corrected and accelerated bootstrap over clusters.
///
/// The bias z₀ is the normal quantile of the share of replicates below the estimate (of equal ones half), the
/// acceleration a = Σ (r̄ − rᵢ)³ / 6 (Σ (r̄ − rᵢ)²)^{3/2} from the estimates rᵢ without cluster i.
///
/// Source: Efron, "Better bootstrap confidence intervals", JASA 82 (1987), equations 2.3 and 6.6; Davison and Hinkley,
/// Bootstrap Methods and their Application (1997), section 3.8, for whole clusters.
struct ClusterBootstrap: Sendable {
    /// Fewer clusters say too little of their own spread.
    static let fewestClusters = 8
    /// A larger share of replicates in which nothing varies, and the interval would be that of the others alone.
    static let mostUndefined = 0.05

    var replicates = 2000
    var confidence = 0.95
    var seed: UInt64 = 0

    /// - Parameter stream: what makes these draws others than those of another call.
    func correlation(_ kind: CorrelationKind, of pairs: ClusteredPairs, stream: String) -> BootstrapCorrelation {
        let count = pairs.clusterCount
        let value = pairs.correlation(kind, weights: [Double](repeating: 1, count: count))
        guard let value, count >= Self.fewestClusters else {
            return BootstrapCorrelation(
                value: value, interval: nil, pairs: pairs.count, clusters: count, replicates: [])
        }
        var source = RandomSource(seed: seed, stream: "bootstrap \(stream)")
        let drawn = (0..<replicates).map { _ in
            var weights = [Double](repeating: 0, count: count)
            for _ in 0..<count { weights[source.index(below: count)] += 1 }
            return pairs.correlation(kind, weights: weights)
        }
        let without = (0..<count).compactMap { cluster in
            var weights = [Double](repeating: 1, count: count)
            weights[cluster] = 0
            return pairs.correlation(kind, weights: weights)
        }
        return BootstrapCorrelation(
            value: value, interval: interval(around: value, drawn, without: without), pairs: pairs.count,
            clusters: count, replicates: drawn)
    }

    /// Between two correlations from different clusters, drawn independently: the percentiles of the difference.
    func difference(_ first: BootstrapCorrelation, _ second: BootstrapCorrelation) -> ClosedRange<Double>? {
        let differences = zip(first.replicates, second.replicates).compactMap { a, b in
            a.flatMap { a in b.map { a - $0 } }
        }
        guard isEnough(differences.count) else { return nil }
        let sorted = differences.sorted()
        let tail = (1 - confidence) / 2
        return Self.quantile(tail, of: sorted)...Self.quantile(1 - tail, of: sorted)
    }

    private func isEnough(_ defined: Int) -> Bool {
        defined > 0 && Double(replicates - defined) <= Self.mostUndefined * Double(replicates)
    }

    private func interval(
        around value: Double, _ drawn: [Double?], without: [Double]
    ) -> ClosedRange<Double>? {
        let sorted = drawn.compactMap { $0 }.sorted()
        guard isEnough(sorted.count) else { return nil }
        let below = Double(sorted.count { $0 < value }) + 0.5 * Double(sorted.count { $0 == value })
        let share = below / Double(sorted.count)
        // All replicates are the estimate: a perfect line.
        guard sorted[0] < sorted[sorted.count - 1] else { return sorted[0]...sorted[0] }
        // All on one side: the correction would be infinite.
        let edge = 0.5 / Double(sorted.count)
        let bias = Self.normalQuantile(min(1 - edge, max(edge, share)))
        let acceleration = Self.acceleration(without)
        let tail = (1 - confidence) / 2
        let ends = [tail, 1 - tail].map { probability in
            let shifted = bias + Self.normalQuantile(probability)
            let denominator = 1 - acceleration * shifted
            // Beyond its pole the formula turns back.
            guard denominator > 0.1 else { return shifted < 0 ? edge : 1 - edge }
            return Self.normalProbability(bias + shifted / denominator)
        }
        let low = Self.quantile(ends[0], of: sorted)
        return low...max(low, Self.quantile(ends[1], of: sorted))
    }

    private static func acceleration(_ without: [Double]) -> Double {
        let mean = without.reduce(0, +) / Double(max(1, without.count))
        let squares = without.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard squares > 0 else { return 0 }
        let cubes = without.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
        return cubes / (6 * squares * squares.squareRoot())
    }

    private static func normalQuantile(_ probability: Double) -> Double {
        StudentT.quantile(probability, degreesOfFreedom: .infinity)
    }

    private static func normalProbability(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// By linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
    static func quantile(_ probability: Double, of sorted: [Double]) -> Double {
        let place = min(max(0, probability), 1) * Double(sorted.count - 1)
        let lower = Int(place)
        let upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
    }
}

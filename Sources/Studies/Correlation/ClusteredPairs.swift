/// Pairs of numbers of which some belong together, as those of one agent at several checkpoints: what is drawn again in a
/// bootstrap is the cluster, never a pair alone.
struct ClusteredPairs: Sendable {
    let x: [Double]
    let y: [Double]
    /// Of each pair, from 0.
    let cluster: [Int]
    let clusterCount: Int
    private let order: (x: [Int], y: [Int])

    /// - Parameter clusters: of each pair, by any name; finite numbers only.
    init<Name: Hashable>(x: [Double], y: [Double], clusters: [Name]) {
        precondition(
            x.count == y.count && x.count == clusters.count, "\(x.count), \(y.count), \(clusters.count) numbers")
        precondition(x.allSatisfy(\.isFinite) && y.allSatisfy(\.isFinite), "a pair is not finite")
        self.x = x
        self.y = y
        var numbers: [Name: Int] = [:]
        cluster = clusters.map { name in
            let number = numbers[name] ?? numbers.count
            numbers[name] = number
            return number
        }
        clusterCount = numbers.count
        order = (x.indices.sorted { x[$0] < x[$1] }, y.indices.sorted { y[$0] < y[$1] })
    }

    var count: Int { x.count }

    /// The coefficient where cluster c counts `weights[c]` times; nil where one of the two is constant then.
    func correlation(_ kind: CorrelationKind, weights: [Double]) -> Double? {
        let each = cluster.map { weights[$0] }
        switch kind {
        case .pearson: return Self.pearson(x, y, each)
        case .spearman:
            return Self.pearson(Self.midranks(x, order.x, each), Self.midranks(y, order.y, each), each)
        }
    }

    /// r = Σ w (x − x̄)(y − ȳ) / √(Σ w (x − x̄)² Σ w (y − ȳ)²), with means under the weights.
    private static func pearson(_ x: [Double], _ y: [Double], _ weights: [Double]) -> Double? {
        let total = weights.reduce(0, +)
        guard total > 0 else { return nil }
        var mean = (x: 0.0, y: 0.0)
        for index in x.indices {
            mean.x += weights[index] * x[index]
            mean.y += weights[index] * y[index]
        }
        mean = (mean.x / total, mean.y / total)
        var sum = (xx: 0.0, yy: 0.0, xy: 0.0)
        var scale = (x: 0.0, y: 0.0)
        for index in x.indices where weights[index] > 0 {
            let (a, b) = (x[index] - mean.x, y[index] - mean.y)
            sum.xx += weights[index] * a * a
            sum.yy += weights[index] * b * b
            sum.xy += weights[index] * a * b
            scale.x = max(scale.x, abs(x[index]))
            scale.y = max(scale.y, abs(y[index]))
        }
        // What is left of equal numbers is the rounding of their mean, about one unit in the last place.
        let rounding = 1e-28 * total
        guard sum.xx > rounding * scale.x * scale.x, sum.yy > rounding * scale.y * scale.y else { return nil }
        return min(1, max(-1, sum.xy / (sum.xx.squareRoot() * sum.yy.squareRoot())))
    }

    /// The rank of each number among all, each as often as its weight says; equal numbers share the mean of theirs.
    private static func midranks(_ values: [Double], _ order: [Int], _ weights: [Double]) -> [Double] {
        var ranks = [Double](repeating: 0, count: values.count)
        var below = 0.0
        var start = 0
        while start < order.count {
            var end = start
            var weight = 0.0
            while end < order.count, values[order[end]] == values[order[start]] {
                weight += weights[order[end]]
                end += 1
            }
            for place in start..<end { ranks[order[place]] = below + (weight + 1) / 2 }
            below += weight
            start = end
        }
        return ranks
    }
}

/// How an association is measured.
enum CorrelationKind: String, Codable, Sendable, CaseIterable {
    /// Of the numbers: how well a line fits.
    case pearson
    /// Of their ranks: how well any rising or falling curve does.
    case spearman
}

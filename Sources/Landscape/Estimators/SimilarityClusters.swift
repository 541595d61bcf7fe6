public import LinearAlgebra

/// Examples grouped by their gradients: k-means in the space of gradients, computed from their inner products alone.
///
/// With C the matrix of inner products, the distance of example i to the mean of cluster c is
/// C[i,i] − 2 Σ_{j∈c} C[i,j]/|c| + Σ_{j,l∈c} C[j,l]/|c|²; no gradient is needed. On cosines this is k-means on unit
/// gradients. Started by k-means++ (Arthur and Vassilvitskii 2007), the best of several starts is kept.
///
/// - Complexity: O(n² k) a sweep, in one GEMM.
public struct SimilarityClusters: Sendable, Equatable {
    /// The cluster of each example, `[n]`, numbered so that similar clusters have neighbouring numbers.
    public let clusters: [Int]
    /// Examples a cluster, `[k]`.
    public let sizes: [Int]
    /// All examples, cluster after cluster, in each the most typical first; `[n]`.
    public let order: [Int]
    /// Σ of the squared distances to the clusters' means.
    public let inertia: Double

    /// - Parameters:
    ///   - matrix: inner products or cosines, `[n, n]`.
    ///   - count: clusters wanted; no more than examples are made.
    public init<Element: Scalar>(
        of matrix: Matrix<Element>, count: Int, restarts: Int = 4, seed: UInt64
    ) {
        precondition(count >= 1 && matrix.rows >= 1, "\(count) clusters of \(matrix.rows) examples")
        let sweep = ClusterSweep(matrix, count: min(count, matrix.rows))
        var best: (assignment: [Int], inertia: Double)?
        for restart in 0..<restarts {
            var random = RandomSource(seed: seed, stream: "clusters \(restart)")
            let found = sweep.run(using: &random)
            if best == nil || found.inertia < best!.inertia { best = found }
        }
        let renumbered = sweep.renumbered(best!.assignment)
        clusters = renumbered.assignment
        sizes = (0..<renumbered.count).map { number in renumbered.assignment.count { $0 == number } }
        inertia = best!.inertia
        order = sweep.order(renumbered.assignment, count: renumbered.count)
    }
}

/// The alternation of k-means on a matrix of inner products.
private struct ClusterSweep<Element: Scalar> {
    let matrix: Matrix<Element>
    let diagonal: [Double]
    let count: Int
    private let maximumSweeps = 50

    init(_ matrix: Matrix<Element>, count: Int) {
        self.matrix = matrix
        self.count = count
        diagonal = (0..<matrix.rows).map { Double(matrix[$0, $0]) }
    }

    func run(using random: inout RandomSource) -> (assignment: [Int], inertia: Double) {
        var assignment = start(using: &random)
        var inertia = Double.infinity
        for _ in 0..<maximumSweeps {
            let distances = distances(to: assignment)
            let next = distances.map { row in row.indices.min { row[$0] < row[$1] }! }
            inertia = zip(distances, next).reduce(0) { $0 + max(0, $1.0[$1.1]) }
            if next == assignment { break }
            assignment = next
        }
        return (assignment, inertia)
    }

    /// k-means++: each centre an example, drawn with probability proportional to its squared distance from those before.
    private func start(using random: inout RandomSource) -> [Int] {
        var centres = [random.index(below: diagonal.count)]
        var nearest = distances(toExample: centres[0])
        while centres.count < count {
            let total = nearest.reduce(0, +)
            guard total > 0 else { break }
            var point = random.uniform() * total
            let chosen = nearest.indices.first { index in
                point -= nearest[index]
                return point < 0
            }
            centres.append(chosen ?? nearest.count - 1)
            let fresh = distances(toExample: centres[centres.count - 1])
            nearest = zip(nearest, fresh).map { min($0, $1) }
        }
        let all = centres.map { distances(toExample: $0) }
        return diagonal.indices.map { example in
            all.indices.min { all[$0][example] < all[$1][example] }!
        }
    }

    private func distances(toExample centre: Int) -> [Double] {
        zip(diagonal, matrix.row(centre).doubles).map { max(0, $0 + diagonal[centre] - 2 * $1) }
    }

    /// Squared distances of every example to the mean of every cluster, `[n][k]`; infinite to an empty one.
    private func distances(to assignment: [Int]) -> [[Double]] {
        let (sums, sizes, norms) = sums(assignment)
        return diagonal.indices.map { example in
            (0..<count).map { cluster in
                guard sizes[cluster] > 0 else { return .infinity }
                let size = Double(sizes[cluster])
                return diagonal[example] - 2 * Double(sums[example, cluster]) / size + norms[cluster] / (size * size)
            }
        }
    }

    /// Σ_{j∈c} C[i,j] for every i and c; the sizes; and Σ_{j,l∈c} C[j,l].
    private func sums(_ assignment: [Int]) -> (Matrix<Element>, [Int], [Double]) {
        let members = Matrix<Element>(rows: assignment.count, columns: count)
        var sizes = [Int](repeating: 0, count: count)
        for (example, cluster) in assignment.enumerated() {
            members[example, cluster] = 1
            sizes[cluster] += 1
        }
        let sums = Matrix<Element>(rows: assignment.count, columns: count)
        sums.assign(product: matrix.plain, members.plain)
        var norms = [Double](repeating: 0, count: count)
        for (example, cluster) in assignment.enumerated() { norms[cluster] += Double(sums[example, cluster]) }
        return (sums, sizes, norms)
    }

    /// The same clusters, empty ones dropped, numbered from the largest on, each next the most similar to the last.
    func renumbered(_ assignment: [Int]) -> (assignment: [Int], count: Int) {
        let (sums, sizes, _) = sums(assignment)
        var similarity = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for (example, cluster) in assignment.enumerated() {
            for other in 0..<count where sizes[other] > 0 {
                similarity[cluster][other] += Double(sums[example, other]) / Double(sizes[cluster] * sizes[other])
            }
        }
        var left = (0..<count).filter { sizes[$0] > 0 }.sorted { (sizes[$0], $1) > (sizes[$1], $0) }
        var sequence = [left.removeFirst()]
        while !left.isEmpty {
            let last = sequence[sequence.count - 1]
            let next = left.max { similarity[last][$0] < similarity[last][$1] }!
            left.removeAll { $0 == next }
            sequence.append(next)
        }
        let number = Dictionary(uniqueKeysWithValues: sequence.enumerated().map { ($0.element, $0.offset) })
        return (assignment.map { number[$0]! }, sequence.count)
    }

    /// Cluster after cluster; within one by similarity to its mean, descending; ties by the examples' order.
    func order(_ assignment: [Int], count clusters: Int) -> [Int] {
        let (sums, _, _) = sums(assignment)
        return assignment.indices.sorted { a, b in
            let left = (assignment[a], -Double(sums[a, assignment[a]]), a)
            let right = (assignment[b], -Double(sums[b, assignment[b]]), b)
            return left < right
        }
    }
}

import Files
import Landscape
import LinearAlgebra
import Testing

/// Oracle: k-means on explicit vectors, slow and obvious.
@Suite struct SimilarityClustersTests {
    /// The inertia is Σ ‖gᵢ − mean‖² of the explicit vectors, and no vector is nearer to another cluster's mean: both to
    /// rounding of sums of 40 terms of order ten.
    @Test(arguments: [1, 2, 3, 10] as [Int]) func clustersAreAFixedPointOfLloydsIteration(_ count: Int) {
        let vectors = Self.vectors(40, dimension: 6, seed: UInt64(count))
        let found = SimilarityClusters(of: Self.gram(vectors), count: count, seed: 1)
        let means = Self.means(vectors, found.clusters, count: found.sizes.count)
        var inertia = 0.0
        for (vector, cluster) in zip(vectors, found.clusters) {
            let distances = means.map { Self.squaredDistance(vector, $0) }
            inertia += distances[cluster]
            #expect(distances[cluster] <= distances.min()! + 1e-10)
        }
        #expect(abs(found.inertia - inertia) < 1e-10)
        #expect(found.sizes.count == count && found.sizes.reduce(0, +) == 40)
        #expect(found.sizes == (0..<count).map { number in found.clusters.count { $0 == number } })
        #expect(found.order.sorted() == Array(0..<40))
        // Cluster after cluster, and in each the largest inner product with the mean first.
        let keys = found.order.map { (found.clusters[$0], -Self.dot(vectors[$0], means[found.clusters[$0]])) }
        for (key, next) in zip(keys, keys.dropFirst()) {
            #expect(key.0 < next.0 || (key.0 == next.0 && key.1 <= next.1 + 1e-10))
        }
    }

    /// Oracle: the best of all 3⁸ assignments of 8 vectors to 3 clusters. 40 starts of k-means++ find it.
    @Test func manyStartsFindTheBestOfAllAssignments() {
        let vectors = Self.vectors(8, dimension: 2, seed: 11)
        var best = Double.infinity
        for code in 0..<6561 {
            var rest = code
            let assignment = vectors.map { _ in
                defer { rest /= 3 }
                return rest % 3
            }
            let means = Self.means(vectors, assignment, count: 3)
            best = min(best, zip(vectors, assignment).reduce(0) { $0 + Self.squaredDistance($1.0, means[$1.1]) })
        }
        let found = SimilarityClusters(of: Self.gram(vectors), count: 3, restarts: 40, seed: 2)
        #expect(abs(found.inertia - best) < 1e-12)
    }

    /// Oracle: the clusters that were planted: four directions, cosines within one above 0.99 and across below 0.3.
    @Test(arguments: 1...8 as ClosedRange<UInt64>) func plantedClustersAreFound(_ seed: UInt64) {
        var source = RandomSource(seed: seed)
        let planted = (0..<60).map { _ in source.index(below: 4) }
        let vectors = planted.map { cluster in
            let vector = (0..<4).map { ($0 == cluster ? 1 : 0) + 0.03 * source.normal() }
            let norm = Self.dot(vector, vector).squareRoot()
            return vector.map { $0 / norm }
        }
        let found = SimilarityClusters(of: Self.gram(vectors), count: 4, seed: seed)
        for pair in zip(found.clusters, planted).map({ ($0, $1) }) {
            let first = planted.firstIndex(of: pair.1)!
            #expect(found.clusters[first] == pair.0)
        }
        #expect(found.sizes.count == Set(planted).count && found.sizes[0] == found.sizes.max())
    }

    @Test func theSameSeedGivesTheSameClusters() {
        let gram = Self.gram(Self.vectors(50, dimension: 5, seed: 3))
        #expect(SimilarityClusters(of: gram, count: 7, seed: 4) == SimilarityClusters(of: gram, count: 7, seed: 4))
    }

    @Test func fewerExamplesThanClustersStandAlone() {
        let found = SimilarityClusters(of: Self.gram(Self.vectors(3, dimension: 4, seed: 5)), count: 10, seed: 1)
        #expect(found.sizes == [1, 1, 1] && found.order.sorted() == [0, 1, 2] && abs(found.inertia) < 1e-12)
    }

    @Test func identicalExamplesAreOneClusterInTheirOrder() {
        let same = Self.gram(Array(repeating: [1.0, 2, 2], count: 9))
        let found = SimilarityClusters(of: same, count: 4, seed: 1)
        #expect(found.sizes == [9] && found.order == Array(0..<9) && found.inertia == 0)
        let none = SimilarityClusters(of: Matrix<Float>(rows: 5, columns: 5), count: 3, seed: 1)
        #expect(none.sizes == [5] && none.inertia == 0)
    }

    /// Oracle: entry (r, c) of the arranged matrix is that of examples order[r] and order[c].
    @Test func arrangingMovesRowsAndColumnsTogether() throws {
        let gram = Self.gram(Self.vectors(23, dimension: 3, seed: 6))
        var source = RandomSource(seed: 7)
        let labels = (0..<23).map { _ in source.index(below: 4) * 10 }
        for kind in Arrangement.Kind.allCases {
            let arrangement = try Arrangement(kind, of: gram, labels: labels, seed: 8)
            let applied = arrangement.applied(to: gram)
            let order = arrangement.order
            #expect(order.sorted() == Array(0..<23))
            for row in 0..<23 {
                for column in 0..<23 { #expect(applied[row, column] == gram[order[row], order[column]]) }
            }
            switch kind {
            case .none: #expect(order == Array(0..<23) && arrangement.groupSizes == nil)
            case .label:
                let sorted = order.map { labels[$0] }
                #expect(sorted == labels.sorted())
                #expect(arrangement.groupSizes == [0, 10, 20, 30].map { label in labels.count { $0 == label } })
            case .kmeans: #expect(arrangement.groupSizes?.reduce(0, +) == 23)
            }
        }
        let fault = #expect(throws: Fault.self) { try Arrangement(.label, of: gram, labels: nil, seed: 0) }
        #expect(fault?.kind == .usage && fault?.place == "--order")
    }

    static func vectors(_ count: Int, dimension: Int, seed: UInt64) -> [[Double]] {
        var source = RandomSource(seed: seed, stream: "vectors")
        return (0..<count).map { _ in (0..<dimension).map { _ in source.normal() } }
    }

    static func gram(_ vectors: [[Double]]) -> Matrix<Double> {
        let result = Matrix<Double>(rows: vectors.count, columns: vectors.count)
        for row in vectors.indices {
            for column in vectors.indices { result[row, column] = dot(vectors[row], vectors[column]) }
        }
        return result
    }

    static func means(_ vectors: [[Double]], _ clusters: [Int], count: Int) -> [[Double]] {
        (0..<count).map { number in
            let members = zip(vectors, clusters).filter { $0.1 == number }.map(\.0)
            return vectors[0].indices.map { k in members.reduce(0) { $0 + $1[k] } / Double(max(1, members.count)) }
        }
    }

    static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    static func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
}

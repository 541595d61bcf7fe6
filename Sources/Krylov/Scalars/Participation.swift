public import LinearAlgebra

/// Where in its coordinates a vector lives.
public struct Participation: Sendable, Equatable, Codable {
    /// Σ_{i ∈ S} vᵢ² / ‖v‖² of each group S, in their order; they sum to 1 where the groups cover everything once.
    public let shares: [Double]
    /// (Σ vᵢ²)² / Σ vᵢ⁴: the participation ratio over single coordinates: 1 for a unit vector, P for equal moduli, about
    /// P/3 for normal random numbers.
    public let coordinates: Double
    /// 1 / Σ share²: the same over the groups.
    public let groups: Double

    /// - Parameters:
    ///   - vector: `[dimension]`, of any length but zero.
    ///   - groups: sets of disjoint index ranges.
    public init<Element: Scalar>(of vector: Vector<Element>, groups: [[Range<Int>]]) {
        let total = vector.dot(vector)
        precondition(total > 0, "the participation of a vector of zeros")
        let shares = groups.map { ranges in
            ranges.reduce(0) { $0 + vector[$1].dot(vector[$1]) } / total
        }
        // Fourth powers in double: those of a float vector of many coordinates would leave its range.
        var fourth = 0.0
        for start in stride(from: 0, to: vector.count, by: 4096) {
            let piece = Vector<Double>(converting: vector[start..<min(vector.count, start + 4096)])
            piece.multiply(by: piece.copy())
            fourth += piece.dot(piece)
        }
        self.shares = shares
        coordinates = fourth > 0 ? total * total / fourth : 0
        let squares = shares.reduce(0) { $0 + $1 * $1 }
        self.groups = squares > 0 ? 1 / squares : 0
    }
}

/// How much of a vector, such as the gradient, lies in the span of some orthonormal ones, such as the top eigenvectors.
public struct SubspaceFraction: Sendable, Equatable, Codable {
    /// (vᵢ·g)² / ‖g‖² of each.
    public let shares: [Double]

    /// Entry k is the share of the first k + 1 vectors together: ‖Vg‖² / ‖g‖² (Gur-Ari, Roberts and Dyer 2018, section
    /// 2.2).
    public var cumulative: [Double] {
        var sum = 0.0
        return shares.map { share in
            sum += share
            return sum
        }
    }

    /// - Parameters:
    ///   - vector: g, `[dimension]`; of a vector of zeros every share is 0.
    ///   - subspace: rows orthonormal; a loss of orthogonality δ shows as an error of δ in the shares.
    public init<Element: Scalar>(
        of vector: Vector<Element>, in subspace: Matrix<Element>, workers: Workers = .one
    ) {
        let total = Basis.dot(vector, vector, workers: workers)
        guard total > 0 else {
            shares = [Double](repeating: 0, count: subspace.rows)
            return
        }
        shares = Basis.coefficients(of: vector, in: subspace, workers: workers).map { $0 * $0 / total }
    }
}

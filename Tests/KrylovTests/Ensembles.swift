import Krylov
import LinearAlgebra

/// Spectra on which intervals are held to what they promise: flat, decaying, with outliers, and in pairs ±λ.
enum Ensemble: String, CaseIterable, Sendable {
    case flat
    case decaying
    case geometric
    case outliers
    case pairs

    static let order = 150

    var values: [Double] {
        let count = Self.order
        switch self {
        case .flat: return (0..<count).map { 1 + Double($0) / Double(count - 1) }
        case .decaying: return (1...count).map { 1 / Double($0) }
        case .geometric:
            var value = 1.0
            return (0..<count).map { _ in
                defer { value *= 0.8 }
                return value
            }
        case .outliers:
            return [20, 19.9, 11, 5, -4] + (0..<count - 5).map { -0.5 + Double($0) / Double(count - 6) }
        case .pairs:
            let half = (0..<count / 2).map { 0.1 + 2.9 * Double($0) / Double(count / 2 - 1) }
            return half + half.map { -$0 }
        }
    }

    /// S diag(values) Sᵀ with random orthonormal S: probes see nothing of its coordinates.
    var matrix: Matrix<Double> { Spectra.dense(values: values, dimension: Self.order, seed: 31) }
}

/// How often an interval holds the truth in seeded repeats.
enum Coverage {
    static let repeats = 200

    /// The number of `repeats` (seeds 1, 2, …) whose interval holds `truth`.
    static func count(
        of truth: Double, _ interval: (UInt64) throws -> ClosedRange<Double>?
    ) rethrows -> Int {
        var covered = 0
        for seed in 1...UInt64(repeats) {
            if let found = try interval(seed), found.contains(truth) { covered += 1 }
        }
        return covered
    }

    /// 90 to 99 % of them. A true coverage of 95 % gives fewer than 180 of 200 with probability 1e-3, and more than 198
    /// with 4e-4; and the seeds are fixed.
    static let accepted = 180...198
}

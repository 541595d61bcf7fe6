public import LinearAlgebra

/// Which eigenvalues are wanted.
public enum SpectrumEnd: String, Sendable, Codable, CaseIterable {
    /// Those of largest absolute value, from either end.
    case largestMagnitude = "largest-magnitude"
    /// From both ends alike; of an odd number one more from the upper.
    case both
    case largest
    case smallest
}

/// What `extremeEigenpairs` is asked to do.
public struct ExtremeConfiguration: Sendable, Equatable {
    public var end: SpectrumEnd
    /// A pair has converged when its residual is at most `tolerance · |θ|`, or at rounding.
    public var tolerance: Double
    /// Products spent on search and verification, at most; each reported pair costs one more, for its residual.
    public var maximumSteps: Int
    /// Vectors held at most, before a thick restart; nil for `max(4k, k + 60)`. Fewer than `k + 2 + 4 blockSize` are taken
    /// for that many, and two blocks more are held beside them.
    public var basisLimit: Int?
    /// Vectors that go through the operator together. More than one costs products, and pays only where a block's
    /// product is much cheaper than as many single ones: multiplicities are found either way.
    public var blockSize = 1
    /// The search goes on from a random vector outside the basis until the chance that an eigenvalue beyond the wanted
    /// ones was missed is at most this; 1 to go without. See `Verification`.
    public var missProbability = 0.01
    /// Products in a row that the verification may take without a finding; nil for a third of the products before it,
    /// at least 24 blocks.
    public var verificationLimit: Int?
    /// Seeds the start vectors.
    public var seed: UInt64
    public var workers: Workers

    public init(
        end: SpectrumEnd = .largestMagnitude, tolerance: Double = 1e-3, maximumSteps: Int = 1000,
        basisLimit: Int? = nil, seed: UInt64 = 0, workers: Workers = .one
    ) {
        precondition(tolerance > 0 && maximumSteps >= 1, "tolerance \(tolerance) in \(maximumSteps) steps")
        self.end = end
        self.tolerance = tolerance
        self.maximumSteps = maximumSteps
        self.basisLimit = basisLimit
        self.seed = seed
        self.workers = workers
    }
}

extension ExtremeConfiguration {
    /// The vectors that a search for `count` pairs of an operator of `dimension` holds before it restarts.
    public static func basisLength(count: Int, dimension: Int, limit: Int? = nil) -> Int {
        min(dimension, max(count + 6, limit ?? max(4 * count, count + 60)))
    }

    /// The rows of the basis: the length before a restart, the block that waits to be multiplied, and in a small space
    /// some for what is put aside.
    func basisRows(count: Int, dimension: Int) -> Int {
        // A restart must keep some of what leads to the next pairs, or nothing is learnt from one to the next.
        let length = max(basisLimit ?? max(4 * count, count + 60), count + 2 + 4 * blockSize)
        return min(dimension + max(4, dimension / 4), length + blockSize)
    }
}

extension SpectrumEnd {
    /// The `count` wanted of ascending `values`, best first, each with the end it belongs to.
    public func select(_ count: Int, of values: [Double]) -> [(index: Int, isUpper: Bool)] {
        var low = 0
        var high = values.count - 1
        var chosen: [(index: Int, isUpper: Bool)] = []
        while chosen.count < count, low <= high {
            let takesUpper =
                switch self {
                case .largest: true
                case .smallest: false
                case .both: chosen.count % 2 == 0
                case .largestMagnitude: abs(values[high]) >= abs(values[low])
                }
            chosen.append((takesUpper ? high : low, takesUpper))
            if takesUpper { high -= 1 } else { low += 1 }
        }
        return chosen
    }
}

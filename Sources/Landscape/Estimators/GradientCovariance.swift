import Files
public import LinearAlgebra
public import Networks

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The covariance of the examples' gradients, as the n×n matrix of their inner products.
///
/// C[i, j] = ⟨gᵢ, gⱼ⟩ / (‖gᵢ‖ ‖gⱼ‖) by default. Negative entries off the diagonal are interference between examples; few
/// large eigenvalues (blocks) are collinear gradients. Source: Lyle et al. 2023, section 3.
public struct GradientCovariance<Element: Scalar>: Sendable {
    /// How gradients are scaled before their inner products are taken.
    public enum Normalisation: String, Sendable, Codable, CaseIterable {
        /// Unit gradients: entries are cosines.
        case cosine
        /// Gradients as they are.
        case none
    }

    /// Which of the field's several "gradient covariances" is wanted: normalised or raw, centred or not.
    public struct Configuration: Sendable {
        public var normalisation: Normalisation
        /// Take the mean gradient out (after normalising) and scale by 1/n: the matrix then has the nonzero spectrum of
        /// the covariance (1/n) Σ (gᵢ − ḡ)(gᵢ − ḡ)ᵀ.
        public var isCentred: Bool

        public init(normalisation: Normalisation = .cosine, isCentred: Bool = false) {
            self.normalisation = normalisation
            self.isCentred = isCentred
        }
    }

    /// `[n, n]`, in the order of the examples.
    public let matrix: Matrix<Element>
    /// Descending, `[n]`.
    public let eigenvalues: [Double]
    /// Examples whose gradient is zero: their cosines are not defined, and are set to 0.
    public let zeroGradients: Int
    /// Σ ⟨gᵢ, gⱼ⟩ over all pairs, before anything was scaled or centred, and (Σ ‖gᵢ‖)², which it is at most.
    let rawSum: Double
    let rawScale: Double

    /// - Throws: `Fault` of kind `data` where an inner product is not finite, `FactorisationFailure` where LAPACK fails.
    public init(_ linearised: LinearisedNetwork<Element>, _ configuration: Configuration = Configuration()) throws {
        if linearised.mode.couplesExamples && linearised.network.couplesExamples {
            throw Fault(
                .usage, "batch statistics couple the examples, so that none has a gradient of its own",
                at: "--batch-statistics", remedy: "Leave it out: the running statistics are then used")
        }
        try self.init(
            innerProducts: linearised.gradientInnerProducts(), configuration, workers: linearised.workers)
    }

    /// What the matrix, its eigenvalues and the gradients formed on the way take, in bytes.
    public static func bytes(examples: Int) -> Int {
        2 * examples * examples * MemoryLayout<Element>.stride + LinearisedNetwork<Element>.formedBytes
    }

    /// - Parameter innerProducts: ⟨gᵢ, gⱼ⟩, `[n, n]`; overwritten.
    init(innerProducts matrix: Matrix<Element>, _ configuration: Configuration, workers: Workers = .one) throws {
        guard (0..<matrix.rows).allSatisfy({ matrix.row($0).isFinite }) else {
            throw Fault(
                .data, "the inner products of the gradients are not finite in \(Element.precisionName) precision",
                at: "gradients", remedy: "The parameters or the inputs are too large; try --precision double")
        }
        rawSum = (0..<matrix.rows).reduce(0) { $0 + matrix.row($1).sum }
        let lengths = (0..<matrix.rows).reduce(0) { $0 + max(0, Double(matrix[$1, $1])).squareRoot() }
        rawScale = lengths * lengths
        let zeros = (0..<matrix.rows).filter { matrix[$0, $0] <= 0 }
        zeroGradients = zeros.count
        if configuration.normalisation == .cosine { Self.normalise(matrix) }
        if configuration.isCentred { Self.centre(matrix) }
        self.matrix = matrix
        eigenvalues = try SymmetricEigenvalues.values(of: matrix, workers: workers).reversed()
    }

    /// Σ λ.
    public var trace: Double { (0..<matrix.rows).reduce(0) { $0 + Double(matrix[$1, $1]) } }

    /// exp of the entropy of λ / Σ λ (Roy and Vetterli 2007).
    public var effectiveRank: Double {
        let positive = eigenvalues.filter { $0 > 0 }
        let sum = positive.reduce(0, +)
        guard sum > 0 else { return 0 }
        return exp(-positive.reduce(0) { $0 + $1 / sum * log($1 / sum) })
    }

    /// ‖G‖²_F / ‖G‖²₂ of the matrix G of gradients, which is Σ λ / λ₁.
    public var stableRank: Double {
        guard let largest = eigenvalues.first, largest > 0 else { return 0 }
        return trace / largest
    }

    /// The mean of the entries off the diagonal.
    public var meanOffDiagonal: Double {
        let sum = (0..<matrix.rows).reduce(0) { $0 + matrix.row($1).sum }
        return count > 1 ? (sum - trace) / Double(count * (count - 1)) : 0
    }

    /// The share of the entries off the diagonal that are negative.
    public var negativeFraction: Double {
        let negative = (0..<count).reduce(0) { sum, row in
            sum + matrix.row(row).doubles.enumerated().count { $0.offset != row && $0.element < 0 }
        }
        return count > 1 ? Double(negative) / Double(count * (count - 1)) : 0
    }

    private var count: Int { matrix.rows }

    private static func normalise(_ matrix: Matrix<Element>) {
        let scales = (0..<matrix.rows).map { row in
            matrix[row, row] > 0 ? 1 / Double(matrix[row, row]).squareRoot() : 0
        }
        for row in 0..<matrix.rows {
            // In double, and the two factors first: entry (i, j) is then entry (j, i) to the bit, and nothing overflows.
            let cosines = zip(matrix.row(row).doubles, scales).map { $0 * ($1 * scales[row]) }
            matrix.row(row).assign(Vector(rounding: cosines))
            // An example's cosine with itself is 1, not 1 up to rounding.
            if scales[row] > 0 { matrix[row, row] = 1 }
        }
    }

    /// C ← (1/n) (I − 11ᵀ/n) C (I − 11ᵀ/n).
    private static func centre(_ matrix: Matrix<Element>) {
        let size = Double(matrix.rows)
        let means = (0..<matrix.rows).map { matrix.row($0).sum / size }
        let mean = means.reduce(0, +) / size
        for row in 0..<matrix.rows {
            let centred = zip(matrix.row(row).doubles, means).map { ($0 - ($1 + means[row]) + mean) / size }
            matrix.row(row).assign(Vector(rounding: centred))
        }
    }
}

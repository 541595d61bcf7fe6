public import LinearAlgebra

/// All eigenvalues of a symmetric matrix, from the matrix in full or from a Gram matrix that shares its nonzero ones; with
/// how far they may be off, and how they were had.
public struct ExactSpectrum: Sendable {
    /// Which matrix: the operator's provenance.
    public let provenance: String
    /// The order of the matrix.
    public let dimension: Int
    public let method: ExactMethod
    /// What each way that was considered would take.
    public let costs: [ExactCost]
    /// The eigenvalues that were computed, ascending. Of a Gram matrix smaller than the matrix these are all but
    /// `impliedZeros`.
    public let eigenvalues: [Double]
    /// Eigenvalues that are zero because the matrix is a sum of fewer outer products than it has rows.
    public let impliedZeros: Int
    /// How far each eigenvalue may be off, absolutely; see `ExactErrors`.
    public let errors: ExactErrors
    /// Orthonormal eigenvectors, one a row, in the order of `eigenvalues`; nil where they were not asked for.
    public let vectors: Matrix<Double>?
    /// max ‖A v − λ v‖ over the eigenvectors, with the matrix that was formed; nil without them.
    public let largestResidual: Double?

    /// What the eigenvalues' errors are made of. Each moves every eigenvalue by its own amount at most (Weyl), so they
    /// add, and eigenvalues smaller than their sum cannot be told from zero.
    public struct ExactErrors: Sendable, Equatable, Codable {
        /// Of the eigenvalue routine: n · 2⁻⁵² · ‖A‖₂. Backward stability gives p(n) eps ‖A‖₂ with a modest p (LAPACK
        /// Users' Guide, section 4.7, which sets p = 1 for what is seen in practice).
        public let solver: Double
        /// Of the matrix's entries: measured where there is something to measure, else estimated.
        public let entries: Double
        /// ‖A − Aᵀ‖_F / ‖A‖_F of the matrix before it was made symmetric, measured; nil for a Gram matrix, of which only
        /// one triangle is computed.
        public let asymmetry: Double?

        public var total: Double { solver + entries }
    }
}

/// What a density answers with an error bar, exactly.
extension ExactSpectrum {
    /// tr A.
    public var trace: Double { eigenvalues.reduce(0, +) }

    /// ‖A‖²_F = tr A².
    public var frobeniusNormSquared: Double { eigenvalues.reduce(0) { $0 + $1 * $1 } }

    /// tr Aᵏ / n; of order 0 it is 1.
    public func moment(_ power: Int) -> Double {
        precondition(power >= 0, "a moment of order \(power)")
        guard power > 0 else { return 1 }
        return eigenvalues.reduce(0) { sum, value in
            sum + (1...power).reduce(1.0) { product, _ in product * value }
        } / Double(dimension)
    }

    /// F(t), the share of eigenvalues at or below t.
    public func cumulative(at t: Double) -> Double {
        let computed = eigenvalues.partitioningIndex { $0 > t }
        return Double(computed + (t >= 0 ? impliedZeros : 0)) / Double(dimension)
    }

    /// How many eigenvalues are larger than `t`, which must not be negative.
    public func count(above t: Double) -> Int {
        precondition(t >= 0, "the implied zeros are above \(t)")
        return eigenvalues.count - eigenvalues.partitioningIndex { $0 > t }
    }

    /// All `dimension` eigenvalues, ascending, the implied zeros among them.
    public var allEigenvalues: [Double] {
        let negative = eigenvalues.partitioningIndex { $0 >= 0 }
        return eigenvalues[..<negative] + Array(repeating: 0, count: impliedZeros) + eigenvalues[negative...]
    }

    /// max |λ|.
    public var spectralNorm: Double { max(abs(eigenvalues.first ?? 0), abs(eigenvalues.last ?? 0)) }

    /// Eigenvalues that cannot be told from zero: the implied ones, and those computed with |λ| ≤ `errors.total`.
    public var indistinguishableFromZero: Int {
        impliedZeros + eigenvalues.count { abs($0) <= errors.total }
    }

    /// The rank, as far as it can be told.
    public var numericalRank: Int { dimension - indistinguishableFromZero }
}

extension [Double] {
    /// The first index of a sorted array at which `belongs` holds, or its count.
    fileprivate func partitioningIndex(_ belongs: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

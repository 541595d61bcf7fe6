import LinearAlgebra

/// An orthonormal basis of the span of some vectors: Y = R Q by Gram–Schmidt, all coefficients in double.
struct RangeBasis<Element: Scalar> {
    /// Q, `[rank, dimension]`.
    let rows: Matrix<Element>
    /// Row i holds the coefficients of yᵢ in q₀…qᵢ; complete only where the rank is full.
    let coefficients: [[Double]]
    /// Whether a vector lay in the span of those before it, up to rounding.
    let isExhausted: Bool

    /// - Parameter vectors: `[count, dimension]`; overwritten by the basis.
    init(orthonormalising vectors: Matrix<Element>, workers: Workers) {
        let epsilon = Double(Element.ulpOfOne)
        var largest = 0.0
        var rank = 0
        var coefficients: [[Double]] = []
        var isExhausted = false
        for index in 0..<vectors.rows {
            let vector = vectors.row(index)
            largest = max(largest, Basis.dot(vector, vector, workers: workers).squareRoot())
            var found: (coefficients: [Double], norm: Double) = ([], 0)
            if rank > 0 {
                found = project(vector, outOf: vectors.rows(0..<rank), epsilon: epsilon, workers: workers)
            } else {
                found.norm = Basis.dot(vector, vector, workers: workers).squareRoot()
            }
            // What a product leaves of a vector in the span is its rounding: see `roundingFactor`.
            guard found.norm > roundingFactor * epsilon * largest else {
                isExhausted = true
                continue
            }
            coefficients.append(found.coefficients + [found.norm])
            Basis.assign(vector, times: Element(1 / found.norm), to: vectors.row(rank), workers: workers)
            rank += 1
        }
        rows = vectors.rows(0..<rank)
        self.coefficients = coefficients
        self.isExhausted = isExhausted
    }

    /// Row i is the unit vector sᵢ, in the coordinates of Q, at right angles to all yⱼ with j ≠ i: the last direction
    /// that leaving yᵢ out takes away. s is the normalised i-th column of R⁻ᵀ.
    ///
    /// Source: Epperly, Tropp and Webber, SIAM J. Matrix Anal. Appl. 45 (2024), section 2.1 (there (R*)⁻¹).
    var leaveOneOutDirections: Matrix<Double> {
        let count = rows.rows
        let result = Matrix<Double>(rows: count, columns: count)
        for i in 0..<count {
            // (Rᵀx)ⱼ = Σ_{l ≤ j} R[l, j] xₗ = δᵢⱼ, where R[l, j] = coefficients[j][l].
            for j in i..<count {
                var sum = j == i ? 1.0 : 0
                for l in i..<j { sum -= coefficients[j][l] * result[i, l] }
                result[i, j] = sum / coefficients[j][j]
                if abs(result[i, j]) > 1e200 { result.row(i).scale(by: 1e-200) }
            }
            result.row(i).scale(by: 1 / result.row(i).norm)
        }
        return result
    }
}

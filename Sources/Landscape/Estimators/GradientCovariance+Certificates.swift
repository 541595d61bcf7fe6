import LinearAlgebra
public import Networks

extension GradientCovariance {
    /// What the matrix rests on: that its entries are those of the gradient's parts, that its eigenvalues are its own, and
    /// that the gradient is the loss's derivative.
    ///
    /// - Parameters:
    ///   - linearised: what the matrix was made of.
    ///   - seed: of the random directions.
    /// - Throws: `Fault` where the network cannot be linearised near its point.
    /// - Complexity: one gradient, and what `NetworkExamination` takes.
    public func certificates(of linearised: LinearisedNetwork<Element>, seed: UInt64) throws -> Certificates {
        let norm = linearised.gradient().norm
        let examination = try NetworkExamination(linearised, seed: seed).certificates.list
        return Certificates([meanGradient(norm, linearised), semidefinite, eigenvalueSum])
            + Certificates(examination.filter { $0.name == "gradient" })
    }

    /// Σᵢⱼ ⟨gᵢ, gⱼ⟩ = ‖Σ gᵢ‖² = n² ‖∇ℓ‖², as a share of (Σ ‖gᵢ‖)². The inner products come from activations and cotangents
    /// of pairs, the gradient from sums over the examples: each has the rounding of a product.
    private func meanGradient(_ norm: Double, _ linearised: LinearisedNetwork<Element>) -> Certificate {
        let count = Double(matrix.rows)
        let defect = abs(rawSum - count * count * norm * norm)
        return Certificate(
            "mean gradient", value: defect == 0 ? 0 : defect / rawScale,
            limit: 2 * ProductRounding(of: linearised, gradientNorm: norm).relative,
            meaning: "the inner products add up to the squared gradient of the loss",
            method: "|Σ ⟨gᵢ, gⱼ⟩ − n² ‖∇ℓ‖²| / (Σ ‖gᵢ‖)², before scaling; limit: the rounding of two products")
    }

    /// −λ_min / λ₁: a matrix of inner products has no negative eigenvalue. Each entry is rounded to ½ eps of its
    /// gradients' lengths, for n entries a row at most n eps of the largest eigenvalue (Gershgorin), and as much again
    /// for what scaling and centring round.
    private var semidefinite: Certificate {
        let largest = eigenvalues.first ?? 0
        let least = eigenvalues.last ?? 0
        return Certificate(
            "semidefinite", value: least < 0 ? -least / max(largest, .leastNormalMagnitude) : 0,
            limit: 2 * Double(max(1, matrix.rows)) * Double(Element.ulpOfOne),
            meaning: "no eigenvalue is negative but for rounding", method: "−λ_min/λ₁; limit: 2n eps")
    }

    /// |Σ λ − tr C| / Σ |λ|: LAPACK's eigenvalues are those of a matrix within some n eps ‖C‖.
    private var eigenvalueSum: Certificate {
        let defect = abs(eigenvalues.reduce(0, +) - trace)
        let scale = eigenvalues.reduce(0) { $0 + abs($1) }
        let count = Double(max(1, matrix.rows))
        return Certificate(
            "eigenvalue sum", value: defect == 0 ? 0 : defect / max(scale, .leastNormalMagnitude),
            limit: 10 * count * Double(Element.ulpOfOne), meaning: "the eigenvalues add up to the trace",
            method: "|Σ λ − tr C| / Σ |λ|; limit: 10 n eps")
    }
}

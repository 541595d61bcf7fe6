public import LinearAlgebra

/// Gauss quadrature for the spectral measure that one start vector sees: vᵀ f(A) v ≈ Σ wᵢ f(θᵢ).
///
/// Exact for polynomials f of degree below 2 · steps. The nodes θ are T's eigenvalues, and the weights the squares of
/// the *first* components of its eigenvectors; they sum to 1 = vᵀv.
///
/// Source: Golub and Welsch, Math. Comp. 23 (1969).
public struct ProbeQuadrature: Sendable, Equatable, Codable {
    /// θ, ascending.
    public let nodes: [Double]
    /// w ≥ 0, as many, summing to 1.
    public let weights: [Double]

    public init(nodes: [Double], weights: [Double]) {
        precondition(nodes.count == weights.count, "\(nodes.count) nodes and \(weights.count) weights")
        self.nodes = nodes
        self.weights = weights
    }

    /// The quadrature that T, the projection on the probe's Krylov space, gives.
    ///
    /// - Throws: `FactorisationFailure` where T's eigenvalues cannot be found.
    public init<Element: Scalar>(_ decomposition: LanczosDecomposition<Element>) throws(FactorisationFailure) {
        let system = try decomposition.eigensystem()
        self.init(nodes: system.eigenvalues, weights: system.firstComponents.map { $0 * $0 })
    }

    /// Σ wᵢ θᵢᵏ ≈ vᵀ Aᵏ v.
    public func moment(_ power: Int) -> Double {
        zip(nodes, weights).reduce(0) { sum, pair in
            var term = pair.1
            for _ in 0..<power { term *= pair.0 }
            return sum + term
        }
    }
}

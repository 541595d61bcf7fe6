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
    /// |β sᵢ| of each node: an eigenvalue lies within it, and where it is small the node is that eigenvalue.
    public let residuals: [Double]

    /// - Parameter residuals: where nil 0, nodes that are eigenvalues.
    public init(nodes: [Double], weights: [Double], residuals: [Double]? = nil) {
        precondition(nodes.count == weights.count, "\(nodes.count) nodes and \(weights.count) weights")
        precondition(residuals == nil || residuals!.count == nodes.count, "\(residuals!.count) residuals")
        self.nodes = nodes
        self.weights = weights
        self.residuals = residuals ?? [Double](repeating: 0, count: nodes.count)
    }

    /// The quadrature that T, the projection on the probe's Krylov space, gives.
    ///
    /// - Throws: `FactorisationFailure` where T's eigenvalues cannot be found.
    public init<Element: Scalar>(_ decomposition: LanczosDecomposition<Element>) throws(FactorisationFailure) {
        let system = try decomposition.eigensystem()
        self.init(
            nodes: system.eigenvalues, weights: system.firstComponents.map { $0 * $0 },
            residuals: system.lastComponents.map { abs($0 * decomposition.residualNorm) })
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

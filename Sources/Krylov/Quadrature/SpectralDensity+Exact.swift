extension SpectralDensity {
    /// The density of a spectrum that is known: every eigenvalue an atom of weight 1/P.
    ///
    /// - Parameters:
    ///   - eigenvalues: in any order.
    ///   - zeros: as many more that are 0, kept as one node, since there may be millions.
    ///   - error: by how much each eigenvalue may be off.
    ///   - epsilon: of the arithmetic that found them.
    public init(exactly eigenvalues: [Double], zeros: Int = 0, error: Double, epsilon: Double) {
        precondition(!eigenvalues.isEmpty || zeros > 0, "the density of no eigenvalue")
        let null = FinishedProbe(
            quadrature: ProbeQuadrature(nodes: [0], weights: [1]), orthogonalityLoss: 0, reorthogonalisations: 0,
            products: 0)
        self.init(
            zeros > 0 ? [null] : [], dimension: eigenvalues.count + zeros,
            outliers: eigenvalues.map { DeflatedEigenvalue(value: $0, residual: error) }, epsilon: epsilon,
            isPartial: false, adaptation: nil)
    }
}

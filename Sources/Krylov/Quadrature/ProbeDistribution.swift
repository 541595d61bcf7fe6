public import LinearAlgebra

/// How the random start vectors of stochastic estimates are drawn; either has E[v vᵀ] = I / dimension.
public enum ProbeDistribution: String, Sendable, Codable, CaseIterable {
    /// Independent normal numbers, scaled to length 1: uniform on the sphere.
    case gaussian
    /// ±1/√dimension with equal probability. The diagonal of the operator adds nothing to the variance.
    case rademacher

    /// Probe number `index`, `[dimension]`, of length 1.
    ///
    /// Each probe has a stream of its own, `"<stream> <index>"`: to draw more of them changes none.
    public func probe<Element: Scalar>(
        _ index: Int, dimension: Int, seed: UInt64, stream: String = "probe"
    ) -> Vector<Element> {
        var source = RandomSource(seed: seed, stream: "\(stream) \(index)")
        let vector = Vector<Element>(count: dimension)
        switch self {
        case .gaussian:
            vector.fillNormal(using: &source)
            vector.scale(by: Element(1 / vector.norm))
        case .rademacher:
            vector.fillSigns(using: &source)
            vector.scale(by: Element(1 / Double(dimension).squareRoot()))
        }
        return vector
    }
}

extension SpectralDensity {
    /// F(t), the share of eigenvalues at or below t.
    public func cumulative(at t: Double) -> Double {
        zip(nodes, weights).reduce(0) { $1.0 <= t ? $0 + $1.1 : $0 }
    }

    /// W₁ = ∫ |F(t) − G(t)| dt, the Wasserstein-1 distance to the spectrum `eigenvalues` with equal weights.
    ///
    /// How far, on average, eigenvalues have to be moved to turn one density into the other; exact for the two step
    /// functions.
    ///
    /// - Parameter eigenvalues: in any order, at least one.
    public func wassersteinDistance(to eigenvalues: [Double]) -> Double {
        precondition(!eigenvalues.isEmpty, "the distance to an empty spectrum")
        let share = 1 / Double(eigenvalues.count)
        return Self.distance(zip(nodes, weights).map { (at: $0, by: $1) } + eigenvalues.map { (at: $0, by: -share) })
    }

    /// The same to another density.
    public func wassersteinDistance(to other: SpectralDensity) -> Double {
        Self.distance(
            zip(nodes, weights).map { (at: $0, by: $1) } + zip(other.nodes, other.weights).map { (at: $0, by: -$1) })
    }

    /// ∫ |D(t)| dt of the step function D with these jumps.
    private static func distance(_ jumps: [(at: Double, by: Double)]) -> Double {
        let jumps = jumps.sorted { $0.at < $1.at }
        var difference = 0.0
        var distance = 0.0
        for (jump, next) in zip(jumps, jumps.dropFirst()) {
            difference += jump.by
            distance += abs(difference) * (next.at - jump.at)
        }
        return distance
    }
}

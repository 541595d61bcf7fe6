extension SpectralDensity {
    /// tr A = Σ outliers + (P − k) · mean over probes of Σ w θ, exact but for the probes' randomness.
    ///
    /// Its standard error is that of the probes' distribution on the sphere, from ‖A‖²_F (`SpectralMeasure.trace`), for
    /// `rademacher` probes an upper bound. It knows no rounding, which is all that a rank-deficient rest may hold:
    /// eps max|θ| in random directions, √P of them, is added to it.
    public var trace: Estimate {
        let range = measure.range
        let largest = max(abs(range.lowerBound), abs(range.upperBound))
        // Of one node the second moment is the square of the first.
        return measure.trace(
            knowsSecondMoment: probes.allSatisfy { $0.nodes.count >= 2 },
            rounding: epsilon * largest * Double(dimension).squareRoot())
    }

    /// ‖A‖²_F = tr A², with an interval on a logarithmic scale.
    public var frobeniusNormSquared: Estimate {
        // A quadrature of m nodes is exact to degree 2m − 1; one whose space was exhausted is exact.
        measure.frobeniusNormSquared(knowsFourthMoment: probes.allSatisfy { $0.nodes.count >= 3 })
    }

    /// tr Aᵏ / P, likewise (k < 2 · steps).
    public func moment(_ power: Int) -> Estimate { measure.moment(power) }

    /// tr f(A) / P, as far as f is a polynomial of degree below 2 · steps.
    public func mean(of f: (Double) -> Double) -> Estimate { measure.estimate(f) }

    /// Any number that can be read off a density, with the error that leaving out one probe at a time shows.
    ///
    /// For what is not linear in the probes (quantiles, distances, entropies); see `Estimate.init(jackknife:_:)`.
    public func estimate(of statistic: (SpectralDensity) -> Double) -> Estimate {
        guard !probes.isEmpty else { return Estimate(value: statistic(self), standardError: 0) }
        return Estimate(jackknife: probes.count) { index in statistic(index.map(without) ?? self) }
    }

    /// The density of all probes but one; what it cost stays as it was.
    private func without(_ index: Int) -> SpectralDensity {
        var others = probes
        others.remove(at: index)
        return SpectralDensity(self, probes: others)
    }

    private init(_ other: SpectralDensity, probes: [ProbeQuadrature]) {
        let finished = probes.map {
            FinishedProbe(
                quadrature: $0, orthogonalityLoss: other.orthogonalityLoss, reorthogonalisations: 0, products: 0)
        }
        self.init(
            finished, dimension: other.dimension, outliers: other.outliers, epsilon: other.epsilon,
            isPartial: other.isPartial, adaptation: other.adaptation)
    }
}

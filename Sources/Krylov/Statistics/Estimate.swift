/// An estimate from independent samples, and how far it may be off.
public struct Estimate: Sendable, Equatable, Codable {
    public let value: Double
    /// The sample's standard deviation over √count; nil for a single estimate, which says nothing of its spread.
    public let standardError: Double?
    /// Of Student's t for the interval: the samples less one. Nil where the spread is unknown, or known without estimate.
    public let degreesOfFreedom: Double?

    public init(value: Double, standardError: Double?, degreesOfFreedom: Double? = nil) {
        self.value = value
        self.standardError = standardError
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// The mean of `samples` (at least one), and s/√M with s² = Σ (xᵢ − x̄)² / (M − 1).
    public init(mean samples: [Double]) {
        precondition(!samples.isEmpty, "the mean of nothing")
        let count = Double(samples.count)
        let mean = samples.reduce(0, +) / count
        value = mean
        standardError =
            samples.count > 1
            ? (samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count).squareRoot() : nil
        degreesOfFreedom = samples.count > 1 ? count - 1 : nil
    }

    /// value ± t · standard error: covers the truth in this share of repeats, for samples that are about normal.
    ///
    /// - Returns: nil for a single sample.
    public func interval(confidence: Double = 0.95) -> ClosedRange<Double>? {
        guard let standardError else { return nil }
        let quantile = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: degreesOfFreedom ?? .infinity)
        return value - quantile * standardError...value + quantile * standardError
    }
}

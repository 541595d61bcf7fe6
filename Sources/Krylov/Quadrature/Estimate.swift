/// The mean of independent estimates and how far it may be off.
public struct Estimate: Sendable, Equatable, Codable {
    public let value: Double
    /// The sample's standard deviation over √count; nil for a single estimate, which says nothing of its spread.
    public let standardError: Double?

    public init(value: Double, standardError: Double?) {
        self.value = value
        self.standardError = standardError
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
    }
}

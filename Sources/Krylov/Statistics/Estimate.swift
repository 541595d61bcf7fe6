#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An estimate from random samples, and how far it may be off.
public struct Estimate: Sendable, Equatable, Codable {
    /// On which scale the error is symmetric.
    public enum Scale: String, Sendable, Codable {
        case linear
        /// For positive quantities whose error is proportional to them, as that of a sum of squares from few samples:
        /// value · exp(± t · standard error / value), by the delta method.
        case logarithmic
    }

    public let value: Double
    /// Of the mean; nil for a single sample, which says nothing of its spread.
    public let standardError: Double?
    /// Of Student's t for the interval: the samples less one. Nil where the spread is unknown, or known without estimate.
    public let degreesOfFreedom: Double?
    public let scale: Scale

    public init(
        value: Double, standardError: Double?, degreesOfFreedom: Double? = nil, scale: Scale = .linear
    ) {
        self.value = value
        self.standardError = standardError
        self.degreesOfFreedom = degreesOfFreedom
        self.scale = scale
    }

    /// The mean of `samples` (at least one), and s/√M with s² = Σ (xᵢ − x̄)² / (M − 1).
    public init(mean samples: [Double]) {
        precondition(!samples.isEmpty, "the mean of nothing")
        let count = Double(samples.count)
        value = samples.reduce(0, +) / count
        standardError = samples.count > 1 ? (Self.variance(samples) / count).squareRoot() : nil
        degreesOfFreedom = samples.count > 1 ? count - 1 : nil
        scale = .linear
    }

    /// Covers the truth in this share of repeats, for means of samples that are about normal.
    ///
    /// - Returns: value ± t · standard error on the estimate's scale; nil for a single sample.
    public func interval(confidence: Double = 0.95) -> ClosedRange<Double>? {
        guard let standardError else { return nil }
        // A spread of 0 · t is 0, and must not become NaN where the quantile overflows.
        guard standardError > 0 else { return value...value }
        let quantile = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: degreesOfFreedom ?? .infinity)
        let reach = quantile * standardError
        switch scale {
        case .logarithmic where value > 0:
            let factor = exp(min(700, reach / value))
            return value / factor...value * factor
        default:
            return value - reach...value + reach
        }
    }

    /// The same for `factor` times the quantity.
    public func scaled(by factor: Double) -> Estimate {
        Estimate(
            value: factor * value, standardError: standardError.map { abs(factor) * $0 },
            degreesOfFreedom: degreesOfFreedom, scale: scale)
    }

    /// s², with M − 1 in the divisor; 0 for a single sample.
    static func variance(_ samples: [Double]) -> Double {
        guard samples.count > 1 else { return 0 }
        let mean = samples.reduce(0, +) / Double(samples.count)
        return samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(samples.count - 1)
    }
}

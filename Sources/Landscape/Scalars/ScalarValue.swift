public import Krylov

/// A number with its 95 % interval.
public struct ScalarValue: Sendable, Equatable, Encodable {
    public let value: Double
    /// Of the random estimate; absent where there is no randomness, or too few samples to know it.
    public let standardError: Double?
    /// Holds the truth in 95 % of repeats; absent for a single sample.
    public let interval: ClosedRange<Double>?

    public init(_ value: Double, standardError: Double? = nil, interval: ClosedRange<Double>?) {
        self.value = value
        self.standardError = standardError
        self.interval = interval
    }

    public init(_ estimate: Estimate) {
        self.init(estimate.value, standardError: estimate.standardError, interval: estimate.interval())
    }

    public init(_ estimate: QuadratureEstimate) {
        self.init(
            estimate.estimate.value, standardError: estimate.estimate.standardError, interval: estimate.interval())
    }

    public init(_ count: EigenvalueCount) {
        self.init(
            count.value, standardError: count.count.estimate.standardError, interval: count.interval())
    }

    /// A number that is off by rounding alone.
    init(exact value: Double, rounding: Double = 0) {
        self.init(value, interval: value - rounding...value + rounding)
    }

    enum CodingKeys: String, CodingKey {
        case value, low, high
        case standardError = "standard_error"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(value, forKey: .value)
        try container.encodeIfPresent(standardError, forKey: .standardError)
        try container.encodeIfPresent(interval?.lowerBound, forKey: .low)
        try container.encodeIfPresent(interval?.upperBound, forKey: .high)
    }
}

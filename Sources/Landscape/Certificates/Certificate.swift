/// Evidence for a result: one thing that must hold if the numbers are to be believed, and how far it was found to hold.
public struct Certificate: Sendable, Equatable {
    /// A word: `symmetry`.
    public let name: String
    /// What was found; the smaller the better.
    public let value: Double
    /// What it may be at most; nil for what is told and judged by nobody.
    public let limit: Double?
    /// What it means for the result, in a line.
    public let meaning: String
    /// How value and limit were had.
    public let method: String
    /// Where the value is a share of random trials: its interval of 95 % confidence.
    public let interval: ClosedRange<Double>?

    /// Whether the value is within its limit; false for a value that is no number.
    public var passed: Bool { limit.map { value <= $0 } ?? value.isFinite }

    public init(
        _ name: String, value: Double, limit: Double?, meaning: String, method: String,
        interval: ClosedRange<Double>? = nil
    ) {
        self.name = name
        self.value = value
        self.limit = limit
        self.meaning = meaning
        self.method = method
        self.interval = interval
    }
}

extension Certificate: Codable {
    enum CodingKeys: String, CodingKey { case name, value, limit, passed, meaning, method, interval }

    /// A value that is no number has no place in a document: its key is left out, and `passed` says false.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        if value.isFinite { try container.encode(value, forKey: .value) }
        try container.encodeIfPresent(limit, forKey: .limit)
        try container.encode(passed, forKey: .passed)
        try container.encode(meaning, forKey: .meaning)
        try container.encode(method, forKey: .method)
        try container.encodeIfPresent(interval.map { [$0.lowerBound, $0.upperBound] }, forKey: .interval)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let ends = try container.decodeIfPresent([Double].self, forKey: .interval)
        self.init(
            try container.decode(String.self, forKey: .name),
            value: try container.decodeIfPresent(Double.self, forKey: .value) ?? .nan,
            limit: try container.decodeIfPresent(Double.self, forKey: .limit),
            meaning: try container.decode(String.self, forKey: .meaning),
            method: try container.decode(String.self, forKey: .method),
            interval: ends.flatMap { $0.count == 2 && $0[0] <= $0[1] ? $0[0]...$0[1] : nil })
    }
}

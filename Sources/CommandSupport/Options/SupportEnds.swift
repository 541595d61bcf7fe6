public import ArgumentParser

/// `-100,100`: the ends of an interval, with a comma between them.
public struct SupportEnds: ExpressibleByArgument, Sendable {
    public let low: Double
    public let high: Double

    public init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false)
        let ends = words.compactMap { Double($0) }
        guard words.count == 2, ends.count == 2, ends.allSatisfy(\.isFinite), ends[0] < ends[1] else { return nil }
        (low, high) = (ends[0], ends[1])
    }

    public var defaultValueDescription: String { "\(Table.text(low)),\(Table.text(high))" }
}

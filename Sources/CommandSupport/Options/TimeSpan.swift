public import ArgumentParser

/// A length of time as people write it: `90s`, `30m`, `2h`, `1h30m`, `1.5h`; a plain number is seconds.
public struct TimeSpan: ExpressibleByArgument, Sendable, Equatable {
    public let seconds: Double

    public init(seconds: Double) { self.seconds = seconds }

    /// Nil for text that is no length of time.
    public init?(argument: String) {
        let units: [Character: Double] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
        var rest = argument.lowercased()[...]
        if let plain = Self.number(rest) {
            self.init(seconds: plain)
            return
        }
        var sum = 0.0
        var last = Double.infinity
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            // Each unit once, the larger first: `30m1h` is more likely a slip than meant.
            guard let number = Self.number(digits), let unit = rest.popFirst().flatMap({ units[$0] }), unit < last
            else { return nil }
            sum += number * unit
            last = unit
        }
        guard last < .infinity, sum < 1e9 else { return nil }
        self.init(seconds: sum)
    }

    /// Digits and a point; not the `inf`, `0x10` and `1e5` that `Double` reads too.
    private static func number(_ text: Substring) -> Double? {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else { return nil }
        return Double(text)
    }
}

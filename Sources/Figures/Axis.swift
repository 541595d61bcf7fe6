#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The range of an axis and the places of its numbers.
///
/// gnuplot's own choice leaves a logarithmic axis shorter than a decade without numbers, and crowds narrow panels.
struct Axis {
    let low: Double
    let high: Double
    let isLogarithmic: Bool
    /// At most so many numbers are written beside it.
    let mostNumbers: Int

    /// A linear axis around `values`, with some air at both ends; a single value gets a range of its own size.
    static func linear(_ values: [Double], air: Double = 0.04, mostNumbers: Int = 8) -> Axis {
        let least = values.min() ?? 0
        let most = values.max() ?? 0
        let span = most - least
        // Below this the numbers beside the axis could not be told apart.
        let isFlat = span <= 1e-9 * max(abs(least), abs(most))
        let margin = isFlat ? max(abs(most) * 0.1, most == 0 ? 1 : 0) : span * air
        return Axis(low: least - margin, high: most + margin, isLogarithmic: false, mostNumbers: mostNumbers)
    }

    /// A logarithmic axis that holds the positive ones of `values`, at most `decades` long; `nil` where none is positive.
    static func logarithmic(_ values: [Double], decades: Double, mostNumbers: Int = 8) -> Axis? {
        let positive = values.filter { $0 > 0 }
        guard let most = positive.max(), let least = positive.min() else { return nil }
        let floor = max(least, most * pow(10, -decades), Double.leastNormalMagnitude)
        // Half a decade at least, so that a constant series is a line in the middle and not at the edge.
        let air = max(pow(most / floor, 0.04), most / floor < 3 ? 2 : 1)
        return Axis(low: floor / air, high: most * air, isLogarithmic: true, mostNumbers: mostNumbers)
    }

    /// gnuplot's commands for the axis named `x`, `y` or `cb`.
    func commands(_ axis: String) -> String {
        """
        \(isLogarithmic ? "set" : "unset") logscale \(axis)
        set \(axis)range [\(low):\(high)]
        set \(axis)tics \(numbers)
        """
    }

    private var numbers: String {
        isLogarithmic ? logarithmicNumbers : "\(Axis.roundStep(high - low, parts: mostNumbers))"
    }

    private var logarithmicNumbers: String {
        let first = Int(log10(low).rounded(.down))
        let last = Int(log10(high).rounded(.up))
        let decades = log10(high / low)
        let mantissas = decades < 1.2 ? [1, 2, 3, 5, 7] : decades < 2.5 ? [1, 2, 5] : [1]
        let stride = max(1, Int((decades / Double(mostNumbers)).rounded(.up)))
        let plain = first >= -4 && last <= 5
        var numbers: [String] = []
        for exponent in first...last where mantissas.count > 1 || exponent.isMultiple(of: stride) {
            for mantissa in mantissas {
                let value = Double(mantissa) * pow(10, Double(exponent))
                guard value >= low * 0.999, value <= high * 1.001 else { continue }
                let text = mantissa == 1 ? "10^{\(exponent)}" : "\(mantissa)·10^{\(exponent)}"
                numbers.append(plain ? "\(mantissa)e\(exponent)" : "'\(text)' \(mantissa)e\(exponent)")
            }
        }
        return "format '%g' (" + numbers.joined(separator: ", ") + ")"
    }

    /// The smallest of 1, 2, 5 × 10ᵏ that cuts `span` into at most `parts`.
    static func roundStep(_ span: Double, parts: Int) -> Double {
        let raw = span / Double(parts)
        guard raw > 0, raw.isFinite else { return 1 }
        let power = pow(10, log10(raw).rounded(.down))
        let factor = [1.0, 2, 5, 10].first { $0 * power >= raw * 0.999_999 } ?? 10
        return factor * power
    }
}

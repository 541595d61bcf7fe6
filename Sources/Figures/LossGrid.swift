import Files

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A loss on a grid of a plane, for the figures that show it.
public struct LossGrid: Sendable {
    /// Ascending and evenly spaced, `[columns]`, two at least.
    public var horizontal: [Double]
    /// As `horizontal`, `[rows]`.
    public var vertical: [Double]
    /// Row by row, `[rows, columns]`; nil where the loss is not known, which is left white.
    public var values: [Double?]

    public init(horizontal: [Double], vertical: [Double], values: [Double?]) {
        self.horizontal = horizontal
        self.vertical = vertical
        self.values = values
    }

    var known: [Double] { values.compactMap { $0 } }

    /// Whether losses are drawn on a logarithmic scale: where all are positive and more than a decade and a half apart.
    var isLogarithmic: Bool {
        guard let low = known.min(), let high = known.max() else { return false }
        return low > 0 && high > 30 * low
    }

    /// The losses' axis; a constant loss gets a range of its own size.
    var axis: Axis { isLogarithmic ? .logarithmic(known, decades: 12)! : .linear(known, air: 0, mostNumbers: 8) }

    /// Losses of contour lines: `count` cuts of the range between the least and the largest, even on the scale that is
    /// drawn.
    func levels(_ count: Int = 14) -> [Double] {
        guard let low = known.min(), let high = known.max(), high > low else { return [] }
        let (first, last) = isLogarithmic ? (log10(low), log10(high)) : (low, high)
        return (1...count).map { first + (last - first) * Double($0) / Double(count + 1) }
    }

    /// gnuplot's grid: a line a point, a blank line after each row; what is not known is `NaN`.
    var text: String {
        var text = "# alpha beta loss\n"
        for (row, beta) in vertical.enumerated() {
            for (column, alpha) in horizontal.enumerated() {
                let value = values[row * horizontal.count + column].map { "\($0)" } ?? "NaN"
                text += "\(alpha) \(beta) \(value)\n"
            }
            text += "\n"
        }
        return text
    }

    /// - Throws: `Fault`: see `Checks`; of kind `software` for a grid of less than 2 × 2 points, `data` where no loss is
    ///   known.
    func check(_ figure: String) throws(Fault) {
        for (name, values) in [("horizontal", horizontal), ("vertical", vertical)] {
            try Checks.finite(values, name, of: figure)
            try Checks.ascending(values, name, of: figure)
            guard values.count > 1 else { throw Fault(.software, "\(name) has no two values", at: "figure \(figure)") }
        }
        let expected = horizontal.count * vertical.count
        guard values.count == expected else {
            throw Fault(
                .software, "values has \(values.count) values where \(expected) belong", at: "figure \(figure)")
        }
        try Checks.finite(values.map { $0 ?? 0 }, "values", of: figure)
        guard !known.isEmpty else { throw Fault(.data, "no loss of the grid is known", at: "figure \(figure)") }
    }
}

extension Script {
    /// Dark blue to yellow, in even steps of lightness, also for colour-blind readers and in grey.
    ///
    /// Source: the points 0, 1/8, … of matplotlib's `viridis` (van der Walt and Smith 2015).
    static let lossPalette = """
        set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c', 5 '#28ae80', \\
            6 '#5ec962', 7 '#addc30', 8 '#fde725')
        """
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Small plots of text for a terminal, drawn with Unicode's block elements.
///
/// Pure functions: the same numbers give the same text. What is not finite is left out, since a plot on a terminal is a
/// glance and the numbers themselves are reported beside it.
public enum TerminalPlot {
    private static let eighths: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// A spectral density as columns on a logarithmic axis, with the axes' ends in numbers.
    ///
    /// - Parameters:
    ///   - grid: ascending eigenvalues, `[points]`.
    ///   - density: `[points]`.
    ///   - width: the columns of the terminal, axis and all; at least 20.
    ///   - height: the lines of the columns; at least 2.
    ///   - decades: how far below the peak the bottom is.
    public static func density(
        grid: [Double], density: [Double], width: Int = 72, height: Int = 8, decades: Int = 6
    ) -> String {
        precondition(grid.count == density.count, "grid has \(grid.count) points, density \(density.count)")
        let points = zip(grid, density).filter { $0.isFinite && $1.isFinite }
        guard let first = points.first?.0, let last = points.last?.0 else { return "(no density)" }
        let peak = points.map(\.1).max() ?? 0
        guard peak > 0 else { return "(the density is zero everywhere)" }
        let top = Int(log10(peak).rounded(.up))
        let labels = ["1e\(top)", "1e\(top - decades)"]
        let margin = (labels.map(\.count).max() ?? 0) + 1
        let columns = max(width, 20) - margin - 1
        let rows = max(height, 2)

        // The largest density of a column's points, so that a narrow outlier is not stepped over.
        var highest = [Double](repeating: 0, count: columns)
        for (x, y) in points {
            let share = last > first ? (x - first) / (last - first) : 0.5
            let column = min(columns - 1, Int(share * Double(columns)))
            highest[column] = max(highest[column], y)
        }
        // On a coarse grid a column without a point is as high as the one before it.
        if points.count > 1 {
            var isFilled = [Bool](repeating: false, count: columns)
            for (x, _) in points where last > first {
                isFilled[min(columns - 1, Int((x - first) / (last - first) * Double(columns)))] = true
            }
            for column in 1..<columns where !isFilled[column] { highest[column] = highest[column - 1] }
        }
        let levels = highest.map { value -> Int in
            guard value > 0 else { return 0 }
            let share = (log10(value) - Double(top - decades)) / Double(decades)
            return max(0, min(8 * rows, Int((share * Double(8 * rows)).rounded())))
        }
        var lines: [String] = []
        for row in (0..<rows).reversed() {
            let label = row == rows - 1 ? labels[0] : row == 0 ? labels[1] : ""
            let cells = levels.map { eighths[max(0, min(8, $0 - 8 * row))] }
            lines.append(padded(label, margin - 1, atEnd: false) + " ┤" + trimmed(String(cells)))
        }
        let ends = (number(first), number(last))
        lines.append(String(repeating: " ", count: margin) + "└" + String(repeating: "─", count: columns))
        let gap = max(1, columns - ends.0.count - ends.1.count)
        lines.append(String(repeating: " ", count: margin + 1) + ends.0 + String(repeating: " ", count: gap) + ends.1)
        return lines.joined(separator: "\n")
    }

    /// Eigenvalues as a list with a bar each, to the left of an axis where they are negative.
    ///
    /// - Parameters:
    ///   - values: drawn in their order, one line each.
    ///   - width: the columns of the terminal, numbers and all; at least 24.
    public static func eigenvalues(_ values: [Double], width: Int = 72) -> String {
        let finite = values.filter(\.isFinite)
        guard !finite.isEmpty else { return "(no eigenvalues)" }
        let numbers = finite.map { number($0) }
        let margin = numbers.map(\.count).max()! + 1
        let columns = max(width, 24) - margin - 1
        let above = max(finite.max()!, 0)
        let below = max(-finite.min()!, 0)
        let span = above + below
        guard span > 0 else {
            return numbers.map { padded($0, margin - 1, atEnd: false) + " │" }.joined(separator: "\n")
        }
        let negative = below > 0 ? max(1, Int((below / span * Double(columns)).rounded())) : 0
        return zip(finite, numbers).map { value, text in
            let line = padded(text, margin - 1, atEnd: false) + " "
            guard value < 0 else {
                let bar = rightBar(above > 0 ? value / above * Double(columns - negative) : 0)
                return line + String(repeating: " ", count: negative) + "│" + bar
            }
            // Unicode has no eighths that grow to the left, so a negative bar has whole and half cells.
            let halves = max(1, Int((-value / below * Double(2 * negative)).rounded()))
            let bar = (halves % 2 == 1 ? "▐" : "") + String(repeating: "█", count: halves / 2)
            return line + padded(bar, negative, atEnd: false) + "│"
        }.joined(separator: "\n")
    }

    private static func rightBar(_ length: Double) -> String {
        let parts: [String] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        let whole = max(0, Int((length * 8).rounded()))
        return String(repeating: "█", count: whole / 8) + parts[whole % 8]
    }

    /// Four significant digits, without the C locale's surprises.
    static func number(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        let exponent = Int(log10(abs(value)).rounded(.down))
        guard exponent < -3 || exponent > 5 else {
            let scale = pow(10, Double(max(0, 3 - exponent)))
            let rounded = (value * scale).rounded() / scale
            return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
        }
        // A step of its own for the power: 10⁻³²⁰ is not a normal number.
        let mantissa = value / pow(10, Double(exponent))
        let rounded = (mantissa * 1000).rounded() / 1000
        return (rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)") + "e\(exponent)"
    }

    static func padded(_ text: String, _ width: Int, atEnd: Bool) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return atEnd ? text + space : space + text
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}

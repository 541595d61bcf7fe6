#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension TerminalPlot {
    private static let shades: [Character] = [" ", "·", "░", "▒", "▓", "█"]

    /// A loss on a plane as shades, the lowest blank, each character a computed point or several; its range below.
    ///
    /// The shades are even on the scale that the figures take (`LossGrid`). The first row of the grid is the lowest
    /// line; a point whose loss is not known is `?`.
    ///
    /// - Parameter width: the columns of the terminal.
    public static func surface(_ grid: LossGrid, width: Int = 64) -> String {
        let known = grid.known
        guard let low = known.min(), let high = known.max() else { return "(no losses)" }
        let (columns, rows) = (grid.horizontal.count, grid.vertical.count)
        // A character is about twice as high as wide, so that a point gets two where there is room.
        let repeats = 2 * columns <= width ? 2 : 1
        let skip = max(1, (columns + width - 1) / width)
        let levels = grid.levels(shades.count - 1)
        var lines: [String] = []
        for row in stride(from: rows - 1, through: 0, by: -skip) {
            var line = ""
            for column in stride(from: 0, to: columns, by: skip) {
                let shade =
                    grid.values[row * columns + column].map { value in
                        shades[levels.count { (grid.isLogarithmic ? log10(value) : value) > $0 }]
                    } ?? "?"
                line += String(repeating: shade, count: repeats)
            }
            lines.append(line)
        }
        lines.append("loss \(number(low)) \(String(shades)) \(number(high))")
        return lines.joined(separator: "\n")
    }

    /// Values along a line, one mark a column, with the ends of both axes in numbers.
    ///
    /// - Parameters:
    ///   - positions: ascending, `[points]`.
    ///   - values: `[points]`; nil where there is none.
    public static func line(
        positions: [Double], values: [Double?], width: Int = 72, height: Int = 10
    ) -> String {
        precondition(positions.count == values.count, "\(positions.count) positions of \(values.count) values")
        let points = zip(positions, values).compactMap { position, value in value.map { (position, $0) } }
        guard let low = points.map(\.1).min(), let high = points.map(\.1).max(), let first = positions.first,
            let last = positions.last
        else { return "(no values)" }
        let labels = [number(high), number(low)]
        let margin = (labels.map(\.count).max() ?? 0) + 1
        let columns = max(width, 20) - margin - 1
        var canvas = [[Character]](repeating: .init(repeating: " ", count: columns), count: height)
        for (position, value) in points {
            let across = last > first ? (position - first) / (last - first) : 0.5
            let up = high > low ? (value - low) / (high - low) : 0.5
            let row = height - 1 - min(height - 1, Int(up * Double(height)))
            canvas[row][min(columns - 1, Int(across * Double(columns)))] = "●"
        }
        var lines = canvas.enumerated().map { row, cells in
            let label = row == 0 ? labels[0] : row == height - 1 ? labels[1] : ""
            var text = String(cells)
            while text.last == " " { text.removeLast() }
            return padded(label, margin - 1, atEnd: false) + " ┤" + text
        }
        lines.append(String(repeating: " ", count: margin) + "└" + String(repeating: "─", count: columns))
        let ends = (number(first), number(last))
        let gap = max(1, columns - ends.0.count - ends.1.count)
        lines.append(String(repeating: " ", count: margin + 1) + ends.0 + String(repeating: " ", count: gap) + ends.1)
        return lines.joined(separator: "\n")
    }
}

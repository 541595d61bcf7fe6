extension TerminalPlot {
    private static let positive: [Character] = [" ", "░", "▒", "▓", "█"]
    private static let negative: [Character] = [" ", "·", "-", "=", "≡"]

    /// A matrix as a heat map of at most `width × height` characters, averaged over blocks, with its legend below.
    ///
    /// Without colours the sign is in the character's kind: shades above zero, strokes below. With colours (24-bit
    /// escape sequences) each character shows two rows, blue below zero, white at zero, red above.
    ///
    /// - Parameters:
    ///   - matrix: row by row, `[count, count]`.
    ///   - limit: the size at which shade and colour saturate; `nil` for the largest mean's size.
    public static func heatMap(
        _ matrix: [Double], count: Int, width: Int = 40, limit: Double? = nil, colours: Bool = false
    ) -> String {
        precondition(matrix.count == count * count, "a matrix of \(matrix.count) entries is not \(count)×\(count)")
        guard count > 0 else { return "(no entries)" }
        // A character is about twice as high as it is wide.
        let columns = min(max(2, width), 40, count * 2)
        let rows = max(1, columns / 2)
        let drawn = colours ? 2 * rows : rows
        let means = means(matrix, count: count, rows: drawn, columns: columns)
        let size = means.map { abs($0) }.filter(\.isFinite).max() ?? 0
        let limit = limit ?? (size > 0 ? size : 1)
        var lines: [String] = []
        for row in 0..<rows {
            lines.append(
                colours
                    ? coloured(
                        Array(means[(2 * row * columns)..<((2 * row + 1) * columns)]),
                        Array(means[((2 * row + 1) * columns)..<((2 * row + 2) * columns)]), limit: limit)
                    : String((0..<columns).map { shade(means[row * columns + $0] / limit) }))
        }
        let ends = (number(-limit), number(limit))
        let scale =
            colours
            ? (-6...6).map { colour(Double($0) / 6, isBackground: true) + " " }.joined() + "\u{1B}[0m"
            : String(negative.reversed()) + String(positive.dropFirst())
        return (lines + ["\(ends.0) \(scale) \(ends.1)"]).joined(separator: "\n")
    }

    /// The mean of each cell's entries; a cell smaller than an entry shows the entry that it lies in.
    private static func means(_ matrix: [Double], count: Int, rows: Int, columns: Int) -> [Double] {
        func range(_ cell: Int, of cells: Int) -> Range<Int> {
            let start = cell * count / cells
            return start..<max(start + 1, (cell + 1) * count / cells)
        }
        var means: [Double] = []
        for row in 0..<rows {
            for column in 0..<columns {
                let (across, down) = (range(column, of: columns), range(row, of: rows))
                var sum = 0.0
                for inner in down {
                    for place in across { sum += matrix[inner * count + place] }
                }
                means.append(sum / Double(across.count * down.count))
            }
        }
        return means
    }

    private static func shade(_ share: Double) -> Character {
        guard share.isFinite else { return "?" }
        let level = min(4, Int((abs(share) * 4).rounded()))
        return share < 0 ? negative[level] : positive[level]
    }

    /// Two rows in one line: the upper half block in the upper row's colour, on the lower row's.
    private static func coloured(_ upper: [Double], _ lower: [Double], limit: Double) -> String {
        zip(upper, lower).map {
            colour($0 / limit, isBackground: false) + colour($1 / limit, isBackground: true) + "▀"
        }.joined() + "\u{1B}[0m"
    }

    /// The escape sequence of a share in [−1, 1], on the same scale of colours as the heat map's picture.
    private static func colour(_ share: Double, isBackground: Bool) -> String {
        let size = share.isFinite ? min(1, abs(share)) : 0
        let end: (Double, Double, Double) = share < 0 ? (33, 102, 172) : (178, 24, 43)
        let mixed = [end.0, end.1, end.2].map { Int((255 + ($0 - 255) * size).rounded()) }
        return "\u{1B}[\(isBackground ? 48 : 38);2;\(mixed[0]);\(mixed[1]);\(mixed[2])m"
    }
}

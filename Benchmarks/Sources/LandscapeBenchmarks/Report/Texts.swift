import Foundation

/// Numbers and columns as text.
enum Texts {
    /// Three digits, more where the whole part has more.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let digits = value == 0 ? 2 : max(0, 2 - Int(log10(abs(value)).rounded(.down)))
        return String(format: "%.\(min(digits, 6))f", value)
    }

    /// Rows under a header, the first column to the left, the others to the right.
    static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            "  "
                + row.enumerated().map { index, cell in
                    let padding = String(repeating: " ", count: widths[index] - cell.count)
                    return index == 0 ? cell + padding : padding + cell
                }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

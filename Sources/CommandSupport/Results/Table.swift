import Foundation

/// A table for people: a header, aligned columns, two spaces between them.
public struct Table: Sendable {
    /// Where a column's cells stand.
    public enum Alignment: Sendable {
        case left
        case right
        /// Decimal points below each other.
        case point
    }

    /// What a column is called and how it stands.
    public struct Column: Sendable {
        public var title: String
        public var alignment: Alignment

        public init(_ title: String, _ alignment: Alignment = .point) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// One place of the table.
    public enum Cell: Sendable, ExpressibleByStringLiteral {
        case text(String)
        case integer(Int)
        /// Shown with six significant digits.
        case number(Double)
        /// There is nothing to say here.
        case none

        public init(stringLiteral text: String) { self = .text(text) }

        var text: String {
            switch self {
            case .text(let text): text
            case .integer(let value): "\(value)"
            case .number(let value): Table.text(value)
            case .none: "–"
            }
        }
    }

    public let columns: [Column]
    private var rows: [[String]] = []

    public init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row, one cell for each column.
    public mutating func append(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "\(cells.count) cells in a table of \(columns.count) columns")
        rows.append(cells.map(\.text))
    }

    /// The lines, each with its end; without trailing spaces.
    public var text: String {
        let aligned = columns.indices.map { index in
            Self.aligned(rows.map { $0[index] }, title: columns[index].title, columns[index].alignment)
        }
        return (0...rows.count).map { row in
            var line = aligned.map { $0[row] }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// Significant digits, trailing zeros dropped: `0.123457`, `1.5e-09`, `42`.
    public static func text(_ value: Double, digits: Int = 6) -> String { String(format: "%.\(digits)g", value) }

    /// The column's cells below their title, all of one width.
    private static func aligned(_ cells: [String], title: String, _ alignment: Alignment) -> [String] {
        var cells = cells
        if alignment == .point {
            let tails = cells.map(tail)
            let longest = tails.max() ?? 0
            for index in cells.indices { cells[index] += spaces(longest - tails[index]) }
        }
        let width = ([title] + cells).map(\.count).max() ?? 0
        return ([title] + cells).map { cell in
            let gap = spaces(width - cell.count)
            return alignment == .left ? cell + gap : gap + cell
        }
    }

    /// How many characters stand from the decimal point on; what has none ends where the point would be.
    private static func tail(_ cell: String) -> Int {
        guard let first = cell.first, first.isNumber || first == "-" else { return 0 }
        guard let point = cell.firstIndex(where: { $0 == "." || $0 == "e" }) else { return 0 }
        return cell.distance(from: point, to: cell.endIndex)
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}

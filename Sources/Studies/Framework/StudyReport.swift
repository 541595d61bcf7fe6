public import Figures

/// What a study says: words, tables, figures and the claims that its numbers were held against.
public struct StudyReport: Sendable {
    /// A part of the report, in order.
    public enum Block: Sendable {
        case heading(String)
        case text(String)
        case table(StudyTable)
        /// A picture and the words below it.
        case figure(any Figure, String)
    }

    public var title: String
    public var blocks: [Block] = []
    public var claims: [StudyClaim] = []
    /// Tables written in full beside the report, by file name.
    public var tables: [(name: String, table: StudyTable)] = []
    /// What a reader must know before believing a number.
    public var cautions: [String] = []

    public init(title: String) { self.title = title }

    /// The claims that the numbers do not bear out, of those that a check asserts.
    public func check() -> [StudyClaim] { claims.filter { $0.isAsserted && !$0.holds } }
}

/// A sentence that numbers bear out or not.
public struct StudyClaim: Sendable, Equatable, Codable {
    public var statement: String
    public var holds: Bool
    /// The numbers that decide it.
    public var evidence: String
    /// Whether a check fails where it does not hold; else it is a finding, either way.
    public var isAsserted: Bool

    enum CodingKeys: String, CodingKey {
        case statement, holds, evidence
        case isAsserted = "asserted"
    }

    public init(_ statement: String, holds: Bool, evidence: String, isAsserted: Bool = true) {
        self.statement = statement
        self.holds = holds
        self.evidence = evidence
        self.isAsserted = isAsserted
    }

    /// `holds: … (…)`, on one line.
    public var text: String { "\(holds ? "holds" : "does not hold"): \(statement) (\(evidence))" }
}

/// A table of words and numbers.
public struct StudyTable: Sendable, Equatable {
    public var columns: [String]
    public var rows: [[String]] = []

    public init(_ columns: [String]) { self.columns = columns }

    public mutating func append(_ cells: [String]) {
        precondition(cells.count == columns.count, "\(cells.count) cells in a table of \(columns.count) columns")
        rows.append(cells)
    }

    /// In GitHub's Markdown; cells that are all numbers stand right.
    var markdown: String {
        let isNumber = columns.indices.map { column in
            rows.allSatisfy { $0[column].first.map { $0.isNumber || "-−–+".contains($0) } ?? true }
        }
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        return line(columns) + line(isNumber.map { $0 ? "---:" : "---" }) + rows.map(line).joined()
    }

    /// With commas, and quotes where a cell needs them.
    var csv: String {
        func quoted(_ cell: String) -> String {
            cell.contains { ",\"\n".contains($0) } ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
        }
        return ([columns] + rows).map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    }
}

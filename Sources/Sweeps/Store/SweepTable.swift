public import Files
import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What can be had from a sweep as one table.
public enum SweepTable: String, Sendable, CaseIterable {
    /// A row for each run: its settings, and the metrics and plasticity of its last step.
    case runs
    /// A row for each run and line of its `metrics.csv`.
    case metrics
    /// A row for each statistic of each run, step and layer (empty: the whole network).
    case statistics
    /// A row for each probe.
    case plasticity

    fileprivate func query(_ database: Database) throws -> String {
        switch self {
        case .runs:
            // Not the view: a database that is only read may have that of an older program.
            let runs = try SweepViews.runs(database)
            return "SELECT * FROM (\(runs)) ORDER BY id"
        case .metrics: return "SELECT * FROM metrics_wide ORDER BY run_id, step"
        case .statistics:
            return """
                SELECT run_id, runs.name AS run, step, layer, kind, statistics.name AS statistic, value
                FROM statistics JOIN runs ON runs.id = run_id ORDER BY run_id, step, layer, kind, statistic
                """
        case .plasticity: return "SELECT * FROM plasticity_wide ORDER BY run_id, step"
        }
    }
}

/// A table as it comes out of the database: rows of cells.
public struct ExportedTable: Sendable, Equatable {
    /// What stands in a cell.
    public enum Cell: Sendable, Equatable {
        case none
        case integer(Int64)
        case number(Double)
        case text(String)
    }

    public let columns: [String]
    public let rows: [[Cell]]

    /// RFC 4180, with a header; lines end in a newline, and what is missing is empty.
    public var csv: String {
        ([columns.map(Self.quoted)] + rows.map { $0.map(Self.csv) })
            .map { $0.joined(separator: ",") + "\n" }.joined()
    }

    /// A list with an object for each row, keys in the order of the columns; what is missing is null.
    public var json: String {
        let names = columns.map(Self.json)
        let objects = rows.map { row in
            "  {" + zip(names, row).map { "\($0): \(Self.json($1))" }.joined(separator: ", ") + "}"
        }
        return "[\n" + objects.joined(separator: ",\n") + (objects.isEmpty ? "]\n" : "\n]\n")
    }

    private static func csv(_ cell: Cell) -> String {
        switch cell {
        case .none: ""
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let text): quoted(text)
        }
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func json(_ cell: Cell) -> String {
        switch cell {
        case .none: "null"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let text): json(text)
        }
    }

    private static func json(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let data = try? encoder.encode(text) else { preconditionFailure("a text is always JSON") }
        return String(decoding: data, as: UTF8.self)
    }
}

extension SweepDatabase {
    /// All rows of a table.
    public func table(_ table: SweepTable) throws(Fault) -> ExportedTable {
        try read { database in
            let statement = try database.makeStatement(sql: table.query(database))
            let rows = try Row.fetchAll(statement).map { row in row.map { Self.cell($0.1) } }
            return ExportedTable(columns: statement.columnNames, rows: rows)
        }
    }

    private static func cell(_ value: DatabaseValue) -> ExportedTable.Cell {
        switch value.storage {
        case .null: .none
        case .int64(let value): .integer(value)
        case .double(let value): .number(value)
        case .string(let text): .text(text)
        case .blob: .none
        }
    }
}

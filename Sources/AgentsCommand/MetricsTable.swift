import Files
import Foundation

/// `metrics.csv`, column by column.
struct MetricsTable {
    let columns: [String]
    /// A cell that is empty in the file is nil.
    let rows: [[Double?]]

    /// - Throws: `Fault` of kind `data` that names the line which is not a line of numbers, and the column.
    init(reading path: String) throws(Fault) {
        let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // What follows the last end of line was being written when the run was killed.
        lines = lines.dropLast()
        guard let header = lines.first else { throw Fault(.data, "has no header", at: path) }
        let columns = header.split(separator: ",").map(String.init)
        for (place, column) in columns.enumerated() where columns.prefix(place).contains(column) {
            throw Fault(
                .data, "has the column '\(column)' twice", at: "\(path), line 1", remedy: "Restore the file")
        }
        var rows: [[Double?]] = []
        for (number, line) in lines.enumerated().dropFirst() {
            let words = line.split(separator: ",", omittingEmptySubsequences: false)
            guard words.count == columns.count, words.allSatisfy({ $0.isEmpty || Double($0) != nil }) else {
                throw Fault(
                    .data, "is no line of \(columns.count) numbers", at: "\(path), line \(number + 1)",
                    remedy: "Restore the file")
            }
            let row: [Double?] = words.map { Double($0) }
            // A run that diverges ends before it writes such a number.
            if let place = row.firstIndex(where: { $0.map { !$0.isFinite } ?? false }) {
                throw Fault(
                    .data, "'\(words[place])' is no finite number",
                    at: "\(path), line \(number + 1), column '\(columns[place])'", remedy: "Restore the file")
            }
            rows.append(row)
        }
        self.columns = columns
        self.rows = rows
    }

    /// The steps at which `column` has a value, and the values.
    func series(_ column: String) -> (steps: [Double], values: [Double]) {
        guard let place = columns.firstIndex(of: column), let step = columns.firstIndex(of: "step") else {
            return ([], [])
        }
        let points = rows.compactMap { row in row[step].flatMap { step in row[place].map { (step, $0) } } }
        return (points.map(\.0), points.map(\.1))
    }

    /// The line of `step`, by column; nil where there is none.
    func row(at step: Int) -> [String: Double]? {
        guard let place = columns.firstIndex(of: "step"), let row = rows.last(where: { $0[place] == Double(step) })
        else { return nil }
        return values(of: row)
    }

    /// The last line, by column.
    var last: [String: Double]? { rows.last.map(values) }

    private func values(of row: [Double?]) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: zip(columns, row).compactMap { name, value in value.map { (name, $0) } })
    }
}

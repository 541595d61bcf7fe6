import Files

/// The whole lines of `metrics.csv`: what has a value, by the column's name.
struct MetricsLines {
    let lines: [(step: Int, values: [(name: String, value: Double)])]

    /// - Throws: `Fault` of kind `data` for a table without steps, `inputOutput` where the system refuses to read.
    init(reading path: String) throws(Fault) {
        let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
        // What follows the last end of line is being written.
        let rows = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        guard let header = rows.first, header.first == "step" else {
            throw Fault(.data, "does not begin with a column of steps", at: path, remedy: "Restore the file")
        }
        lines = rows.dropFirst().compactMap { row in
            guard let step = row.first.flatMap({ Int($0) }) else { return nil }
            let cells = zip(header, row).dropFirst()
            return (step, cells.compactMap { name, cell in Double(cell).map { (name, $0) } })
        }
    }
}

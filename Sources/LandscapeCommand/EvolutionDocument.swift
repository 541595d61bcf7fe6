import CommandSupport
import Landscape

/// The report that a person reads: tables and pictures of an evolution in one Markdown file, pictures beside it.
struct EvolutionDocument {
    let series: EvolutionSeries
    let pictures: [EvolutionPictures.Picture]

    var markdown: String {
        let header = series.report.header
        var parts = [
            "# The landscape along a run",
            """
            \(series.points.count) checkpoints, from `\(name(series.points.first))` to `\(name(series.points.last))`: \
            \(header.parameters) parameters, \(header.loss.kind) loss on \(header.examples) examples of `\(header.data)`, \
            \(header.precision) precision, seed \(header.seed). The matrix is the \
            \(HeaderText.matrixName(series.body.operator)).
            """,
            sameness,
        ]
        if header.partial == true { parts.append("**Partial**: the run was ended before its last checkpoint.") }
        for warning in header.warnings { parts.append("> Warning: \(warning)") }
        for table in EvolutionTables(series.body).all {
            parts.append("## \(table.title)")
            parts.append(Self.markdown(table))
        }
        parts.append("## Pictures")
        for picture in pictures {
            parts.append("### \(picture.title)")
            if let file = picture.file {
                parts.append("![\(picture.title)](\(file))")
            } else {
                parts.append("(not drawn: gnuplot is not installed)")
            }
            parts.append(picture.caption)
        }
        parts.append("## What the numbers are")
        parts.append(Self.definitions)
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var sameness: String {
        guard series.body.sharesExamples else {
            return """
                Each checkpoint is seen on the examples that it carries, with the same random start vectors: what differs \
                between two rows is the checkpoint and its examples.
                """
        }
        return """
            All checkpoints are seen on the same examples and with the same random start vectors: what differs between two \
            rows is the checkpoint\(ownTargets).
            """
    }

    /// Targets of temporal differences move with the target network.
    private var ownTargets: String {
        guard series.points.contains(where: { $0.lossKind == "td" || $0.lossKind == "two-hot" }) else { return "" }
        return " (with the targets that its own target network sets, where the loss is of temporal differences)"
    }

    private func name(_ point: EvolutionPoint?) -> String { point.map { HeaderText.name($0.checkpoint) } ?? "" }

    private static func markdown(_ table: EvolutionTables.Titled) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        let rule = table.columns.map { column in
            if case .left = column.alignment { return "---" }
            return "---:"
        }
        let rows = table.rows.map { row in line(row.map(text)) }
        return ([line(table.columns.map(\.title)), line(rule)] + rows).joined(separator: "\n")
    }

    private static func text(_ cell: Table.Cell) -> String {
        switch cell {
        case .text(let text): text
        case .integer(let value): "\(value)"
        case .number(let value): Table.text(value)
        case .none: "–"
        }
    }

    private static let definitions = """
        * **largest, smallest**: eigenvalues, each within its residual ‖Av − θv‖ of a true one.
        * **trace**: the mean over the density's random start vectors, with Student's interval of 95 % confidence.
        * **gap**: the last eigenvalue of the top subspace less the next one. Where it is small the subspace is ill-defined, \
        and its overlaps are partly of chance. **error bound**: the sine of the angle by which the subspace that was found \
        may be off, at most (Davis and Kahan 1970); – where the gap is no larger than the residuals.
        * **overlap**: the mean squared cosine of the principal angles between two top subspaces (Gur-Ari, Roberts and Dyer \
        2018); angles by their sines where they are small (Björck and Golub 1973).
        * **gradient in it**: the share of the gradient's squared length that lies in the top subspace.
        * **effective rank**: exp of the entropy of the cosine matrix's eigenvalues over their sum; **stable rank**: their \
        sum over the largest.
        """
}

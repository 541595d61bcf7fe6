import Checkpoints
import CommandSupport
import Figures
import Files
import Landscape
import LinearAlgebra

/// What `landscape gradcov` found at one checkpoint, ready to be shown and kept.
struct GradcovFinding<Element: Scalar> {
    let report: Report<GradientCovarianceReport>
    /// In the order of the picture, `[n, n]`; empty where it has been let go.
    let matrix: Matrix<Element>
    let arrangement: Arrangement

    var withoutMatrix: GradcovFinding {
        GradcovFinding(report: report, matrix: Matrix(rows: 0, columns: 0), arrangement: arrangement)
    }

    func table(plot: Bool, certificates showsAll: Bool) -> String {
        let body = report.body
        var table = Table([.init("quantity", .left), .init("value")])
        for (index, eigenvalue) in body.eigenvalues.prefix(5).enumerated() {
            table.append([.text("eigenvalue \(index + 1)"), .number(eigenvalue)])
        }
        table.append(["trace", .number(body.trace)])
        table.append(["effective rank", .number(body.effectiveRank)])
        table.append(["stable rank", .number(body.stableRank)])
        table.append(["mean off diagonal", .number(body.meanOffDiagonal)])
        table.append(["negative fraction", .number(body.negativeFraction)])
        var text = HeaderText.lines(report.header) + "\n" + table.text
        if plot {
            text += "\ngradient covariance, ordered by \(body.order)\n"
            text += TerminalPlot.heatMap(matrix.elements.doubles, count: matrix.rows) + "\n"
        }
        text += "\n" + CertificateTable.text(body.certificates, showsAll: showsAll)
        return text + HeaderText.warnings(report.header)
    }

    func save(in folder: ResultFolder) throws(Fault) {
        let count = matrix.rows
        var arrays = SafetensorsWriter(metadata: ["command": "gradcov", "checkpoint": report.header.checkpoint])
        // Row r of the matrix, as of the picture, is example order[r].
        if let singles = matrix.elements.array as? [Float] {
            try arrays.add("matrix", singles, shape: [count, count])
        } else {
            try arrays.add("matrix", matrix.elements.doubles, shape: [count, count])
        }
        try arrays.add("order", arrangement.order.map(Int64.init), shape: [count])
        try arrays.add("eigenvalues", report.body.eigenvalues, shape: [count])
        try folder.write(arrays)
        let isCosine = report.body.normalize == "cosine" && !report.body.center
        let picture = try folder.draw(
            GradientCovarianceFigure(
                title: isCosine ? "Cosines between gradients" : "Covariance of gradients",
                subtitle: HeaderText.subtitle(report.header), matrix: matrix.elements.doubles,
                entries: isCosine ? .cosines : .innerProducts, clusterSizes: arrangement.groupSizes ?? []))
        let spectrum = try folder.draw(
            GradientSpectrumFigure(
                title: "Spectrum of the gradients' covariance", subtitle: HeaderText.subtitle(report.header),
                eigenvalues: report.body.eigenvalues))
        for path in [picture, spectrum].compactMap({ $0 }) { StandardError.write(line: "drew \(path)") }
        // Last: where it is, the rest is too.
        try folder.write(report)
    }
}

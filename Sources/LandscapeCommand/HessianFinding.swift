import Checkpoints
import CommandSupport
import Figures
import Files
import Krylov
import Landscape

/// What `landscape hessian` found at one checkpoint, ready to be shown and kept.
struct HessianFinding {
    let report: Report<HessianReport>
    let analysis: HessianAnalysis
    /// Of the training that made the checkpoint, where it is known.
    let step: Int?

    private var header: ReportHeader { report.header }
    private var body: HessianReport { report.body }

    /// For people: the numbers, and without a folder for figures a plot of the density.
    func table(plot: Bool) -> String {
        var text = HeaderText.lines(header, matrix: body.operator)
        if !analysis.eigenvalues.isEmpty {
            var table = Table([.init("eigenvalue"), .init("residual"), .init("end", .left), .init("", .left)])
            for eigenvalue in analysis.eigenvalues {
                table.append([
                    .number(eigenvalue.value), .number(eigenvalue.residual), .text(eigenvalue.end),
                    .text(eigenvalue.converged ? "" : "not converged"),
                ])
            }
            text += "\n" + table.text
        }
        text += "\n" + summary.text
        if plot, let smoothed = analysis.smoothed {
            text += "\nspectral density, \(body.density?.probes ?? 0) probes × \(body.density?.steps ?? 0) steps\n"
            text += TerminalPlot.density(grid: smoothed.grid, density: smoothed.values) + "\n"
        }
        return text + HeaderText.warnings(header)
    }

    private var summary: Table {
        var table = Table([.init("quantity", .left), .init("value"), .init("± standard error")])
        table.append(["gradient norm", .number(body.gradientNorm), .none])
        for (name, value) in [("trace", body.trace), ("Frobenius norm squared", body.frobeniusNormSquared)] {
            guard let value else { continue }
            table.append([.text(name), .number(value.value), value.standardError.map { .number($0) } ?? .none])
        }
        table.append(["loss of orthogonality", .number(body.orthogonalityLoss), .none])
        table.append(["matrix products", .integer(body.matrixProducts), .none])
        return table
    }

    func save(in folder: ResultFolder) throws(Fault) {
        try folder.write(report)
        var arrays = SafetensorsWriter(metadata: ["command": "hessian", "checkpoint": header.checkpoint])
        let values = analysis.eigenvalues.map(\.value)
        if !values.isEmpty {
            try arrays.add("eigenvalues", values, shape: [values.count])
            try arrays.add("residuals", analysis.eigenvalues.map(\.residual), shape: [values.count])
        }
        if let density = body.density {
            try arrays.add("density.nodes", density.nodes, shape: [density.nodes.count])
            try arrays.add("density.weights", density.weights, shape: [density.weights.count])
            try arrays.add("density.grid", density.grid, shape: [density.grid.count])
            try arrays.add("density.values", density.values, shape: [density.values.count])
            if let errors = density.standardErrors {
                try arrays.add("density.standard_errors", errors, shape: [errors.count])
            }
        }
        try folder.write(arrays)
        guard let smoothed = analysis.smoothed else { return }
        var figure = SpectralDensityFigure(
            title: "Spectral density of the \(HeaderText.matrixName(body.operator))",
            subtitle: HeaderText.subtitle(header), grid: smoothed.grid, density: smoothed.values)
        figure.band = band(smoothed)
        figure.eigenvalues = values
        if let picture = try folder.draw(figure) { StandardError.write(line: "drew \(picture)") }
    }

    /// One standard error to each side of the mean between the probes.
    private func band(_ smoothed: SmoothedDensity) -> SpectralDensityFigure.Band? {
        guard let errors = smoothed.standardErrors else { return nil }
        return .init(
            lower: zip(smoothed.values, errors).map { max(0, $0 - $1) },
            upper: zip(smoothed.values, errors).map { $0 + $1 })
    }
}

/// What was found along a run.
struct HessianSeries {
    let findings: [HessianFinding]

    var document: SeriesDocument<Report<HessianReport>> {
        SeriesDocument(command: "hessian", series: findings.map(\.report))
    }

    var table: String {
        var table = Table([
            .init("checkpoint", .left), .init("step", .right), .init("loss"), .init("gradient norm"), .init("largest"),
            .init("smallest"), .init("trace"), .init("± standard error"),
        ])
        for finding in findings {
            let body = finding.report.body
            table.append([
                .text(HeaderText.name(finding.report.header.checkpoint)), finding.step.map { .integer($0) } ?? .none,
                .number(finding.report.header.loss.value), .number(body.gradientNorm),
                finding.extreme(.largest).map { .number($0) } ?? .none,
                finding.extreme(.smallest).map { .number($0) } ?? .none,
                body.trace.map { .number($0.value) } ?? .none,
                body.trace?.standardError.map { .number($0) } ?? .none,
            ])
        }
        return table.text + findings.map { HeaderText.warnings($0.report.header) }.joined()
    }

    func save(in folder: ResultFolder) throws(Fault) {
        try folder.write(document)
        let steps = findings.enumerated().map { Double($0.element.step ?? $0.offset) }
        let matrix = HeaderText.matrixName(findings[0].report.body.operator)
        let smoothed = findings.compactMap(\.analysis.smoothed)
        if smoothed.count == findings.count {
            let figure = DensitySeriesFigure(
                title: "Spectral density of the \(matrix) along training",
                subtitle: HeaderText.subtitle(findings[0].report.header, series: true),
                members: zip(steps, smoothed).map { .init(step: $0, grid: $1.grid, density: $1.values) })
            if let picture = try folder.draw(figure) { StandardError.write(line: "drew \(picture)") }
        }
        let largest = findings.compactMap { $0.extreme(.largest) }
        let smallest = findings.compactMap { $0.extreme(.smallest) }
        guard largest.count == findings.count, smallest.count == findings.count else { return }
        var figure = EigenvalueSeriesFigure(
            title: "Extreme eigenvalues of the \(matrix) along training",
            subtitle: HeaderText.subtitle(findings[0].report.header, series: true), steps: steps,
            largest: .init(values: largest, errors: findings.map { $0.error(.largest) }),
            smallest: .init(values: smallest, errors: findings.map { $0.error(.smallest) }))
        let traces = findings.compactMap(\.report.body.trace)
        if traces.count == findings.count {
            figure.trace = .init(values: traces.map(\.value), errors: traces.map { $0.standardError ?? 0 })
        }
        if let picture = try folder.draw(figure) { StandardError.write(line: "drew \(picture)") }
    }
}

extension HessianFinding {
    enum End { case largest, smallest }

    /// The outermost eigenvalue of an end: a converged one where there is one, else the density's outermost node.
    func extreme(_ end: End) -> Double? {
        let nodes = analysis.density?.nodes ?? []
        let values = analysis.eigenvalues.map(\.value) + nodes
        return end == .largest ? values.max() : values.min()
    }

    /// How far it may be off, where a residual says so.
    func error(_ end: End) -> Double {
        guard let value = extreme(end) else { return 0 }
        return analysis.eigenvalues.first { $0.value == value }?.residual ?? 0
    }
}

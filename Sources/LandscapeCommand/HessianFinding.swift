import CommandSupport
import Figures
import Krylov
import Landscape

/// What `landscape hessian` found at one checkpoint, ready to be shown and kept.
struct HessianFinding {
    let report: Report<HessianReport>
    let analysis: HessianAnalysis
    /// Of the training that made the checkpoint, where it is known.
    let step: Int?

    var header: ReportHeader { report.header }
    var body: HessianReport { report.body }

    /// For people: the numbers, and without a folder for figures a plot of the density.
    func table(plot: Bool, certificates showsAll: Bool) -> String {
        var text = HeaderText.lines(header, matrix: body.operator) + "method      \(methodText)\n"
        if let selection = body.selection {
            text += "rows        \(selection.parameters) of \(selection.patterns.joined(separator: ", "))\n"
        }
        if !analysis.eigenvalues.isEmpty { text += "\n" + eigenvalues.text + searchText }
        text += "\n" + summary.text
        if let resamples = body.resamples { text += "\n" + Self.table(resamples) }
        if plot, let smoothed = analysis.smoothed {
            text += "\nspectral density\(densityText)\n"
            text += TerminalPlot.density(grid: smoothed.grid, density: smoothed.values) + "\n"
        }
        text += "\n" + CertificateTable.text(analysis.certificates, showsAll: showsAll)
        return text + HeaderText.warnings(header)
    }

    private var methodText: String {
        switch analysis.method {
        case .lanczos: "Krylov spaces"
        case .dense: "all \(analysis.dimension) eigenvalues of the matrix in full"
        case .gram: "all eigenvalues of a Gram matrix that shares those that are not zero"
        }
    }

    private var eigenvalues: Table {
        var table = Table([
            .init("eigenvalue"), .init("± at most"), .init("residual"), .init("end", .left), .init("", .left),
        ])
        for eigenvalue in analysis.eigenvalues {
            table.append([
                .number(eigenvalue.value), .text(Table.text(eigenvalue.errorBound, digits: 2)),
                .text(Table.text(eigenvalue.residual, digits: 2)), .text(eigenvalue.end),
                .text(eigenvalue.converged ? "" : "not converged"),
            ])
        }
        return table
    }

    /// How sure it is that none was missed.
    private var searchText: String {
        guard let search = body.search else { return "" }
        let chance = "the chance that one was missed is at most \(Table.text(search.missProbability, digits: 2))"
        let looked =
            search.verificationProducts == 0
            ? "" : ", \(search.verificationProducts) of them to look for eigenvalues that were missed"
        return "\(search.products) products\(looked); "
            + (search.isVerified ? chance : "whether one was missed is not known") + "\n"
    }

    private var densityText: String {
        guard let density = body.density else { return "" }
        if analysis.method != .lanczos { return ", exact, σ = \(Table.text(density.sigma, digits: 2))" }
        let taken = density.deflated > 0 ? "\(density.deflated) eigenvalues taken out, " : ""
        return ", \(taken)\(density.probes) probes × \(density.steps) steps, σ = "
            + Table.text(density.sigma, digits: 2)
    }

    private var summary: Table {
        var table = Table([
            .init("quantity", .left), .init("value"), .init("± standard error"), .init("95 % interval", .left),
        ])
        table.append(["gradient norm", .number(body.gradientNorm), .none, ""])
        for (name, value) in [("trace", body.trace), ("Frobenius norm squared", body.frobeniusNormSquared)] {
            guard let value else { continue }
            let interval = analysis.method == .lanczos ? value.interval : nil
            table.append([
                .text(name), .number(value.value),
                analysis.method == .lanczos ? value.standardError.map { .number($0) } ?? .none : .text("exact"),
                .text(interval.map { "\(Table.text($0[0])) to \(Table.text($0[1]))" } ?? ""),
            ])
        }
        if let comparison = body.comparison {
            table.append([
                "trace, kernel polynomials", .number(comparison.trace.value),
                comparison.trace.standardError.map { .number($0) } ?? .none,
                .text(comparison.agree ? "the densities agree" : "the densities disagree"),
            ])
        }
        table.append(["loss of orthogonality", .number(body.orthogonalityLoss), .none, ""])
        table.append(["matrix products", .integer(body.matrixProducts), .none, ""])
        return table
    }

    private static func table(_ resamples: ResamplesReport) -> String {
        var table = Table([
            .init("over halves of the data", .left), .init("mean"), .init("± of the data"), .init("± of the probes"),
        ])
        for (name, spread) in [
            ("trace", resamples.trace), ("Frobenius norm squared", resamples.frobeniusNormSquared),
        ] {
            table.append([
                .text(name), .number(spread.mean), .number(spread.dataDeviation),
                spread.probeError.map { .number($0) } ?? .none,
            ])
        }
        return table.text
            + "\(resamples.count) halves of \(resamples.examples) examples, \(resamples.probes) probes each\n"
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
        return analysis.eigenvalues.first { $0.value == value }?.errorBound ?? 0
    }
}

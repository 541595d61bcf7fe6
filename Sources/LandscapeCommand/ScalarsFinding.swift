import Checkpoints
import CommandSupport
import Files
import Foundation
import Krylov
import Landscape
import LinearAlgebra

/// What `landscape scalars` found at one checkpoint, ready to be shown and kept.
struct ScalarsFinding<Element: Scalar> {
    let report: Report<ScalarReport>
    let analysis: ScalarAnalysis<Element>
    /// Of the training that made the checkpoint, where it is known.
    let step: Int?

    private var body: ScalarReport { report.body }

    func table(certificates showsAll: Bool) -> String {
        var text = HeaderText.lines(report.header, matrix: body.operator)
        if !analysis.selection.isEverything {
            let tensors = body.selection.tensors.count == 1 ? "1 tensor" : "\(body.selection.tensors.count) tensors"
            text += "block       \(body.selection.count) parameters of \(tensors)\n"
        }
        text += "method      \(method)\n\n" + quantities.text
        if let layers = body.layers { text += "\n" + table(of: layers).text }
        if body.gradient != nil || body.participation != nil, !body.eigenvalues.isEmpty {
            text += "\n" + eigenvectors.text
        }
        text += "\n" + CertificateTable.text(body.certificates, showsAll: showsAll)
        return text + HeaderText.warnings(report.header)
    }

    private var method: String {
        if body.exact { return "the matrix itself, \(body.matrixProducts) products" }
        let traces = body.traceMethod.map { "traces by \($0), " } ?? ""
        return "\(traces)\(body.matrixProducts) products in all"
    }

    private var quantities: Table {
        var table = Table([.init("quantity", .left), .init("value"), .init("95 % from"), .init("95 % to")])
        if let norm = body.gradient?.norm { table.append(["gradient norm", .number(norm), .none, .none]) }
        append("trace", body.trace, to: &table)
        append("Frobenius norm squared", body.frobeniusNormSquared, to: &table)
        if let found = body.logDeterminant {
            append("log det(A + \(Table.text(found.shift, digits: 3)) I)", found.value, to: &table)
        }
        if let first = body.eigenvalues.first { append("largest eigenvalue", first, to: &table) }
        if let last = body.smallestEigenvalue { append("smallest eigenvalue", last, to: &table) }
        for condition in body.conditionNumbers ?? [] { append(condition, to: &table) }
        if let threshold = body.rankThreshold {
            append("eigenvalues above \(Table.text(threshold, digits: 3))", body.effectiveRank, to: &table)
            append("eigenvalues below \(Table.text(-threshold, digits: 3))", body.negativeRank, to: &table)
        }
        append("stable rank ‖A‖²_F/λ²", body.stableRank, to: &table)
        append("intrinsic dimension tr A/λ₁", body.intrinsicDimension, to: &table)
        if let rank = body.entropyRank { table.append(["entropy rank", .number(rank), .none, .none]) }
        if let ratio = body.participationRatio {
            table.append(["participation ratio of the spectrum", .number(ratio), .none, .none])
        }
        if let size = body.diagonalRootMeanSquare {
            table.append(["diagonal, root mean square", .number(size), .none, .none])
            table.append([
                "… of its standard errors", body.diagonalError.map { .number($0) } ?? .none, .none, .none,
            ])
        }
        return table
    }

    private func append(_ name: String, _ value: ScalarValue?, to table: inout Table) {
        guard let value else { return }
        table.append([
            .text(name), .number(value.value), value.interval.map { .number($0.lowerBound) } ?? .none,
            value.interval.map { .number($0.upperBound) } ?? .none,
        ])
    }

    private func append(_ name: String, _ eigenvalue: ScalarEigenvalue, to table: inout Table) {
        table.append([
            .text(name), .number(eigenvalue.value), .number(eigenvalue.interval.lowerBound),
            .number(eigenvalue.interval.upperBound),
        ])
    }

    private func append(_ condition: ScalarReport.Condition, to table: inout Table) {
        // Said once: of A + σI there is no more to know.
        guard condition.shift == 0 || condition.kind != "indefinite" else { return }
        let name =
            condition.shift == 0
            ? "condition number" : "condition number of A + \(Table.text(condition.shift, digits: 3)) I"
        table.append([
            .text(name),
            condition.value.map { .number($0) }
                ?? .text(condition.kind == "indefinite" ? "unknown: indefinite" : condition.kind),
            condition.low.map { .number($0) } ?? .none, condition.high.map { .number($0) } ?? .none,
        ])
    }

    private func table(of layers: [ScalarReport.Layer]) -> Table {
        var table = Table([
            .init(body.grouping, .left), .init("parameters", .right), .init("trace"), .init("95 % from"),
            .init("95 % to"),
            .init("per parameter"),
        ])
        for layer in layers {
            table.append([
                .text(layer.name), .integer(layer.parameters), .number(layer.trace.value),
                layer.trace.interval.map { .number($0.lowerBound) } ?? .none,
                layer.trace.interval.map { .number($0.upperBound) } ?? .none,
                .number(layer.trace.value / Double(max(1, layer.parameters))),
            ])
        }
        return table
    }

    /// The top eigenvalues: how much of the gradient, and where their vectors live.
    private var eigenvectors: Table {
        var table = Table([
            .init("eigenvalue"), .init("residual"), .init("gradient in top k"), .init("taking part"),
            .init("where", .left),
        ])
        for (index, eigenvalue) in body.eigenvalues.enumerated() {
            let fraction = body.gradient.flatMap { index < $0.fractions.count ? $0.fractions[index] : nil }
            let place = body.participation?[index]
            table.append([
                .number(eigenvalue.value), .number(eigenvalue.residual),
                fraction.map { .text(Self.percent($0)) } ?? .none,
                place.map { .number($0.parameters.rounded()) } ?? .none,
                .text(place.map { largest($0.shares) } ?? ""),
            ])
        }
        return table
    }

    /// `fc1 62.0 %, fc2 30.1 %`: the largest shares, until nine tenths are told.
    private func largest(_ shares: [Double]) -> String {
        var told = 0.0
        var words: [String] = []
        for (share, name) in zip(shares, body.layerNames).sorted(by: { $0.0 > $1.0 })
        where told < 0.9 && words.count < 3 {
            words.append("\(name) \(Self.percent(share))")
            told += share
        }
        return words.joined(separator: ", ")
    }

    private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

    func save(in folder: ResultFolder) throws(Fault) {
        var arrays = SafetensorsWriter(metadata: ["command": "scalars", "checkpoint": report.header.checkpoint])
        let values = body.eigenvalues.map(\.value)
        if !values.isEmpty {
            try arrays.add("eigenvalues", values, shape: [values.count])
            try arrays.add("residuals", body.eigenvalues.map(\.residual), shape: [values.count])
        }
        if let layers = body.layers {
            try arrays.add("layers.trace", layers.map(\.trace.value), shape: [layers.count])
        }
        if let places = body.participation, let first = places.first {
            try arrays.add(
                "participation.shares", places.flatMap(\.shares), shape: [places.count, first.shares.count])
        }
        if let fractions = body.gradient?.fractions, !fractions.isEmpty {
            try arrays.add("gradient.fractions", fractions, shape: [fractions.count])
        }
        if let diagonal = analysis.diagonal, analysis.dimension == analysis.selection.count {
            for entry in analysis.selection.entries {
                try arrays.add(
                    "diagonal/\(entry.name)", diagonal.values[entry.local].doubles, shape: [entry.local.count])
                guard let errors = diagonal.standardErrors else { continue }
                try arrays.add(
                    "diagonal_error/\(entry.name)", errors[entry.local].doubles, shape: [entry.local.count])
            }
        }
        try folder.write(arrays)
        // Last: where it is, the rest is too.
        try folder.write(report)
    }

    /// One line for each checkpoint.
    static func table(of findings: [ScalarsFinding], certificates showsAll: Bool) -> String {
        var table = Table([
            .init("checkpoint", .left), .init("step", .right), .init("loss"), .init("trace"), .init("from"),
            .init("to"),
            .init("largest"), .init("stable rank"), .init("effective rank"), .init("gradient in top k"),
        ])
        for finding in findings {
            let body = finding.report.body
            table.append([
                .text(HeaderText.name(finding.report.header.checkpoint)), finding.step.map { .integer($0) } ?? .none,
                .number(finding.report.header.loss.value), body.trace.map { .number($0.value) } ?? .none,
                body.trace?.interval.map { .number($0.lowerBound) } ?? .none,
                body.trace?.interval.map { .number($0.upperBound) } ?? .none,
                body.eigenvalues.first.map { .number($0.value) } ?? .none,
                body.stableRank.map { .number($0.value) } ?? .none,
                body.effectiveRank.map { .number($0.value) } ?? .none,
                body.gradient?.fractions.last.map { .text(percent($0)) } ?? .none,
            ])
        }
        let whole = Certificates(findings.flatMap(\.report.body.certificates.list))
        return table.text + "\n" + CertificateTable.text(whole, showsAll: showsAll)
            + HeaderText.warnings(findings.map(\.report.header))
    }
}

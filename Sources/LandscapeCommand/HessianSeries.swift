import CommandSupport
import Figures
import Files
import Krylov
import Landscape

/// What was found along a run.
struct HessianSeries {
    let findings: [HessianFinding]

    var document: SeriesDocument<Report<HessianReport>> {
        SeriesDocument(command: "hessian", series: findings.map(\.report))
    }

    func table(certificates showsAll: Bool) -> String {
        var table = Table([
            .init("checkpoint", .left), .init("step", .right), .init("loss"), .init("gradient norm"), .init("largest"),
            .init("smallest"), .init("trace"), .init("± standard error"),
        ])
        for finding in findings {
            let body = finding.report.body
            table.append([
                .text(HeaderText.name(finding.report.header.checkpoint)), finding.step.map { .integer($0) } ?? .none,
                .number(finding.header.loss.value), .number(body.gradientNorm),
                finding.extreme(.largest).map { .number($0) } ?? .none,
                finding.extreme(.smallest).map { .number($0) } ?? .none,
                body.trace.map { .number($0.value) } ?? .none,
                body.trace?.standardError.map { .number($0) } ?? .none,
            ])
        }
        let all = Certificates(findings.flatMap(\.analysis.certificates.list))
        return table.text + "\n" + CertificateTable.text(all, showsAll: showsAll)
            + HeaderText.warnings(findings.map(\.report.header))
    }

    func save(in folder: ResultFolder) throws(Fault) {
        try folder.write(document)
        let steps = findings.enumerated().map { Double($0.element.step ?? $0.offset) }
        let matrix = HeaderText.matrixName(findings[0].report.body.operator)
        let smoothed = findings.compactMap(\.analysis.smoothed)
        if smoothed.count == findings.count {
            let figure = DensitySeriesFigure(
                title: "Spectral density of the \(matrix) along training",
                subtitle: HeaderText.subtitle(findings.map(\.report.header)),
                members: zip(steps, smoothed).map { .init(step: $0, grid: $1.grid, density: $1.values) })
            if let picture = try folder.draw(figure) { StandardError.write(line: "drew \(picture)") }
        }
        let largest = findings.compactMap { $0.extreme(.largest) }
        let smallest = findings.compactMap { $0.extreme(.smallest) }
        guard largest.count == findings.count, smallest.count == findings.count else { return }
        var figure = EigenvalueSeriesFigure(
            title: "Extreme eigenvalues of the \(matrix) along training",
            subtitle: HeaderText.subtitle(findings.map(\.report.header)), steps: steps,
            largest: .init(values: largest, errors: findings.map { $0.error(.largest) }),
            smallest: .init(values: smallest, errors: findings.map { $0.error(.smallest) }))
        let traces = findings.compactMap(\.report.body.trace)
        if traces.count == findings.count {
            figure.trace = .init(values: traces.map(\.value), errors: traces.map { $0.standardError ?? 0 })
        }
        if let picture = try folder.draw(figure) { StandardError.write(line: "drew \(picture)") }
    }
}

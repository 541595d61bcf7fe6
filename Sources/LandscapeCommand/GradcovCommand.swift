public import ArgumentParser
import Checkpoints
import CommandSupport
import Figures
import Files
public import Landscape
import LinearAlgebra
import Networks

struct GradcovCommand: AnalysisCommand {
    static let configuration = CommandConfiguration(
        commandName: "gradcov",
        abstract: "The covariance of the examples' gradients, and its spectrum.",
        discussion: """
            Entry (i, j) is the cosine between the gradients of examples i and j. Negative entries are interference; few \
            large eigenvalues, seen as blocks, are collinear gradients. Gradients are formed in pieces, where at all.
            """)

    @OptionGroup(title: "Problem") var analysis: AnalysisOptions

    @Option(help: "cosine (unit gradients) or none (gradients as they are).")
    var normalize: Normalisation = .cosine

    @Flag(help: "Take the mean gradient out and scale by 1/n.")
    var center = false

    @Option(help: "How rows are ordered: kmeans (10 clusters), label, or none.")
    var order: Arrangement.Kind = .kmeans

    @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
    @OptionGroup(title: "Result") var result: ResultOptions
    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    enum Normalisation: String, CaseIterable, ExpressibleByArgument { case cosine, none }

    func run<Element: Scalar>(in precision: Element.Type) throws {
        let checkpoints = try analysis.model.checkpoints()
        let folder = try result.folder()
        let bar = reporting.bar(of: checkpoints)
        var findings: [GradcovFinding<Element>] = []
        for (index, checkpoint) in checkpoints.enumerated() {
            try Interruption.check()
            let finding = try find(checkpoint, in: precision)
            if let folder {
                try finding.save(in: checkpoints.count > 1 ? folder.member(index, of: checkpoints) : folder)
            }
            // A series keeps its numbers; of the matrices one is enough at a time.
            findings.append(checkpoints.count > 1 ? finding.withoutMatrix : finding)
            bar.advance(to: findings.count)
        }
        bar.finish()
        guard findings.count > 1 else {
            return try result.show(findings[0].report) {
                findings[0].table(plot: folder == nil, certificates: evidence.certificates)
            }
        }
        let document = SeriesDocument(command: "gradcov", series: findings.map(\.report))
        if let folder { try folder.write(document) }
        try result.show(document) { table(findings) }
    }

    private func find<Element: Scalar>(
        _ checkpoint: String, in precision: Element.Type
    ) throws -> GradcovFinding<Element> {
        let clock = ContinuousClock()
        let start = clock.now
        let problem = try Problem<Element>(analysis.problem(checkpoint))
        let linearised = try problem.linearised(
            directions: 0, reserving: GradientCovariance<Element>.bytes(examples: problem.examples))
        let configuration = GradientCovariance<Element>.Configuration(
            normalisation: normalize == .cosine ? .cosine : .none, isCentred: center)
        let covariance: GradientCovariance<Element>
        let certificates: Certificates
        do {
            covariance = try GradientCovariance(linearised, configuration)
            certificates = try covariance.certificates(of: linearised, seed: analysis.seed.seed)
            try certificates.check(evidence.force ? .tell : .refuse)
        } catch let fault as Fault {
            throw fault.within(checkpoint)
        }
        let arrangement = try Arrangement(
            order, of: covariance.matrix, labels: problem.labels, seed: analysis.seed.seed)
        let zeros = covariance.zeroGradients
        let header = ReportHeader(
            command: "gradcov", version: Version.current, problem: problem, lossValue: linearised.lossValue,
            seed: analysis.seed.seed, seconds: start.duration(to: clock.now) / .seconds(1),
            warnings: (zeros > 0
                ? [
                    "\(zeros) examples have no gradient, or one whose square is below the smallest number of "
                        + "\(Element.precisionName) precision; their cosines are set to 0"
                ] : [])
                + certificates.warnings)
        let body = GradientCovarianceReport(
            covariance, configuration, arrangement: arrangement, certificates: certificates)
        return GradcovFinding(
            report: Report(header: header, body: body), matrix: arrangement.applied(to: covariance.matrix),
            arrangement: arrangement)
    }

    private func table<Element: Scalar>(_ findings: [GradcovFinding<Element>]) -> String {
        var table = Table([
            .init("checkpoint", .left), .init("loss"), .init("effective rank"), .init("stable rank"),
            .init("mean off diagonal"), .init("negative fraction"),
        ])
        for finding in findings {
            let body = finding.report.body
            table.append([
                .text(HeaderText.name(finding.report.header.checkpoint)), .number(finding.report.header.loss.value),
                .number(body.effectiveRank), .number(body.stableRank), .number(body.meanOffDiagonal),
                .number(body.negativeFraction),
            ])
        }
        let whole = Certificates(findings.flatMap(\.report.body.certificates.list))
        return table.text + "\n" + CertificateTable.text(whole, showsAll: evidence.certificates)
            + HeaderText.warnings(findings.map(\.report.header))
    }
}

extension Arrangement.Kind: ExpressibleByArgument {}

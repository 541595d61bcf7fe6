import ArgumentParser
import CommandSupport
import Figures
import Files
import Landscape
import LinearAlgebra

struct HessianCommand: AnalysisCommand {
    static let configuration = CommandConfiguration(
        commandName: "hessian",
        abstract: "Extreme eigenvalues, spectral density and trace of the Hessian, with their evidence.",
        discussion: """
            Products with the matrix are exact (Pearlmutter 1994). Eigenvalues come with residuals that are computed from \
            the matrix itself; the density (stochastic Lanczos quadrature beside the converged eigenvalues) with the \
            spread between random start vectors, the trace with an interval. Small matrices are computed in full \
            instead. What the numbers rest on is checked as they are made, and a result that fails a check is refused \
            (exit code 70). With --output a run that was killed goes on when the same command is typed again.
            """)

    @OptionGroup(title: "Problem") var analysis: AnalysisOptions
    @OptionGroup(title: "Spectrum") var spectrum: SpectrumOptions
    @OptionGroup(title: "Density") var density: DensityOptions
    @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
    @OptionGroup(title: "Long runs") var longRun: RunOptions
    @OptionGroup(title: "Result") var result: ResultOptions
    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    func validate() throws {
        if spectrum.top == 0 && density.probes == 0 {
            throw ValidationError("With --top 0 and --probes 0 there is nothing to do.")
        }
    }

    func run<Element: Scalar>(in _: Element.Type) throws {
        let checkpoints = try analysis.model.checkpoints()
        let folder = try result.folder()
        let whole = LongRun(longRun, output: folder?.path)
        var findings: [HessianFinding] = []
        for (index, checkpoint) in checkpoints.enumerated() {
            // Of a series a time limit ends what it finds; there is nothing to say of what comes after.
            if index > 0, whole.limits.isOver { break }
            let own = try checkpoints.count > 1 ? folder?.member(index, of: checkpoints) : folder
            let label = checkpoints.count > 1 ? "\(index + 1)/\(checkpoints.count) " : ""
            let session = HessianSession<Element>(
                problem: analysis.problem(checkpoint), configuration: configuration, run: whole.member(own?.path),
                style: reporting.progressStyle, label: label)
            let finding = try session.find()
            findings.append(finding)
            if let own { try finding.save(in: own) }
            session.run.finish(partial: finding.analysis.isPartial)
        }
        guard checkpoints.count > 1 else {
            return try result.show(findings[0].report) {
                findings[0].table(plot: folder == nil, certificates: evidence.certificates)
            }
        }
        let series = HessianSeries(findings: findings)
        if findings.count < checkpoints.count {
            StandardError.write(
                line: "warning: the time limit passed after \(findings.count) of \(checkpoints.count) checkpoints")
        }
        if let folder { try series.save(in: folder) }
        try result.show(series.document) { series.table(certificates: evidence.certificates) }
    }

    private var configuration: HessianConfiguration {
        var configuration = HessianConfiguration(
            kind: spectrum.kind, top: spectrum.top, seed: analysis.seed.seed)
        configuration.target.samples = spectrum.samples
        configuration.parameters = spectrum.parameters.isEmpty ? nil : spectrum.parameters
        configuration.end = spectrum.end
        configuration.tolerance = spectrum.tolerance
        configuration.maximumSteps = spectrum.maximumProducts
        configuration.exact = spectrum.exact.value
        configuration.density = density.wish
        configuration.resamples = density.resamples
        if let limit = analysis.memory.limit { configuration.exactMemory = limit }
        configuration.failedCertificates = evidence.force ? .tell : .refuse
        return configuration
    }
}

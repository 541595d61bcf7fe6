import Checkpoints
import CommandSupport
import Files
import Krylov
import Landscape
import LinearAlgebra
import Logging
import Networks

/// One checkpoint's analysis from its file to a finding: forecast, progress, states, faults.
struct HessianSession<Element: Scalar> {
    let problem: ProblemConfiguration
    let configuration: HessianConfiguration
    let run: LongRun
    let style: CommandSupport.Progress.Style
    /// Before what is said of the progress: `2/5 `.
    let label: String

    func find() throws -> HessianFinding {
        do {
            return try analyse()
        } catch let fault as Fault where fault.kind == .data || fault.kind == .software {
            throw fault.within(problem.checkpoint)
        } catch let failure as KrylovFailure {
            throw Fault(
                .data, "\(failure)", at: problem.checkpoint,
                remedy: "The parameters are too large for \(Element.precisionName) precision; try --precision double")
        } catch let failure as DensityFailure {
            throw Fault(.software, "\(failure)", at: problem.checkpoint, remedy: "Try --precision double")
        }
    }

    private func analyse() throws -> HessianFinding {
        let clock = ContinuousClock()
        let start = clock.now
        let point = try Problem<Element>(problem)
        let identity = identity(of: point)
        let control: HessianControl<Element> = { stage, number in
            let name = stage == .resamples ? "\(stage.rawValue)-\(number)" : stage.rawValue
            return try (run.keeper(name, identity) as RunKeeper<Element>).control
        }
        let bar = CommandSupport.Progress(
            "\(label)products", total: expectedProducts(of: point), unit: "products", style: style)
        let expected = expectedProducts(of: point)
        let progress: @Sendable (HessianStage, Int) throws -> Void = { stage, done in
            // The other stages are stopped where they can save themselves.
            if stage == .certificates || stage == .exact { try Interruption.check() }
            // How many the extreme eigenvalues take is known only at the end.
            bar.advance(to: min(done, expected), details: stage.rawValue)
        }
        var (found, lossValue) = try spectrum(of: point, control, progress)
        try found.resample(point, configuration, control: control, progress: progress)
        bar.finish()
        var header = ReportHeader(
            command: "hessian", version: Version.current, problem: point, lossValue: lossValue,
            seed: configuration.seed, seconds: start.duration(to: clock.now) / .seconds(1),
            warnings: found.warnings + (found.isPartial ? [run.partialWarning] : []))
        if found.isPartial { header.partial = true }
        return HessianFinding(
            report: Report(header: header, body: HessianReport(found, configuration)), analysis: found,
            step: point.run.step)
    }

    /// In a function of its own, so that its activations are gone when halves of the examples take their place.
    private func spectrum(
        of point: Problem<Element>, _ control: @escaping HessianControl<Element>,
        _ progress: @escaping @Sendable (HessianStage, Int) throws -> Void
    ) throws -> (HessianAnalysis, lossValue: Double) {
        // What was mistyped is told before anything is computed.
        if configuration.target.kind.actsOnParameters {
            _ = try ParameterSelection(configuration.parameters ?? [], of: point.network.layout)
        }
        let vectorBytes = configuration.vectorBytes(for: point.network, examples: point.examples)
        let clock = ContinuousClock()
        let before = clock.now
        let linearised = try point.linearised(
            directions: configuration.blockSize(for: point.network, examples: point.examples), reserving: vectorBytes)
        CostNotice(
            products: expectedProducts(of: point), of: linearised,
            linearisedIn: before.duration(to: clock.now) / .seconds(1), vectorBytes: vectorBytes
        ).announce(Logger(label: "landscape"))
        let found = try HessianAnalysis(linearised, configuration, control: control, progress: progress)
        return (found, linearised.lossValue)
    }

    private func expectedProducts(of point: Problem<Element>) -> Int {
        configuration.expectedProducts(parameters: point.network.layout.count)
    }

    /// All that decides the result's bytes.
    private func identity(of point: Problem<Element>) -> RunIdentity {
        var identity = RunIdentity(command: "hessian", version: Version.current)
        identity.add(point)
        let density = configuration.density
        identity.add([
            "seed": configuration.seed, "operator": configuration.target.kind.rawValue,
            "samples": configuration.target.samples,
            "parameters": (configuration.parameters ?? ["*"]).joined(separator: " "), "top": configuration.top,
            "end": configuration.end.rawValue, "tolerance": configuration.tolerance, "probes": density.probes,
            "steps": density.steps, "reorthogonalisation": density.reorthogonalisation.rawValue,
            "deflate": density.deflation.rawValue, "density tolerance": density.tolerance ?? 0,
            "batch statistics": problem.mode == .batchStatistics,
        ])
        return identity
    }
}

import ArgumentParser
import CommandSupport
import Files
import Landscape
import LinearAlgebra
import Plasticity

struct PlasticityCommand: PrecisionCommand {
    static let configuration = CommandConfiguration(
        commandName: "plasticity",
        abstract: "How well a network can still learn: its loss on new tasks after a fixed budget.",
        discussion: """
            From each checkpoint the optimiser of its training learns ten regression tasks, 2000 steps each, on copies: \
            targets a + sin(10⁵ f(x; ω)) with ω a fresh initialisation of the same architecture. P(θ) = b − E[ℓ(θ*)], with b \
            the targets' variance; plasticity loss is P(θ₀) − P(θ), positive where plasticity was lost, paired task by task. \
            Of a series, the first checkpoint (a run's step 0) is θ₀, and all are given the same inputs, targets and batches.

            With --output finished tasks are kept: the same command goes on after a crash or an interrupt.

            Example: landscape plasticity --checkpoint runs/first --output plasticity
            """)

    @OptionGroup(title: "Subject") var subject: PlasticitySubjectOptions
    @OptionGroup(title: "Probe") var probe: PlasticityProbeOptions
    @OptionGroup(title: "Optimiser (default: that of training)") var optimiser: PlasticityOptimiserOptions
    @OptionGroup(title: "Result") var result: ResultOptions
    @OptionGroup(title: "Long runs") var longRun: RunOptions
    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    var precision: PrecisionOptions { subject.precision }

    func run<Element: Scalar>(in _: Element.Type) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let series = try PlasticitySeries(
            subject.model.checkpoints(), reference: subject.reference, architecture: subject.model.architecture)
        let plan = try PlasticityPlan<Element>(series, subject, probe, optimiser)
        let folder = try result.folder()
        let run = LongRun(longRun, output: folder?.path)
        var search = PlasticitySearch(plan, run: run, style: reporting.progressStyle)
        try search.findAll()
        let finding = try search.finding(seconds: start.duration(to: clock.now) / .seconds(1))
        if let folder {
            try finding.save(in: folder)
            run.finish(partial: search.isPartial)
        }
        try result.show(finding.report) { finding.text }
    }
}

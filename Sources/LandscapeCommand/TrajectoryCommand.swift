import ArgumentParser
import Checkpoints
import CommandSupport
import Files
import Landscape
import LinearAlgebra
import Networks

struct TrajectoryCommand: AnalysisCommand {
    static let configuration = CommandConfiguration(
        commandName: "trajectory",
        abstract: "A run's checkpoints in their principal plane, with the loss on the plane and on the path.",
        discussion: """
            The plane goes through the last checkpoint along the two principal directions of the others' differences from it \
            (Li et al. 2018). The contours are the loss on the plane, where the network never was; so the loss at each \
            checkpoint stands beside that of its projection. Examples and loss are those of the last checkpoint.
            """)

    @OptionGroup(title: "Problem") var analysis: AnalysisOptions

    @Option(help: ArgumentHelp("Points along each direction.", valueName: "n"))
    var points = 25

    @Flag(help: "Take the mean of the differences out before their principal directions are sought.")
    var center = false

    @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
    @OptionGroup(title: "Long runs") var longRun: RunOptions
    @OptionGroup(title: "Result") var result: ResultOptions
    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    func validate() throws {
        if !(2...10_000).contains(points) { throw ValidationError("--points takes 2 to 10000, not \(points).") }
    }

    func run<Element: Scalar>(in _: Element.Type) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let checkpoints = try analysis.model.checkpoints()
        guard checkpoints.count >= 3 else {
            throw Fault(
                .usage, "\(checkpoints.count) checkpoints are no trajectory",
                at: analysis.model.checkpoint.joined(separator: ", "),
                remedy: "Give a run's folder, or three checkpoints and more")
        }
        let folder = try result.folder()
        let run = LongRun(longRun, output: folder?.path)
        let problem = try Problem<Element>(analysis.problem(checkpoints[checkpoints.count - 1]))
        let path = try path(checkpoints, problem)
        let plane = try TrajectoryPlane(path.parameters, isCentred: center, workers: problem.workers)
        let bar = CommandSupport.Progress(
            "surface", total: points * points, unit: "points", style: reporting.progressStyle)
        let trajectory = try LossTrajectory(
            problem, path: path, plane: plane, points: points,
            control: run.keeper("surface", identity(problem, path)).control
        ) { bar.advance(to: $0) }
        bar.finish()
        do throws(Fault) {
            try trajectory.surface.certificates.check(evidence.force ? .tell : .refuse)
        } catch {
            throw error.within(problem.path)
        }
        let isPartial = trajectory.surface.isPartial
        var header = ReportHeader(
            command: "trajectory", version: Version.current, problem: problem, lossValue: trajectory.surface.centre,
            seed: analysis.seed.seed, seconds: start.duration(to: clock.now) / .seconds(1),
            warnings: trajectory.warnings + (isPartial ? [run.partialWarning] : []))
        if isPartial { header.partial = true }
        let finding = TrajectoryFinding(
            report: Report(header: header, body: TrajectoryReport(trajectory, examples: problem.examples)))
        if let folder { try finding.save(in: folder) }
        run.finish(partial: isPartial)
        try result.show(finding.report) {
            finding.table(plot: folder == nil, certificates: evidence.certificates)
        }
    }

    private func path<Element: Scalar>(
        _ checkpoints: [String], _ problem: Problem<Element>
    ) throws -> LossTrajectory.Path<Element> {
        var path = LossTrajectory.Path<Element>(names: checkpoints, steps: [], parameters: [])
        for checkpoint in checkpoints.dropLast() {
            path.steps.append(try Checkpoint(reading: checkpoint, architecture: analysis.model.architecture).run.step)
            path.parameters.append(try problem.parameters(of: checkpoint, architecture: analysis.model.architecture))
        }
        path.steps.append(problem.run.step)
        path.parameters.append(problem.parameters)
        return path
    }

    private func identity<Element: Scalar>(
        _ problem: Problem<Element>, _ path: LossTrajectory.Path<Element>
    ) -> RunIdentity {
        var content = ContentHash()
        for parameters in path.parameters { content.add(parameters.vector) }
        var identity = RunIdentity(command: "trajectory", version: Version.current)
        identity.add(problem)
        identity.add([
            "path content": content.text, "points": points, "center": center,
            "batch statistics": analysis.batchStatistics,
        ])
        return identity
    }
}

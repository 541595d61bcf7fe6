import ArgumentParser
import Checkpoints
import CommandSupport
import Figures
import Files
import Landscape
import LinearAlgebra
import Networks

struct InterpolateCommand: AnalysisCommand {
    static let configuration = CommandConfiguration(
        commandName: "interpolate",
        abstract: "The loss on the straight line between two checkpoints, and its barrier.",
        discussion: """
            The line goes from --checkpoint (t = 0) to --to (t = 1), both ends exactly; running statistics are interpolated \
            too. The barrier is the loss's largest height above the straight line between its ends (Entezari et al. 2022), \
            the height over the mean that above the mean of both (Frankle et al. 2020). Examples and loss are those of \
            --checkpoint.
            """)

    @OptionGroup(title: "Problem") var analysis: AnalysisOptions

    @Option(
        help: ArgumentHelp("The checkpoint at t = 1, of the same architecture.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var to: String

    @Option(help: ArgumentHelp("Points on the line, both ends included.", valueName: "n"))
    var points = 41

    @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
    @OptionGroup(title: "Long runs") var longRun: RunOptions
    @OptionGroup(title: "Result") var result: ResultOptions
    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    func validate() throws {
        if analysis.model.checkpoint.count > 1 { throw ValidationError("A line begins at one checkpoint.") }
        if !(3...1_000_000).contains(points) { throw ValidationError("--points takes 3 to 1000000, not \(points).") }
    }

    func run<Element: Scalar>(in _: Element.Type) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let checkpoint = try analysis.model.onlyCheckpoint("A line begins at one checkpoint")
        let folder = try result.folder()
        let run = LongRun(longRun, output: folder?.path)
        let problem = try Problem<Element>(analysis.problem(checkpoint))
        let other = try problem.parameters(of: to, architecture: analysis.model.architecture)
        var content = ContentHash()
        content.add(other.vector)
        content.add(other.buffers)
        var identity = RunIdentity(command: "interpolate", version: Version.current)
        identity.add(problem)
        identity.add(["to content": content.text, "points": points, "batch statistics": analysis.batchStatistics])
        let bar = CommandSupport.Progress("line", total: points, unit: "points", style: reporting.progressStyle)
        let line = try LossInterpolation(
            problem, to: other, points: points, control: run.keeper("line", identity).control
        ) { bar.advance(to: $0) }
        bar.finish()
        do throws(Fault) {
            try line.certificates.check(evidence.force ? .tell : .refuse)
        } catch {
            throw error.within(checkpoint)
        }
        guard let lossValue = line.values[0] else {
            throw Fault(
                .data, "the loss is not finite", at: checkpoint,
                remedy: "The parameters have diverged or the inputs are too large; try --precision double")
        }
        var header = ReportHeader(
            command: "interpolate", version: Version.current, problem: problem, lossValue: lossValue,
            seed: analysis.seed.seed, seconds: start.duration(to: clock.now) / .seconds(1),
            warnings: line.warnings + (line.isPartial ? [run.partialWarning] : []))
        if line.isPartial { header.partial = true }
        let finding = InterpolationFinding(
            report: Report(header: header, body: InterpolationReport(line, to: to, examples: problem.examples)))
        if let folder { try finding.save(in: folder) }
        run.finish(partial: line.isPartial)
        try result.show(finding.report) {
            finding.table(plot: folder == nil, certificates: evidence.certificates)
        }
    }
}

/// What `landscape interpolate` found, ready to be shown and kept.
struct InterpolationFinding {
    let report: Report<InterpolationReport>

    private var header: ReportHeader { report.header }
    private var body: InterpolationReport { report.body }

    func table(plot: Bool, certificates showsAll: Bool) -> String {
        var table = Table([.init("quantity", .left), .init("value"), .init("at t =")])
        table.append([.text("loss of \(HeaderText.name(header.checkpoint))"), .number(header.loss.value), .number(0)])
        if let last = body.losses.last ?? nil {
            table.append([.text("loss of \(HeaderText.name(body.to))"), .number(last), .number(1)])
        }
        for (name, barrier) in [("barrier", body.barrier), ("height over the mean", body.heightOverMean)] {
            guard let barrier else { continue }
            table.append([.text(name), .number(barrier.height), .number(barrier.position)])
        }
        table.append(["distance", .number(body.distance), .none])
        var text = HeaderText.lines(header) + "to          \(body.to)\n\n" + table.text
        if plot {
            text +=
                "\nloss from t = 0 to 1\n" + TerminalPlot.line(positions: body.positions, values: body.losses) + "\n"
        }
        text += "\n" + CertificateTable.text(body.certificates, showsAll: showsAll)
        return text + HeaderText.warnings(header)
    }

    func save(in folder: ResultFolder) throws(Fault) {
        var arrays = SafetensorsWriter(
            metadata: ["command": "interpolate", "checkpoint": header.checkpoint, "to": body.to])
        let shape = [body.positions.count]
        try arrays.add("positions", body.positions, shape: shape)
        try arrays.add("losses", body.losses.map { $0 ?? .nan }, shape: shape)
        if let accuracies = body.accuracies {
            try arrays.add("accuracies", accuracies.map { $0 ?? .nan }, shape: shape)
        }
        try folder.write(arrays)
        var figure = LossLineFigure(
            name: "interpolation",
            title: "Loss from \(HeaderText.name(header.checkpoint)) to \(HeaderText.name(body.to))",
            subtitle: (body.barrier.map { "barrier \(Table.text($0.height, digits: 4)); " } ?? "")
                + HeaderText.subtitle(header), positions: body.positions, positionName: "t",
            losses: [.init("loss", values: body.losses)])
        // A straight line is one on a linear scale alone.
        figure.isLogarithmic = false
        if let last = body.losses.last ?? nil, body.barrier != nil {
            let first = header.loss.value
            figure.losses.append(
                .init(
                    "straight line between the ends", values: body.positions.map { (1 - $0) * first + $0 * last },
                    isGuide: true))
        }
        if let accuracies = body.accuracies {
            figure.lower = .init(label: "accuracy", series: .init("accuracy", values: accuracies))
        }
        SurfaceText.report(try folder.draw(figure))
        try folder.write(report)
    }
}

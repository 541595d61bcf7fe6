import Checkpoints
import CommandSupport
import Figures
import Files
import Landscape

/// What `landscape trajectory` found, ready to be shown and kept.
struct TrajectoryFinding {
    let report: Report<TrajectoryReport>

    private var header: ReportHeader { report.header }
    private var body: TrajectoryReport { report.body }

    func table(plot: Bool, certificates showsAll: Bool) -> String {
        var table = Table([
            .init("checkpoint", .left), .init("step", .right), .init("along 1"), .init("along 2"),
            .init("off the plane"), .init("loss"), .init("at its projection"), .init("difference"),
        ])
        for stop in body.path {
            table.append([
                .text(HeaderText.name(stop.checkpoint)), stop.step.map { .integer($0) } ?? .none,
                .number(stop.position[0]), .number(stop.position[1]), .number(stop.distance),
                stop.loss.map { .number($0) } ?? .none, stop.projectedLoss.map { .number($0) } ?? .none,
                stop.difference.map { .number($0) } ?? .none,
            ])
        }
        var text = HeaderText.lines(header) + "\n" + table.text + "\n" + SurfaceText.directions(body.surface).text
        text +=
            "\nof the squared \(body.centred ? "spread" : "distance") \(share(0)) and \(share(1)) in the two directions\n"
        if plot { text += "\n" + SurfaceText.plot(body.surface) + "\n" }
        text += "\n" + CertificateTable.text(body.surface.certificates, showsAll: showsAll)
        return text + HeaderText.warnings(header)
    }

    private func share(_ direction: Int) -> String { "\(Table.text(100 * body.explained[direction], digits: 3)) %" }

    func save(in folder: ResultFolder) throws(Fault) {
        var arrays = try SurfaceText.arrays(body.surface, header)
        let count = body.path.count
        try arrays.add("path.positions", body.path.flatMap(\.position), shape: [count, 2])
        try arrays.add("path.distances", body.path.map(\.distance), shape: [count])
        try arrays.add("path.losses", body.path.map { $0.loss ?? .nan }, shape: [count])
        try arrays.add("path.projected_losses", body.path.map { $0.projectedLoss ?? .nan }, shape: [count])
        try arrays.add("explained_variance", body.explained, shape: [body.explained.count])
        try folder.write(arrays)
        try draw(in: folder)
        try folder.write(report)
    }

    private func draw(in folder: ResultFolder) throws(Fault) {
        let subtitle = "\(body.path.count) checkpoints; " + HeaderText.subtitle(header)
        if let grid = SurfaceText.grid(body.surface), body.surface.least != nil {
            var figure = LossContourFigure(
                name: "trajectory", title: "A trajectory in its principal plane", subtitle: subtitle, grid: grid,
                horizontalName: "first principal direction, \(share(0))",
                verticalName: "second principal direction, \(share(1))")
            figure.path = .init(
                horizontal: body.path.map { $0.position[0] }, vertical: body.path.map { $0.position[1] })
            SurfaceText.report(try folder.draw(figure))
        }
        guard body.path.contains(where: { $0.loss != nil }) else { return }
        let steps = body.path.compactMap(\.step)
        let hasSteps = steps.count == body.path.count && zip(steps, steps.dropFirst()).allSatisfy { $0 <= $1 }
        var figure = LossLineFigure(
            name: "trajectory-loss", title: "Loss on the path, and where the plane has it", subtitle: subtitle,
            positions: hasSteps ? steps.map { Double($0) } : body.path.indices.map { Double($0) },
            positionName: hasSteps ? "training step" : "checkpoint",
            losses: [
                .init("at the checkpoint", values: body.path.map(\.loss)),
                .init("at its projection onto the plane", values: body.path.map(\.projectedLoss)),
            ])
        let differences = body.path.map(\.difference)
        if differences.contains(where: { $0 != nil }) {
            figure.lower = .init(label: "difference", series: .init("projection less checkpoint", values: differences))
        }
        SurfaceText.report(try folder.draw(figure))
    }
}

import Checkpoints
import CommandSupport
import Figures
import Files
import Landscape

/// What `landscape surface` found, ready to be shown and kept.
struct SurfaceFinding {
    let report: Report<SurfaceReport>

    private var header: ReportHeader { report.header }
    private var body: SurfaceReport { report.body }

    func table(plot: Bool, certificates showsAll: Bool) -> String {
        var text = HeaderText.lines(header) + "\n" + SurfaceText.directions(body).text
        var table = Table([.init("quantity", .left), .init("value"), .init("at", .left)])
        for (name, extremum) in [("least loss", body.least), ("largest loss", body.largest)] {
            guard let extremum else { continue }
            table.append([
                .text(name), .number(extremum.loss),
                .text("(\(extremum.coordinates.map { Table.text($0, digits: 4) }.joined(separator: ", ")))"),
            ])
        }
        table.append(["loss at the centre", .number(body.centre), "the checkpoint's to the bit"])
        if let difference = body.cornerDifference {
            table.append(["rounding at the corners", .number(difference), "relative to a direct evaluation"])
        }
        table.append(["points computed", .integer(body.pointsComputed), .text("of \(body.points)")])
        text += "\n" + table.text
        if plot { text += "\n" + SurfaceText.plot(body) + "\n" }
        text += "\n" + CertificateTable.text(body.certificates, showsAll: showsAll)
        return text + HeaderText.warnings(header)
    }

    func save(in folder: ResultFolder) throws(Fault) {
        try folder.write(SurfaceText.arrays(body, header))
        try SurfaceText.draw(
            body, title: "Loss around \(HeaderText.name(header.checkpoint))",
            subtitle: "\(body.axes[0].direction.origin); \(HeaderText.subtitle(header))", in: folder)
        try folder.write(report)
    }
}

/// A surface as text, arrays and pictures; what a trajectory shows beside its path.
enum SurfaceText {
    static func directions(_ body: SurfaceReport) -> Table {
        var table = Table([
            .init("direction", .left), .init("length"), .init("from"), .init("to"), .init("eigenvalue"),
            .init("residual"), .init("", .left),
        ])
        for (index, axis) in body.axes.enumerated() {
            let direction = axis.direction
            table.append([
                .text(direction.origin), .number(direction.norm), .number(axis.coordinates[0]),
                .number(axis.coordinates[axis.coordinates.count - 1]),
                direction.eigenvalue.map { .number($0) } ?? .none,
                direction.residual.map { .number($0) } ?? .none,
                .text(index == 1 ? body.cosine.map { "cosine with the first \(Table.text($0, digits: 3))" } ?? "" : ""),
            ])
        }
        return table
    }

    static func plot(_ body: SurfaceReport) -> String {
        if let grid = grid(body) { return TerminalPlot.surface(grid) }
        return TerminalPlot.line(positions: body.axes[0].coordinates, values: body.losses[0])
    }

    /// Nil for a line.
    static func grid(_ body: SurfaceReport) -> LossGrid? {
        guard body.axes.count == 2 else { return nil }
        return LossGrid(
            horizontal: body.axes[0].coordinates, vertical: body.axes[1].coordinates, values: body.losses.flatMap { $0 }
        )
    }

    /// Coordinates, losses and accuracies; what is not known is NaN.
    static func arrays(_ body: SurfaceReport, _ header: ReportHeader) throws(Fault) -> SafetensorsWriter {
        var arrays = SafetensorsWriter(metadata: ["command": header.command, "checkpoint": header.checkpoint])
        for (index, axis) in body.axes.enumerated() {
            try arrays.add("coordinates.\(index)", axis.coordinates, shape: [axis.coordinates.count])
        }
        let shape = body.axes.reversed().map(\.coordinates.count)
        for (name, rows) in [("losses", body.losses), ("accuracies", body.accuracies ?? [])] where !rows.isEmpty {
            try arrays.add(name, rows.flatMap { row in row.map { $0 ?? .nan } }, shape: shape)
        }
        return arrays
    }

    /// The contours and the surface, or the line.
    static func draw(
        _ body: SurfaceReport, title: String, subtitle: String, in folder: ResultFolder
    ) throws(Fault) {
        guard body.least != nil else { return }
        guard let grid = grid(body) else {
            var figure = LossLineFigure(
                name: "surface", title: title, subtitle: subtitle, positions: body.axes[0].coordinates,
                positionName: "α", losses: [.init("loss", values: body.losses[0])])
            if let accuracies = body.accuracies {
                figure.lower = .init(label: "accuracy", series: .init("accuracy", values: accuracies[0]))
            }
            return try report(folder.draw(figure))
        }
        try report(folder.draw(LossContourFigure(title: title, subtitle: subtitle, grid: grid)))
        try report(folder.draw(LossSurfaceFigure(title: title, subtitle: subtitle, grid: grid)))
    }

    static func report(_ picture: String?) {
        if let picture { StandardError.write(line: "drew \(picture)") }
    }
}

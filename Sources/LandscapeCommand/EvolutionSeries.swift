import Checkpoints
import CommandSupport
import Figures
import Files
import Foundation
import Krylov
import Landscape

/// What `landscape evolution` found, ready to be shown and kept.
struct EvolutionSeries {
    let report: Report<EvolutionReport>
    let points: [EvolutionPoint]
    /// Each checkpoint's density on its grid.
    let densities: [SmoothedDensity?]

    init(report: Report<EvolutionReport>, points: [EvolutionPoint]) {
        self.report = report
        self.points = points
        densities = points.map(\.smoothed)
    }

    var body: EvolutionReport { report.body }

    /// The training steps where all are known and ascend, else the places in the series.
    var steps: [Double] {
        let known = points.compactMap { $0.step.map(Double.init) }
        let ascends = zip(known, known.dropFirst()).allSatisfy { $0 < $1 }
        return known.count == points.count && ascends ? known : points.indices.map(Double.init)
    }

    /// For people: the tables one below the other.
    func text(certificates showsAll: Bool) -> String {
        HeaderText.lines(report.header, matrix: body.operator)
            + EvolutionTables(body).all.map { "\n\($0.title)\n" + $0.table.text }.joined()
            + "\n" + CertificateTable.text(certificates, showsAll: showsAll) + HeaderText.warnings(report.header)
    }

    /// Of all checkpoints, one after the other.
    var certificates: Certificates { Certificates(points.flatMap(\.certificates.list)) }

    func save(in folder: ResultFolder) throws(Fault) {
        try folder.write(arrays())
        let pictures = try EvolutionPictures(self).draw(in: folder)
        let document = EvolutionDocument(series: self, pictures: pictures)
        try AtomicFile.write(Data(document.markdown.utf8), to: folder.path + "/report.md")
        StandardError.write(line: "wrote \(folder.path)/report.md")
        // Last: where it is, the rest is too.
        try folder.write(report)
    }

    private func arrays() throws(Fault) -> SafetensorsWriter {
        var arrays = SafetensorsWriter(metadata: ["command": "evolution", "checkpoint": report.header.checkpoint])
        let count = points.count
        try arrays.add("steps", steps, shape: [count])
        try arrays.add("loss", points.map(\.loss), shape: [count])
        try arrays.add("gradient_norm", points.map(\.gradientNorm), shape: [count])
        let width = points.map(\.largest.count).min() ?? 0
        if width > 0 {
            let rows = points.map { $0.largest.prefix(width) }
            try arrays.add("eigenvalues", rows.flatMap { $0.map(\.value) }, shape: [count, width])
            try arrays.add("residuals", rows.flatMap { $0.map(\.residual) }, shape: [count, width])
        }
        for (index, density) in densities.enumerated() {
            guard let smoothed = density else { continue }
            try arrays.add("density.\(index).grid", smoothed.grid, shape: [smoothed.grid.count])
            try arrays.add("density.\(index).values", smoothed.values, shape: [smoothed.values.count])
        }
        guard let subspaces = body.subspaces else { return arrays }
        try arrays.add("overlaps", subspaces.overlaps.flatMap(\.self), shape: [count, count])
        for (name, pairs) in [
            ("previous", subspaces.withPrevious), ("first", subspaces.withFirst), ("last", subspaces.withLast),
        ] {
            let width = pairs.map(\.anglesDegrees.count).min() ?? 0
            guard width > 0 else { continue }
            try arrays.add(
                "angles_degrees.\(name)", pairs.flatMap { $0.anglesDegrees.prefix(width) }, shape: [pairs.count, width])
        }
        return arrays
    }
}

/// The tables of an evolution, for a terminal and for a document.
struct EvolutionTables {
    /// A table with its title.
    struct Titled {
        let title: String
        let columns: [Table.Column]
        var rows: [[Table.Cell]] = []

        var table: Table {
            var table = Table(columns)
            for row in rows { table.append(row) }
            return table
        }
    }

    let body: EvolutionReport

    init(_ body: EvolutionReport) { self.body = body }

    var all: [Titled] { [spectrum] + (body.subspaces == nil ? [] : [subspace]) + (hasCovariance ? [gradients] : []) }

    private var hasCovariance: Bool { body.series.contains { $0.gradientCovariance != nil } }

    private var spectrum: Titled {
        var table = Titled(
            title: "Loss and spectrum",
            columns: [
                .init("checkpoint", .left), .init("step", .right), .init("loss"), .init("gradient norm"),
                .init("largest"), .init("± residual"), .init("smallest"), .init("± residual"), .init("trace"),
                .init("95 % from"), .init("to"),
            ])
        for member in body.series {
            table.rows.append([
                .text(HeaderText.name(member.checkpoint)), .integer(member.step), .number(member.loss.value),
                .number(member.gradientNorm), .number(member.eigenvalues.first?.value),
                .brief(member.eigenvalues.first?.residual), .number(member.smallestEigenvalue?.value),
                .brief(member.smallestEigenvalue?.residual), .number(member.trace?.value),
                .number(member.trace?.interval?.low), .number(member.trace?.interval?.high),
            ])
        }
        return table
    }

    private var subspace: Titled {
        let dimensions = body.subspaces?.dimensions ?? 0
        var table = Titled(
            title: "The space of the \(dimensions) largest eigenvalues' vectors",
            columns: [
                .init("checkpoint", .left), .init("step", .right), .init("gap"), .init("error bound"),
                .init("overlap with previous"), .init("with first"), .init("with last"),
                .init("largest angle to previous"), .init("gradient in it"),
            ])
        guard let subspaces = body.subspaces else { return table }
        for (index, member) in body.series.enumerated() {
            let previous = subspaces.withPrevious.first { $0.to == index }
            table.rows.append([
                .text(HeaderText.name(member.checkpoint)), .integer(member.step), .number(member.gap),
                .brief(member.subspaceError), .brief(previous?.overlap), .brief(subspaces.overlaps[index].first),
                .brief(subspaces.overlaps[index].last),
                previous?.anglesDegrees.last.map { .text(Self.degrees($0)) } ?? .none,
                .brief(member.gradientInTopSubspace),
            ])
        }
        return table
    }

    private var gradients: Titled {
        var table = Titled(
            title: "Cosines between the examples' gradients",
            columns: [
                .init("checkpoint", .left), .init("step", .right), .init("effective rank"), .init("stable rank"),
                .init("mean off diagonal"), .init("negative fraction"),
            ])
        for member in body.series {
            guard let covariance = member.gradientCovariance else { continue }
            table.rows.append([
                .text(HeaderText.name(member.checkpoint)), .integer(member.step), .brief(covariance.effectiveRank),
                .brief(covariance.stableRank), .brief(covariance.meanOffDiagonal), .brief(covariance.negativeFraction),
            ])
        }
        return table
    }

    private static func degrees(_ angle: Double) -> String { Table.text(angle, digits: 3) + "°" }
}

extension Table.Cell {
    static func integer(_ value: Int?) -> Table.Cell { value.map { .integer($0) } ?? .none }
    static func number(_ value: Double?) -> Table.Cell { value.map { .number($0) } ?? .none }
    /// Three digits, as many as an error or a share is worth.
    static func brief(_ value: Double?) -> Table.Cell { value.map { .text(Table.text($0, digits: 3)) } ?? .none }
}

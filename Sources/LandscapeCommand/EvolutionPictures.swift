import CommandSupport
import Figures
import Files
import Krylov
import Landscape

/// The figures of an evolution.
struct EvolutionPictures {
    /// A figure that was drawn, for the document.
    struct Picture {
        let title: String
        /// The picture's file name; nil where gnuplot is missing.
        let file: String?
        let caption: String
    }

    private let series: EvolutionSeries
    private let subtitle: String
    private let matrix: String

    init(_ series: EvolutionSeries) {
        self.series = series
        subtitle = HeaderText.subtitle([series.report.header])
        matrix = HeaderText.matrixName(series.body.operator)
    }

    func draw(in folder: ResultFolder) throws(Fault) -> [Picture] {
        var pictures: [Picture] = []
        func add(_ figure: (some Figure)?, _ title: String, _ caption: String) throws(Fault) {
            guard let figure else { return }
            let path = try folder.draw(figure)
            pictures.append(Picture(title: title, file: path.map { _ in figure.name + ".png" }, caption: caption))
        }
        try add(progress, "Loss and gradient", "Loss and gradient norm on the same examples at every checkpoint.")
        try add(eigenvalues, "Extreme eigenvalues and trace", "Bars are residuals; of the trace, standard errors.")
        try add(densities, "Spectral density", "One line a checkpoint, coloured by its training step.")
        try add(overlaps, "Overlap of every two checkpoints", overlapCaption)
        try add(
            angles, "How the top subspace turns",
            "Principal angles to the checkpoint before; 90° is orthogonal. Below, overlaps and the gradient's share.")
        try add(covariance, "Gradients against one another", "Cosines between the gradients of single examples.")
        return pictures
    }

    private var overlapCaption: String {
        let chance = series.body.subspaces.map { Table.text($0.overlapByChance, digits: 2) } ?? ""
        return "The mean squared cosine of the principal angles: 1 for equal spaces, \(chance) by chance."
    }

    private var progress: SeriesPanelsFigure {
        let members = series.body.series
        return SeriesPanelsFigure(
            name: "loss", title: "Loss and gradient along training", subtitle: subtitle,
            panels: [
                .init(
                    "loss", lines: [line("loss", members.map(\.loss.value))], isLogarithmic: true),
                .init(
                    "gradient norm", lines: [line("gradient norm", members.map(\.gradientNorm))], isLogarithmic: true),
            ])
    }

    private var eigenvalues: EigenvalueSeriesFigure? {
        let members = series.body.series
        let largest = members.compactMap(\.eigenvalues.first)
        let smallest = members.compactMap(\.smallestEigenvalue)
        guard largest.count == members.count, smallest.count == members.count else { return nil }
        var figure = EigenvalueSeriesFigure(
            title: "Extreme eigenvalues of the \(matrix) along training", subtitle: subtitle, steps: series.steps,
            largest: .init(values: largest.map(\.value), errors: largest.map(\.residual)),
            smallest: .init(values: smallest.map(\.value), errors: smallest.map(\.residual)))
        let traces = members.compactMap(\.trace)
        if traces.count == members.count {
            figure.trace = .init(values: traces.map(\.value), errors: traces.map { $0.standardError ?? 0 })
        }
        return figure
    }

    private var densities: DensitySeriesFigure? {
        let smoothed = series.densities.compactMap(\.self)
        guard smoothed.count == series.points.count else { return nil }
        return DensitySeriesFigure(
            title: "Spectral density of the \(matrix) along training", subtitle: subtitle,
            members: zip(series.steps, smoothed).map { .init(step: $0, grid: $1.grid, density: $1.values) })
    }

    private var overlaps: OverlapFigure? {
        series.body.subspaces.map { subspaces in
            OverlapFigure(
                title: "Overlap of the top \(subspaces.dimensions)-dimensional eigenspaces", subtitle: subtitle,
                steps: series.steps, overlaps: subspaces.overlaps)
        }
    }

    private var angles: SeriesPanelsFigure? {
        guard let subspaces = series.body.subspaces else { return nil }
        let steps = series.steps
        let ranks = subspaces.withPrevious.map(\.anglesDegrees.count).min() ?? 0
        let lines = (0..<ranks).map { rank in
            SeriesPanelsFigure.Line(
                rank == 0 ? "smallest angle" : rank == ranks - 1 ? "largest angle" : "angle \(rank + 1)",
                steps: subspaces.withPrevious.map { steps[$0.to] },
                values: subspaces.withPrevious.map { $0.anglesDegrees[rank] })
        }
        var shares = [
            SeriesPanelsFigure.Line(
                "overlap with previous", steps: subspaces.withPrevious.map { steps[$0.to] },
                values: subspaces.withPrevious.map(\.overlap)),
            line("overlap with first", subspaces.overlaps.compactMap(\.first)),
            line("overlap with last", subspaces.overlaps.compactMap(\.last)),
        ]
        let gradient = series.body.series.compactMap(\.gradientInTopSubspace)
        if gradient.count == steps.count { shares.append(line("gradient's share in the subspace", gradient)) }
        return SeriesPanelsFigure(
            name: "subspaces", title: "How the top \(subspaces.dimensions)-dimensional eigenspace turns",
            subtitle: subtitle,
            panels: (lines.isEmpty
                ? [] : [.init("angle to previous, degrees", lines: lines, range: 0...92, isOrdered: true)])
                + [.init("share", lines: shares, range: -0.03...1.03)])
    }

    private var covariance: SeriesPanelsFigure? {
        let found = zip(series.steps, series.body.series).compactMap { step, member in
            member.gradientCovariance.map { (step: step, value: $0) }
        }
        guard !found.isEmpty else { return nil }
        func line(_ name: String, _ value: (EvolutionPoint.Covariance) -> Double) -> SeriesPanelsFigure.Line {
            .init(name, steps: found.map(\.step), values: found.map { value($0.value) })
        }
        return SeriesPanelsFigure(
            name: "gradient-covariance", title: "Gradients against one another along training", subtitle: subtitle,
            panels: [
                .init("rank", lines: [line("effective rank", \.effectiveRank), line("stable rank", \.stableRank)]),
                .init(
                    "share, mean",
                    lines: [line("mean cosine", \.meanOffDiagonal), line("negative fraction", \.negativeFraction)]),
            ])
    }

    private func line(_ name: String, _ values: [Double]) -> SeriesPanelsFigure.Line {
        .init(name, steps: series.steps, values: values)
    }
}

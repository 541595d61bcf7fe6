import Figures
import Foundation

/// Synthetic results of the shapes that the figures meet, each under the name that says what is odd about it.
///
/// To look at them: `FIGURE_GALLERY=some/folder swift test --filter Gallery`.
enum Gallery {
    /// The usual shape: a bulk at zero, a few outliers; densities are sums of Gaussians.
    static func density(_ name: String, outliers: [Double], bulkWidth: Double, range: ClosedRange<Double>)
        -> SpectralDensityFigure
    {
        let points = 2000
        let span = range.upperBound - range.lowerBound
        let grid = (0..<points).map { range.lowerBound + span * Double($0) / Double(points - 1) }
        let blur = span / 200
        func mean(_ scale: Double) -> [Double] {
            grid.map { x in
                var sum = 0.0
                for offset in stride(from: -2.0, through: 2.0, by: 0.25) {
                    sum += 0.06 * gauss(x - offset * bulkWidth, bulkWidth / 3 + blur / 4)
                }
                for (index, centre) in outliers.enumerated() {
                    sum += scale * 2e-6 * Double(index + 1) * gauss(x - centre, blur)
                }
                return sum
            }
        }
        var figure = SpectralDensityFigure(
            name: name, title: "Hessian of step-020000.safetensors (td loss 0.0312)",
            subtitle: "1 024 examples · 670 218 parameters · 10 probes × 80 Lanczos steps", grid: grid,
            density: mean(1))
        figure.band = .init(lower: mean(0.2), upper: mean(6))
        figure.eigenvalues = outliers + [range.lowerBound * 0.6]
        return figure
    }

    static let densities: [SpectralDensityFigure] = {
        var single = SpectralDensityFigure(
            name: "density-single-point", title: "A single point", grid: [3], density: [0.5])
        single.eigenvalues = [3]
        let zeros = SpectralDensityFigure(
            name: "density-zeros", title: "All zeros", grid: [-1, 0, 1, 2], density: [0, 0, 0, 0])
        var floored = density("density-floor", outliers: [2, 4], bulkWidth: 0.5, range: -3...6)
        floored.floor = 1e-5
        floored.title = "Bulk of ordinary width; floor 1e-5; it's a 'quoted' `title` with_underscores and {braces} @x"
        floored.subtitle = String(repeating: "a very long folder/", count: 12) + "step-020000.safetensors"
        return [
            density("density", outliers: [12, 30, 31, 55, 90, 140, 280], bulkWidth: 0.8, range: -5...300),
            density("density-negative", outliers: [-900, -850, -400], bulkWidth: 3, range: -1000 ... -2),
            density("density-tiny", outliers: [2e-6, 5e-6, 9e-6], bulkWidth: 1e-7, range: -1e-6...1e-5),
            floored, single, zeros,
        ]
    }()

    static let series: [DensitySeriesFigure] = {
        let members = (0..<9).map { index in
            let growth = 1 + Double(index) * 0.9
            let one = density("", outliers: [8, 15, 30].map { $0 * growth }, bulkWidth: 0.3 * growth, range: -5...300)
            return DensitySeriesFigure.Member(step: Double(index) * 25_000, grid: one.grid, density: one.density)
        }
        return [
            DensitySeriesFigure(
                name: "densities", title: "Hessian spectra of a DQN agent, random-label MDP",
                subtitle: "9 checkpoints · 1 024 examples · 670 218 parameters", members: members),
            DensitySeriesFigure(name: "densities-one", title: "One checkpoint", members: [members[4]]),
        ]
    }()

    static let eigenvalues: [EigenvalueSeriesFigure] = {
        let steps = (0...20).map { Double($0) * 1000 }
        let largest = steps.map { 40 + 260 * (1 - exp(-$0 / 6000)) + 12 * sin($0 / 700) }
        var full = EigenvalueSeriesFigure(
            title: "Extreme Hessian eigenvalues of a DQN agent", subtitle: "21 checkpoints · 1 024 examples",
            steps: steps, largest: .init(values: largest, errors: largest.map { $0 * 0.03 }),
            smallest: .init(values: largest.map { -5 - $0 / 40 }, errors: largest.map { _ in 0.3 }))
        full.trace = .init(values: largest.map { $0 * 9.3 }, errors: largest.map { $0 * 0.6 })
        var one = EigenvalueSeriesFigure(
            name: "eigenvalues-one", title: "One checkpoint", steps: [5000],
            largest: .init(values: [12.5], errors: [1]),
            smallest: .init(values: [-0.25]))
        one.trace = .init(values: [0])
        let constant = EigenvalueSeriesFigure(
            name: "eigenvalues-constant", title: "Constant series", steps: [0, 1, 2],
            largest: .init(values: [3, 3, 3]), smallest: .init(values: [0, 0, 0]))
        return [full, one, constant]
    }()

    static let training: [TrainingCurveFigure] = {
        var noise = Noise()
        let steps = (0..<20_000).map { Double($0) }
        func loss(_ rate: Double) -> [Double] {
            steps.map { (0.9 * exp(-$0 / rate) + 0.004) * exp(0.5 * noise.next()) }
        }
        let evaluations = stride(from: 0.0, through: 20_000, by: 500).map { $0 }
        func reward(_ rate: Double) -> [Double] {
            evaluations.map { 0.1 + 0.85 * (1 - exp(-$0 / rate)) + 0.02 * noise.next() }
        }
        var run = TrainingCurveFigure(
            title: "DQN on the true-label MDP, two seeds", subtitle: "MLP 2×512 · Adam 1e-3 · batch 32",
            losses: [
                .init("seed 0", steps: steps, values: loss(2500)), .init("seed 1", steps: steps, values: loss(4000)),
            ],
            scores: [
                .init("seed 0", steps: evaluations, values: reward(2500)),
                .init("seed 1", steps: evaluations, values: reward(4000)),
            ])
        run.events = .init("target update", steps: stride(from: 2500.0, to: 20_000, by: 2500).map { $0 })
        var many = run
        many.name = "training-many-updates"
        many.events?.steps = stride(from: 0.0, through: 20_000, by: 100).map { $0 }
        many.scores = []
        let point = TrainingCurveFigure(
            name: "training-point", title: "A single step", losses: [.init("run", steps: [0], values: [0.7])],
            scores: [.init("run", steps: [0], values: [0.1])])
        let flat = TrainingCurveFigure(
            name: "training-constant", title: "Constant loss, zero reward",
            losses: [.init("run", steps: [0, 1, 2, 3], values: [0.31, 0.31, 0.31, 0.31])],
            scores: [.init("run", steps: [0, 1, 2, 3], values: [0, 0, 0, 0])], scoreLabel: "accuracy")
        let zero = TrainingCurveFigure(
            name: "training-zero", title: "Zero loss", losses: [.init("run", steps: [0, 1], values: [0, 0])])
        return [run, many, point, flat, zero]
    }()

    /// Cosines in ten blocks.
    static func cosines(_ count: Int) -> [Double] {
        var noise = Noise()
        var matrix = [Double](repeating: 1, count: count * count)
        for row in 0..<count {
            for column in 0..<row {
                let (a, b) = (row * 10 / count, column * 10 / count)
                let centre = a == b ? 0.55 : 0.25 * cos(Double(a * 3 + b * 5))
                let value = max(-1, min(1, centre + 0.12 * noise.next()))
                matrix[row * count + column] = value
                matrix[column * count + row] = value
            }
        }
        return matrix
    }

    static func blocks(_ count: Int) -> [Int] {
        let rows = (0..<10).map { cluster in (0..<count).count { $0 * 10 / count == cluster } }
        return rows
    }

    static let covariances: [GradientCovarianceFigure] = {
        let small = cosines(512)
        let scaled = small.enumerated().map { $1 * 3e-4 * exp(2 * sin(Double($0 % 512) * Double($0 / 512))) }
        return [
            GradientCovarianceFigure(
                title: "Gradient covariance of step-020000.safetensors",
                subtitle: "512 examples · 670 218 parameters · k-means order", matrix: small,
                clusterSizes: blocks(512)),
            GradientCovarianceFigure(
                name: "gradient-covariance-raw", title: "Inner products", matrix: scaled, entries: .innerProducts),
            GradientCovarianceFigure(
                name: "gradient-covariance-averaged", title: "1 500 examples", subtitle: "k-means order",
                matrix: cosines(1500), clusterSizes: blocks(1500)),
            GradientCovarianceFigure(name: "gradient-covariance-one", title: "One example", matrix: [1]),
            GradientCovarianceFigure(
                name: "gradient-covariance-zeros", title: "All zeros", matrix: [Double](repeating: 0, count: 16),
                entries: .innerProducts),
        ]
    }()

    static let spectra: [GradientSpectrumFigure] = {
        let values = (1...512).map { (index: Int) -> Double in
            if index <= 10 { return 200 / Double(index) }
            return index < 480 ? 3 * pow(Double(index), -1.3) : -1e-14
        }
        return [
            GradientSpectrumFigure(
                title: "Gradient covariance spectrum of step-020000.safetensors", subtitle: "512 examples",
                eigenvalues: values),
            GradientSpectrumFigure(name: "gradient-spectrum-one", title: "One", eigenvalues: [0.4]),
            GradientSpectrumFigure(name: "gradient-spectrum-zeros", title: "All zeros", eigenvalues: [0, 0, 0]),
            GradientSpectrumFigure(name: "gradient-spectrum-flat", title: "Flat", eigenvalues: [2, 2, 2, 2, 2]),
        ]
    }()

    /// Overlaps that fall with the distance in time.
    static func overlaps(_ name: String, count: Int) -> OverlapFigure {
        OverlapFigure(
            name: name, title: "Overlap of the top 10-dimensional eigenspaces",
            subtitle: "\(count) checkpoints · 1 024 examples", steps: (0..<count).map { Double($0) * 2500 },
            overlaps: (0..<count).map { row in
                (0..<count).map { column in exp(-abs(sqrt(Double(row)) - sqrt(Double(column)))) }
            })
    }

    static let comparisons: [OverlapFigure] = [
        overlaps("overlaps", count: 9), overlaps("overlaps-many", count: 60), overlaps("overlaps-one", count: 1),
    ]

    static let panels: [SeriesPanelsFigure] = {
        let steps = (1...20).map { Double($0) * 1000 }
        let angles = (0..<10).map { rank in
            SeriesPanelsFigure.Line(
                rank == 0 ? "smallest angle" : rank == 9 ? "largest angle" : "angle \(rank + 1)", steps: steps,
                values: steps.map { 90 * exp(-$0 / 4000 / Double(rank + 1)) + Double(rank) })
        }
        let shares = ["overlap with previous", "with first", "with last"].enumerated().map { index, name in
            SeriesPanelsFigure.Line(name, steps: steps, values: steps.map { exp(-$0 / 3000 / Double(index + 1)) })
        }
        return [
            SeriesPanelsFigure(
                name: "panels", title: "How the top eigenspace turns", subtitle: "20 checkpoints",
                panels: [
                    .init("angle, degrees", lines: angles, range: 0...92, isOrdered: true),
                    .init("share", lines: shares, range: -0.03...1.03),
                ]),
            SeriesPanelsFigure(
                name: "panels-single", title: "One line",
                panels: [
                    .init(
                        "loss", lines: [.init("loss", steps: steps, values: steps.map { exp(-$0 / 2000) })],
                        isLogarithmic: true)
                ]),
            SeriesPanelsFigure(
                name: "panels-point", title: "A point that is not positive, and three panels",
                panels: ["a", "b", "c"].map {
                    .init($0, lines: [.init("it's \($0)", steps: [3], values: [0])], isLogarithmic: true)
                }),
        ]
    }()

    static let all: [any Figure] =
        densities + series + eigenvalues + training + covariances + spectra + surfaces + lossLines + comparisons
        + panels + studies + multiples

    private static func gauss(_ x: Double, _ width: Double) -> Double {
        exp(-0.5 * (x / width) * (x / width)) / (width * (2 * Double.pi).squareRoot())
    }
}

/// A fixed stream of roughly normal numbers (a sum of uniform ones), enough for a picture.
private struct Noise {
    private var state: UInt64 = 1

    mutating func next() -> Double {
        var sum = 0.0
        for _ in 0..<6 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            sum += Double(state >> 11) / Double(1 << 53)
        }
        return (sum - 3) / 0.5.squareRoot()
    }
}

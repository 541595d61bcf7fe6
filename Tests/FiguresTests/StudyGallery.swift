import Figures
import Foundation

extension Gallery {
    /// The figures of studies: many repeats and one, many conditions and few points.
    static let studies: [any Figure] = {
        let steps = (1...60).map { Double($0) * 500 }
        func repeats(_ count: Int, _ value: (Double, Double) -> Double) -> [SeedSeriesFigure.Line] {
            (0..<count).map { seed in
                .init(steps: steps, values: steps.map { value($0 / 30_000, Double(seed) / 5) })
            }
        }
        var seeds = SeedSeriesFigure(
            name: "seeds", title: "Random labels, drawn again ten times", subtitle: "MLP 256-256",
            panels: [
                .init(
                    "accuracy",
                    groups: [
                        .init("Adam, default", lines: repeats(5) { t, seed in exp(-3 * t * (1 + seed)) }),
                        .init("Adam, tuned", lines: repeats(5) { t, seed in 1 - 0.1 * seed * (1 - t) }),
                    ], range: 0...1.02),
                .init(
                    "share of dead units", groups: [.init("Adam, default", lines: repeats(4) { t, seed in t * seed })]),
            ])
        seeds.events = ("labels drawn again", (1...9).map { Double($0) * 3000 })
        let single = SeedSeriesFigure(
            name: "seeds-single", title: "One repeat of one point",
            panels: [.init("loss", groups: [.init("it's one", lines: [.init(steps: [3], values: [0])])])])

        let cloud = (0..<200).map { index -> (Double, Double) in
            let x = Double(index % 20) / 20 + 0.02 * sin(Double(index) * 1.7)
            return (x, 0.3 * sin(Double(index) * 12.9898))
        }
        func group(_ name: String, _ slope: Double, scale: Double = 1) -> ScatterPanelsFigure.Group {
            .init(name, x: cloud.map { scale * $0.0 }, y: cloud.map { slope * $0.0 + $0.1 })
        }
        let panels = ["weight norm (weight_norm)", "weight rank", "dead units"].enumerated().map { index, name in
            ScatterPanelsFigure.Panel(
                name,
                groups: [group("digits", 0.5, scale: Double(100 * index + 1)), group("objects", -0.5)]
                    + (index == 2 ? [.init("one point", x: [0.4], y: [1])] : []))
        }
        let scatter = ScatterPanelsFigure(
            name: "scatter", title: "What goes with the loss of plasticity", subtitle: "144 agents",
            verticalLabel: "plasticity loss", panels: panels)
        let point = ScatterPanelsFigure(
            name: "scatter-point", title: "A single point", verticalLabel: "y",
            panels: [.init("x", groups: [.init("alone", x: [2], y: [0])])])

        let forest = ForestFigure(
            name: "forest", title: "Correlation with plasticity loss", subtitle: "Spearman, 95 %",
            label: "Spearman's correlation",
            groups: ["weight_norm", "dead_fraction"].map { name in
                .init(
                    name,
                    rows: ["all", "task true-label", "observations it's objects", "network cnn"].enumerated().map {
                        let value = 0.6 - 0.4 * Double($0.offset)
                        return .init(
                            $0.element, value: value, interval: $0.offset == 2 ? nil : value - 0.2...value + 0.15,
                            colour: $0.offset)
                    })
            })
        return [seeds, single, scatter, point, forest]
    }()
}

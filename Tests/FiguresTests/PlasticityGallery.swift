import Figures
import Foundation

extension Gallery {
    /// Learning curves and intervals along training: many networks, one, and losses of zero.
    static let plasticity: [any Figure] = {
        let steps = [0.0, 1, 2, 4, 8, 16, 32, 64] + (1...20).map { 100 * Double($0) }
        func losses(_ rate: Double) -> [[Double]] {
            (0..<10).map { task in
                steps.map { (0.5 + 0.01 * Double(task)) * exp(-$0 / (rate * (1 + 0.05 * Double(task)))) + 1e-3 }
            }
        }
        let checkpoints = (0...11).map { Double($0) * 5000 }
        let lost = checkpoints.map { 0.2 * (1 - exp(-$0 / 20_000)) }
        return [
            LearningCurvesFigure(
                title: "Learning new tasks from each checkpoint", subtitle: "10 tasks of 2000 steps", steps: steps,
                members: checkpoints.map { .init("step \(Int($0))", losses: losses(300 + $0 / 100)) }, baseline: 0.5),
            LearningCurvesFigure(
                name: "learning-curves-one", title: "One network, one task", steps: [0, 1],
                members: [.init("it's one", losses: [[0, 0]])]),
            IntervalSeriesFigure(
                name: "plasticity", title: "Plasticity along training", subtitle: "bars: 95 % intervals",
                panels: [
                    .init(
                        "plasticity loss P(θ₀) − P(θ)", steps: checkpoints, values: lost, lows: lost.map { $0 - 0.02 },
                        highs: lost.map { $0 + 0.03 }, level: 0),
                    .init("P(θ)", steps: [0], values: [0.4], lows: [0.4], highs: [0.4]),
                ]),
        ]
    }()
}

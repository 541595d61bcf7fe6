import Figures
import Foundation

/// Figures that compare two kinds of walkers.
extension Gallery {
    static let walkers: [any Figure] = {
        func members(_ scales: [Double]) -> [GroupedDensitiesFigure.Member] {
            scales.map { scale in
                let one = density("", outliers: [2, 5, 9].map { $0 * scale }, bulkWidth: 0.2, range: -1...10 * scale)
                return .init(grid: one.grid, density: one.density)
            }
        }
        func matrix(_ count: Int, _ value: (Int, Int) -> Double) -> [Double] {
            (0..<count * count).map { $0 / count == $0 % count ? 1 : value($0 / count, $0 % count) }
        }
        let blocks = matrix(512) { $0 / 52 == $1 / 52 ? 0.8 : $0 / 52 + $1 / 52 == 9 ? -0.7 : 0.05 }
        let faint = matrix(512) { sin(Double($0 * 31 + $1 * 31)) / 10 }
        return [
            GroupedDensitiesFigure(
                name: "groups", title: "An agent and its twins", subtitle: "MLP 128-128 on digits",
                groups: [
                    .init("agent", members: members([8])), .init("4 twins", members: members([1, 1.1, 1.2, 1.3])),
                    .init("both at step 0", members: members([1.05])),
                ]),
            GroupedDensitiesFigure(
                name: "groups-one", title: "One group", groups: [.init("alone", members: members([1, 2]))]),
            CosinePanelsFigure(
                name: "cosine-panels", title: "Cosines between gradients", subtitle: "512 transitions, by clusters",
                rows: [
                    [
                        .init("agent after 1 iteration", matrix: blocks),
                        .init("agent after 20 iterations", matrix: blocks),
                    ],
                    [.init("twin after 1 iteration", matrix: faint), .init("twin after 20 iterations", matrix: faint)],
                ]),
            CosinePanelsFigure(
                name: "cosine-panels-odd", title: "Of different sizes",
                rows: [
                    [.init("one 'entry'", matrix: [1])],
                    [.init("more than pixels", matrix: matrix(900) { _, _ in -1 })],
                ]),
        ]
    }()
}

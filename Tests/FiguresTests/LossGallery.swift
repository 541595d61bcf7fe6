import Figures

/// Losses on planes and lines of the shapes that commands meet.
extension Gallery {
    /// A bowl with a ripple, its range of a factor `steep` and more.
    static func bowl(_ columns: Int, _ rows: Int, steep: Double = 1) -> LossGrid {
        func axis(_ count: Int) -> [Double] { (0..<count).map { -1 + 2 * Double($0) / Double(count - 1) } }
        let (x, y) = (axis(columns), axis(rows))
        return LossGrid(
            horizontal: x, vertical: y,
            values: y.flatMap { y in x.map { x in 0.1 + steep * (x * x + 3 * (y - 0.3 * x * x) * (y - 0.3 * x * x)) } })
    }

    static let surfaces: [any Figure] = {
        var holes = bowl(9, 7)
        for place in [3, 10, 40, 41, 42] { holes.values[place] = nil }
        var flat = bowl(5, 5)
        flat.values = flat.values.map { _ in 2.5 }
        var path = LossContourFigure(
            name: "surface-path", title: "A trajectory in its principal plane",
            subtitle: "9 checkpoints · 93 % of the squared distance", grid: bowl(25, 25, steep: 300),
            horizontalName: "first principal direction, 81 %", verticalName: "second principal direction, 12 %")
        let steps = (0..<9).map { Double($0) / 8 }
        path.path = .init(horizontal: steps.map { 0.9 - 0.9 * $0 }, vertical: steps.map { 0.8 * (1 - $0) * (1 - $0) })
        return [
            LossContourFigure(
                title: "Loss around step-020000.safetensors", subtitle: "filter-normalised directions, 1 024 examples",
                grid: bowl(25, 25)), path,
            LossContourFigure(name: "surface-holes", title: "Losses that are not known", grid: holes),
            LossContourFigure(name: "surface-flat", title: "A constant loss", grid: flat),
            LossSurfaceFigure(title: "Loss around step-020000.safetensors", grid: bowl(25, 25)),
            LossSurfaceFigure(name: "surface-3d-steep", title: "Four decades", grid: bowl(25, 25, steep: 3000)),
            LossSurfaceFigure(name: "surface-3d-holes", title: "Losses that are not known", grid: holes),
            LossSurfaceFigure(name: "surface-3d-flat", title: "A constant loss", grid: flat),
        ]
    }()

    static let lossLines: [LossLineFigure] = {
        let t = (0...40).map { Double($0) / 40 }
        let loss = t.map { 0.02 + 0.4 * $0 + 6 * $0 * (1 - $0) }
        var interpolation = LossLineFigure(
            name: "interpolation", title: "From step-000000 to step-020000", subtitle: "barrier 1.5 at t = 0.5",
            positions: t, positionName: "t",
            losses: [
                .init("loss", values: loss),
                .init("straight line between the ends", values: t.map { 0.02 + 0.4 * $0 }, isGuide: true),
            ])
        var plain = interpolation
        plain.name = "interpolation-plain"
        interpolation.lower = .init(label: "accuracy", series: .init("accuracy", values: t.map { 0.9 - $0 * (1 - $0) }))
        plain.losses[0].values[7] = nil
        let flat = LossLineFigure(
            name: "interpolation-flat", title: "A constant loss", positions: [0, 1], positionName: "t",
            losses: [.init("loss", values: [3, 3])])
        let part = LossLineFigure(
            name: "interpolation-part", title: "A single value", positions: [0, 1, 2], positionName: "t",
            losses: [.init("loss", values: [nil, 3, nil])])
        return [interpolation, plain, flat, part]
    }()
}

public import Files
import Foundation

/// How much the subspaces of every two checkpoints have in common, as a heat map from 0 (dark) to 1 (light).
public struct OverlapFigure: Figure {
    public var name: String
    public var title: String
    public var subtitle: String
    /// The checkpoints' training steps, `[checkpoints]`.
    public var steps: [Double]
    /// Row by row, `[checkpoints, checkpoints]`, in [0, 1].
    public var overlaps: [[Double]]

    public init(
        name: String = "overlaps", title: String, subtitle: String = "", steps: [Double], overlaps: [[Double]]
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.steps = steps
        self.overlaps = overlaps
    }

    /// Numbers are written into the cells of so many checkpoints at most.
    private static let mostNumbered = 12

    public func files() throws(Fault) -> FigureFiles {
        try Checks.notEmpty(steps, "steps", of: name)
        try Checks.finite(steps, "steps", of: name)
        try Checks.count(overlaps.map { Double($0.count) }, "overlaps", is: steps.count, of: name)
        for (index, row) in overlaps.enumerated() {
            try Checks.count(row, "overlaps[\(index)]", is: steps.count, of: name)
            try Checks.finite(row, "overlaps[\(index)]", of: name)
        }
        let count = steps.count
        var numbers = DataText()
        let cells = (0..<count).flatMap { row in (0..<count).map { (row, $0) } }
        numbers.append(
            "column row overlap",
            [cells.map { Double($0.1) }, cells.map { Double($0.0) }, cells.map { overlaps[$0.0][$0.1] }])
        let heading = Heading(
            name: name, about: "The overlap of the top subspaces of every two checkpoints.", title: title,
            subtitle: subtitle)
        var plot = "plot data index 0 using 1:2:3 with image notitle"
        if count <= Self.mostNumbered {
            // Dark on light cells and light on dark ones.
            for (range, colour) in [("<= 0.55", "#ffffff"), ("> 0.55", "#222222")] {
                plot += ", \\\n    data index 0 using 1:2:($3 \(range) ? sprintf('%.2f', $3) : '') with labels \\\n"
                plot += "    font ',14' textcolor rgb '\(colour)' notitle"
            }
        }
        return FigureFiles(
            data: Data(numbers.text.utf8),
            script: Script.beginning(heading, settings: settings, width: 1060, height: 1040) + plot + "\n"
                + Script.ending)
    }

    private var settings: String {
        let count = steps.count
        // Below the picture there is room for some seventy characters.
        let longest = steps.map { Self.text($0).count }.max() ?? 1
        let across = tics(most: min(12, max(2, 70 / (longest + 2))))
        return """
            # Viridis: as light as the overlap is large.
            set palette defined (0 '#440154', 0.25 '#3b528b', 0.5 '#21918c', 0.75 '#5ec962', 1 '#fde725')
            set cbrange [0:1]
            set label 4 'overlap' at screen 0.985, screen 0.903 right
            set colorbox user origin screen 0.88, screen 0.12 size screen 0.02, screen 0.76
            set format cb '%g'
            unset grid
            unset key
            set border 15
            set tics out
            set lmargin at screen 0.13
            set rmargin at screen 0.865
            set tmargin at screen 0.88
            set bmargin at screen 0.12
            set xlabel 'training step'
            \(Script.verticalName("training step", middle: 0.5))
            set xrange [-0.5:\(Double(count) - 0.5)]
            set yrange [\(Double(count) - 0.5):-0.5]
            set xtics \(across)
            set ytics \(tics(most: 12))
            """
    }

    /// At most so many steps, each at its checkpoint's place.
    private func tics(most: Int) -> String {
        let stride = max(1, (steps.count + most - 1) / most)
        let places = Swift.stride(from: 0, to: steps.count, by: stride).map { "'\(Self.text(steps[$0]))' \($0)" }
        return "(" + places.joined(separator: ", ") + ")"
    }

    private static func text(_ step: Double) -> String {
        abs(step) < 1e15 && step == step.rounded() ? "\(Int(step))" : "\(step)"
    }
}

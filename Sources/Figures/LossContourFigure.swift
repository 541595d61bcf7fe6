public import Files
import Foundation

/// A loss on a plane in colours, every pixel a computed point, with contour lines; and the path of a training where
/// there is one.
///
/// Source: Li et al. 2018, "Visualizing the loss landscape of neural nets", figures 5 and 9.
public struct LossContourFigure: Figure {
    /// Checkpoints in the plane.
    public struct Path: Sendable {
        public var horizontal: [Double]
        public var vertical: [Double]

        public init(horizontal: [Double], vertical: [Double]) {
            self.horizontal = horizontal
            self.vertical = vertical
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    public var grid: LossGrid
    /// What the axes are.
    public var horizontalName: String
    public var verticalName: String
    /// Drawn from its first to its last point; nil for a cross at the origin.
    public var path: Path?

    public init(
        name: String = "surface", title: String, subtitle: String = "", grid: LossGrid, horizontalName: String = "α",
        verticalName: String = "β"
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.grid = grid
        self.horizontalName = horizontalName
        self.verticalName = verticalName
        path = nil
    }

    public func files() throws(Fault) -> FigureFiles {
        try grid.check(name)
        if let path {
            try Checks.notEmpty(path.horizontal, "path.horizontal", of: name)
            try Checks.finite(path.horizontal, "path.horizontal", of: name)
            try Checks.count(path.vertical, "path.vertical", is: path.horizontal.count, of: name)
            try Checks.finite(path.vertical, "path.vertical", of: name)
        }
        var text = grid.text
        if let path {
            text += "\n# path: alpha beta\n"
            for (x, y) in zip(path.horizontal, path.vertical) { text += "\(x) \(y)\n" }
        }
        let heading = Heading(
            name: name, about: "A loss on a plane of parameters.", title: title, subtitle: subtitle)
        return FigureFiles(
            data: Data(text.utf8),
            script: Script.beginning(heading, settings: settings, width: 1060, height: 960) + plot + Script.ending)
    }

    private var settings: String {
        let levels = grid.levels()
        let lines =
            levels.isEmpty
            ? ""
            : """
            # Contour lines of the loss\(grid.isLogarithmic ? "'s logarithm" : ""), found once.
            set table $lines
            set contour base
            unset surface
            set cntrparam levels discrete \(levels.map { "\($0)" }.joined(separator: ", "))
            splot data index 0 using 1:2:(\(grid.isLogarithmic ? "log10($3)" : "$3")) with lines notitle
            unset table
            unset contour
            set surface
            """
        return """
            \(lines)

            \(Script.lossPalette)
            \(grid.axis.commands("cb"))
            set label 4 'loss' at screen 0.985, screen 0.893 right
            set colorbox user origin screen 0.875, screen 0.1 size screen 0.02, screen 0.77
            set format cb '%g'
            unset grid
            unset key
            set border 15
            set tics out
            set lmargin at screen 0.12
            set rmargin at screen 0.855
            set tmargin at screen 0.87
            set bmargin at screen 0.1
            set xlabel \(Script.quoted(horizontalName))
            \(Script.verticalName(verticalName, middle: 0.485))
            \(Self.range(grid.horizontal, "x"))
            \(Self.range(grid.vertical, "y"))
            set format xy '%g'
            """
    }

    /// From the first pixel's edge to the last one's.
    private static func range(_ values: [Double], _ axis: String) -> String {
        let half = (values[values.count - 1] - values[0]) / Double(values.count - 1) / 2
        let span = values[values.count - 1] - values[0]
        return "set \(axis)range [\(values[0] - half):\(values[values.count - 1] + half)]\n"
            + "set \(axis)tics \(Axis.roundStep(span, parts: 7))"
    }

    private var plot: String {
        var parts = ["data index 0 using 1:2:3 with image notitle"]
        if !grid.levels().isEmpty {
            parts.append("$lines using 1:2 with lines linewidth 0.8 linecolor rgb '#ffffff' notitle")
        }
        if path != nil {
            let colour = "linecolor rgb '\(Script.Colour.vermillion)'"
            parts.append("data index 1 using 1:2 with lines linewidth 5 linecolor rgb '#ffffff' notitle")
            parts.append(
                "data index 1 using 1:2 with linespoints pointtype 7 pointsize 0.8 linewidth 2.5 \(colour) notitle")
            parts.append(
                "data index 1 every ::0::0 using 1:2 with points pointtype 6 pointsize 2.2 linewidth 2.5 \(colour) notitle"
            )
        } else if [grid.horizontal, grid.vertical].allSatisfy({ $0[0] <= 0 && $0[$0.count - 1] >= 0 }) {
            parts.append(
                "'+' using (0):(0) every ::0::0 with points pointtype 1 pointsize 1.6 linewidth 2.5 "
                    + "linecolor rgb '\(Script.Colour.vermillion)' notitle")
        }
        return "plot " + parts.joined(separator: ", \\\n    ") + "\n"
    }
}

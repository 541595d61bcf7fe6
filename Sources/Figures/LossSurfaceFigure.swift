public import Files
import Foundation

/// A loss on a plane as a surface in space, with the plane's axes below; one facet between four computed points.
public struct LossSurfaceFigure: Figure {
    public var name: String
    public var title: String
    public var subtitle: String
    public var grid: LossGrid
    public var horizontalName: String
    public var verticalName: String

    public init(
        name: String = "surface-3d", title: String, subtitle: String = "", grid: LossGrid,
        horizontalName: String = "α", verticalName: String = "β"
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.grid = grid
        self.horizontalName = horizontalName
        self.verticalName = verticalName
    }

    public func files() throws(Fault) -> FigureFiles {
        try grid.check(name)
        let heading = Heading(
            name: name, about: "A loss on a plane of parameters, in space.", title: title, subtitle: subtitle)
        let settings = """
            # Turn it here: the angle from above, then around.
            set view 56, 32, 1, 1
            set xyplane relative 0
            set hidden3d
            set pm3d depthorder border linecolor rgb '#30404040' linewidth 0.5
            \(Script.lossPalette)
            \(grid.axis.commands("cb"))
            \(grid.axis.commands("z"))
            unset colorbox
            unset key
            set border 31 linecolor rgb '#bbbbbb' linewidth 0.6
            set tics out
            set xlabel \(Script.quoted(horizontalName)) offset 0, -0.5
            set ylabel \(Script.quoted(verticalName)) offset 0, -0.5
            set zlabel 'loss' rotate by 90 offset -1, 0
            set xrange [\(grid.horizontal[0]):\(grid.horizontal[grid.horizontal.count - 1])]
            set yrange [\(grid.vertical[0]):\(grid.vertical[grid.vertical.count - 1])]
            set xtics \(Axis.roundStep(grid.horizontal[grid.horizontal.count - 1] - grid.horizontal[0], parts: 5))
            set ytics \(Axis.roundStep(grid.vertical[grid.vertical.count - 1] - grid.vertical[0], parts: 5))
            set format xy '%g'
            set format z '%g'
            """
        let plot = "splot data index 0 using 1:2:3 with pm3d notitle\n"
        return FigureFiles(
            data: Data(grid.text.utf8),
            script: Script.beginning(heading, settings: settings, width: 1060, height: 900) + plot + Script.ending)
    }
}

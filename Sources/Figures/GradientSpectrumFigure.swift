public import Files
import Foundation

/// The eigenvalues of the gradient covariance in descending order, both axes logarithmic.
///
/// A few directions that all examples share stand at the left, a power law is a straight line.
public struct GradientSpectrumFigure: Figure {
    public var name: String
    public var title: String
    public var subtitle: String
    /// Of the n×n matrix, `[n]`, in any order.
    public var eigenvalues: [Double]

    public init(
        name: String = "gradient-spectrum", title: String, subtitle: String = "", eigenvalues: [Double]
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.eigenvalues = eigenvalues
    }

    /// Eigenvalues below this share of the largest are rounding: of an n×n Gram matrix in double precision they are
    /// known to about n·2⁻⁵² of the largest.
    private static let decades = 12.0

    public func files() throws(Fault) -> FigureFiles {
        try Checks.notEmpty(eigenvalues, "eigenvalues", of: name)
        try Checks.finite(eigenvalues, "eigenvalues", of: name)
        let descending = eigenvalues.sorted(by: >)
        let count = Double(descending.count)
        var numbers = DataText()
        numbers.append("index eigenvalue", [descending.indices.map { Double($0 + 1) }, descending])

        let index = Axis.logarithmic([1, max(count, 2)], decades: 12)!
        let value =
            Axis.logarithmic(descending, decades: Self.decades) ?? Axis.linear(descending)
        let below = value.isLogarithmic ? descending.count { $0 < value.low } : 0
        let remark =
            below == 0
            ? "" : "\(below) of \(descending.count) are zero, negative or rounding, and not drawn"
        let settings = """
            set xlabel 'index'
            \(Script.verticalName("eigenvalue", middle: 0.5))
            set lmargin at screen 0.095
            set rmargin at screen 0.97
            set tmargin at screen 0.88
            set bmargin at screen 0.115
            unset key
            \(index.commands("x"))
            \(value.commands("y"))
            mark = '\(Script.Colour.blue)'
            """
        let words = [subtitle, remark].filter { !$0.isEmpty }.joined(separator: "; ")
        let heading = Heading(
            name: name, about: "The eigenvalues of the gradient covariance.", title: title, subtitle: words)
        let style =
            descending.count > 200 ? "points pointtype 7 pointsize 0.7" : "linespoints pointtype 7 pointsize 0.7"
        let plot = "plot data using 1:2 with \(style) linecolor rgb mark notitle\n"
        return FigureFiles(
            data: Data(numbers.text.utf8),
            script: Script.beginning(heading, settings: settings) + plot + Script.ending)
    }
}

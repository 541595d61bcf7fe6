public import Files
import Foundation

/// The covariance of per-example gradients as a heat map: blue below zero, white at zero, red above.
///
/// A matrix of more than `mostPixels` rows is averaged over square blocks and the subtitle says so.
///
/// Source: C. Lyle et al., "Understanding Plasticity in Neural Networks", 2023, figures of gradient covariance.
public struct GradientCovarianceFigure: Figure {
    /// What the entries are, which decides the range of the colours.
    public enum Entries: Sendable {
        /// Cosines; the colours span [−1, 1].
        case cosines
        /// Inner products; the colours span ± the 99.5 % point of the entries' sizes, larger ones saturate.
        case innerProducts
    }

    public var name: String
    public var title: String
    public var subtitle: String
    /// Row by row, `[n, n]`.
    public var matrix: [Double]
    public var entries: Entries
    /// The sizes of the clusters in the rows' order, adding up to n; empty for no lines.
    public var clusterSizes: [Int]

    public init(
        name: String = "gradient-covariance", title: String, subtitle: String = "", matrix: [Double],
        entries: Entries = .cosines, clusterSizes: [Int] = []
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.matrix = matrix
        self.entries = entries
        self.clusterSizes = clusterSizes
    }

    /// The heat map's most rows: about the points that the PNG has for it.
    private static let mostPixels = 1024

    public func files() throws(Fault) -> FigureFiles {
        let count = Int(Double(matrix.count).squareRoot().rounded())
        try Checks.notEmpty(matrix, "matrix", of: name)
        try Checks.count(matrix, "matrix", is: count * count, of: name)
        try Checks.finite(matrix, "matrix", of: name)
        guard clusterSizes.isEmpty || clusterSizes.reduce(0, +) == count else {
            throw Fault(
                .software, "clusterSizes add up to \(clusterSizes.reduce(0, +)), not to the \(count) rows",
                at: "figure \(name)")
        }
        let block = (count + Self.mostPixels - 1) / Self.mostPixels
        let picture = BlockAverage(matrix, count: count, pixels: (count + block - 1) / block)
        let remark = block == 1 ? "" : "each pixel is the mean of \(block)×\(block) entries"
        let heading = Heading(
            name: name, about: "The covariance of per-example gradients as a heat map.", title: title,
            subtitle: [subtitle, remark].filter { !$0.isEmpty }.joined(separator: "; "))
        let settings = settings(count: count, picture: picture)
        let plot = "plot data binary matrix with image notitle\n"
        return FigureFiles(
            data: picture.gnuplotMatrix,
            script: Script.beginning(heading, settings: settings, width: 1060, height: 1040) + plot + Script.ending)
    }

    private func settings(count: Int, picture: BlockAverage) -> String {
        let axis = clusterSizes.isEmpty ? "example" : "example, by cluster"
        let limit: Double =
            switch entries {
            case .cosines: 1
            case .innerProducts: picture.sizePercentile(0.995)
            }
        let steps = Axis.roundStep(Double(count), parts: 8)
        return """
            # The matrix is binary, all 4-byte floats: the number of columns and each one's place on the axis, then the
            # rows, each after its place. A place is the example at the pixel's middle, counted from 0.
            limit = \(limit)
            set palette defined (-1 '#053061', -0.6 '#2166ac', -0.3 '#92c5de', 0 '#ffffff', 0.3 '#f4a582', \\
                0.6 '#b2182b', 1 '#67001f')
            set cbrange [-limit:limit]
            # The colours' name stands above them, where no number of any width reaches it.
            set label 4 '\(entries == .cosines ? "cosine" : "inner product")' at screen 0.985, screen 0.903 right
            set colorbox user origin screen 0.88, screen 0.1 size screen 0.02, screen 0.78
            set format cb '%g'
            unset grid
            unset key
            set border 15
            set tics out
            set lmargin at screen 0.1
            set rmargin at screen 0.865
            set tmargin at screen 0.88
            set bmargin at screen 0.1
            set xlabel '\(axis)'
            \(Script.verticalName(axis, middle: 0.48))
            set xrange [-0.5:\(Double(count) - 0.5)]
            set yrange [\(Double(count) - 0.5):-0.5]
            set xtics \(max(1, steps))
            set ytics \(max(1, steps))
            \(clusterLines)
            """
    }

    /// Lines between neighbouring clusters.
    private var clusterLines: String {
        var edges: [Int] = []
        for size in clusterSizes.dropLast() { edges.append((edges.last ?? 0) + size) }
        guard !edges.isEmpty else { return "" }
        return """

            # The first rows of the clusters but the first.
            do for [edge in "\(edges.map { "\($0)" }.joined(separator: " "))"] {
                set arrow from edge - 0.5, graph 0 to edge - 0.5, graph 1 nohead front linewidth 0.7 linecolor rgb '#444444'
                set arrow from graph 0, first edge - 0.5 to graph 1, first edge - 0.5 nohead front linewidth 0.7 \\
                    linecolor rgb '#444444'
            }
            """
    }
}

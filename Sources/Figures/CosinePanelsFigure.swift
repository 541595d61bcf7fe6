public import Files
import Foundation

/// Several matrices of cosines side by side and below each other, in the same colours.
///
/// They are one image with gaps, so that one file holds all numbers.
public struct CosinePanelsFigure: Figure {
    /// One matrix, and what stands above it.
    public struct Panel: Sendable {
        public var label: String
        /// Row by row, `[n, n]`; entries from −1 to 1.
        public var matrix: [Double]

        public init(_ label: String, matrix: [Double]) {
            self.label = label
            self.matrix = matrix
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    /// Rows of panels, all of the same length.
    public var rows: [[Panel]]

    public init(name: String, title: String, subtitle: String = "", rows: [[Panel]]) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.rows = rows
    }

    /// A panel's most pixels, and the gap between two as a share of a panel.
    private static let mostPixels = 400
    private static let gap = 0.12

    public func files() throws(Fault) -> FigureFiles {
        try check()
        let pictures = rows.map { $0.map { Self.picture($0.matrix) } }
        let size = pictures.flatMap { $0.map(\.pixels) }.max() ?? 2
        let heading = Heading(
            name: name, about: "Matrices of cosines between gradients.", title: title, subtitle: subtitle)
        let plot = "plot data binary matrix with image notitle\n"
        return FigureFiles(
            data: Self.image(pictures, size: size),
            script: Script.beginning(
                heading, settings: settings(size: size), width: width, height: height)
                + plot + Script.ending)
    }

    /// The picture's size, the words beside the panels included.
    private var width: Int { 160 + 460 * max(2, rows[0].count) }
    private var height: Int { 110 + 500 * rows.count }

    private static func picture(_ matrix: [Double]) -> BlockAverage {
        let count = Int(Double(matrix.count).squareRoot().rounded())
        let block = (count + mostPixels - 1) / mostPixels
        return BlockAverage(matrix, count: count, pixels: (count + block - 1) / block)
    }

    /// gnuplot's `binary matrix` of all panels, a panel's side being 1: see `BlockAverage.gnuplotMatrix`.
    private static func image(_ pictures: [[BlockAverage]], size: Int) -> Data {
        let space = Int((Double(size) * gap).rounded())
        let width = pictures[0].count * (size + space) - space
        let height = pictures.count * (size + space) - space
        func place(_ index: Int) -> Float { (Float(index) + 0.5) / Float(size) }
        var floats = [Float(width)] + (0..<width).map(place)
        floats.reserveCapacity((width + 1) * (height + 1))
        for y in 0..<height {
            floats.append(place(y))
            for x in 0..<width {
                let (row, column) = (y / (size + space), x / (size + space))
                let (inner, across) = (y % (size + space), x % (size + space))
                guard inner < size, across < size else {
                    // Drawn in no colour.
                    floats.append(.nan)
                    continue
                }
                let picture = pictures[row][column]
                let (i, j) = (inner * picture.pixels / size, across * picture.pixels / size)
                floats.append(Float(picture.values[i * picture.pixels + j]))
            }
        }
        return unsafe floats.withUnsafeBytes { unsafe Data($0) }
    }

    private func settings(size: Int) -> String {
        let pitch = Double(size + Int((Double(size) * Self.gap).rounded())) / Double(size)
        let columns = rows[0].count
        // With tags of their own: those without take the lowest, which are the heading's.
        var labels = ""
        for (row, panels) in rows.enumerated() {
            for (column, panel) in panels.enumerated() {
                let (x, y) = (Double(column) * pitch, Double(row) * pitch)
                labels += """

                    set label \(10 + row * columns + column) \(Script.quoted(panel.label)) at \(x), \(y - 0.035) \\
                        left noenhanced font ',15' textcolor rgb '#333333'
                    set object rectangle from \(x), \(y) to \(x + 1), \(y + 1) front fillstyle empty border rgb '#666666'
                    """
            }
        }
        return """
            # The matrix is binary, all 4-byte floats: the number of columns and each one's place, then the rows, each after
            # its place. A panel's side is 1; what lies between panels is NaN.
            set palette defined (-1 '#053061', -0.6 '#2166ac', -0.3 '#92c5de', 0 '#ffffff', 0.3 '#f4a582', \\
                0.6 '#b2182b', 1 '#67001f')
            set cbrange [-1:1]
            set label 4 'cosine' at screen 0.985, screen 0.89 right
            set colorbox user origin screen \(1 - 95 / Double(width)), screen 0.1 size screen 0.018, screen 0.76
            set format cb '%g'
            unset grid
            unset key
            unset border
            unset tics
            set cbtics scale 0.5
            set lmargin at screen 0.03
            set rmargin at screen \(0.03 + 466 * Double(columns) / Double(width))
            set tmargin at screen \(1 - 115 / Double(height))
            set bmargin at screen 0.03
            set xrange [0:\(Double(columns - 1) * pitch + 1)]
            set yrange [\(Double(rows.count - 1) * pitch + 1):0]
            \(labels)
            """
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(rows, "rows", of: name)
        for (row, panels) in rows.enumerated() {
            try Checks.notEmpty(panels, "rows[\(row)]", of: name)
            guard panels.count == rows[0].count else {
                throw Fault(
                    .software, "rows[\(row)] has \(panels.count) panels, and the first \(rows[0].count)",
                    at: "figure \(name)")
            }
            for (column, panel) in panels.enumerated() {
                let place = "rows[\(row)][\(column)].matrix"
                try Checks.notEmpty(panel.matrix, place, of: name)
                let count = Int(Double(panel.matrix.count).squareRoot().rounded())
                try Checks.count(panel.matrix, place, is: count * count, of: name)
                try Checks.finite(panel.matrix, place, of: name)
            }
        }
    }
}

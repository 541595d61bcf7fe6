public import Files
import Foundation

/// The spectral density of a curvature matrix, log₁₀ φ(λ) against λ, with the band of its uncertainty.
///
/// Source: B. Ghorbani, S. Krishnan, Y. Xiao, "An Investigation into Neural Net Optimization via Hessian Eigenvalue
/// Density", 2019, figure 1, for the axes.
public struct SpectralDensityFigure: Figure {
    /// How far the density may be off at each point of the figure's grid.
    public struct Band: Sendable {
        public var lower: [Double]
        public var upper: [Double]
        /// What the band is, for the legend.
        public var meaning: String

        public init(lower: [Double], upper: [Double], meaning: String = "one standard error") {
            self.lower = lower
            self.upper = upper
            self.meaning = meaning
        }
    }

    public var name: String
    public var title: String
    /// The checkpoint, the loss, the numbers of examples and parameters.
    public var subtitle: String
    /// Ascending eigenvalues, `[points]`.
    public var grid: [Double]
    /// The mean over the probes, `[points]`.
    public var density: [Double]
    public var band: Band?
    /// The extreme Ritz values, drawn as ticks on the bottom axis.
    public var eigenvalues: [Double]
    /// The lowest density drawn; `nil` for seven decades below the peak.
    public var floor: Double?

    public init(name: String = "density", title: String, subtitle: String = "", grid: [Double], density: [Double]) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.grid = grid
        self.density = density
        band = nil
        eigenvalues = []
        floor = nil
    }

    public func files() throws(Fault) -> FigureFiles {
        try check()
        let panels = DensityPanels(
            [.init(grid: grid, density: density)], markers: eigenvalues, floor: floor)
        var numbers = DataText()
        if let band {
            numbers.append("eigenvalue density lower upper", [grid, density, band.lower, band.upper])
        } else {
            numbers.append("eigenvalue density", [grid, density])
        }
        if !eigenvalues.isEmpty { numbers.append("extreme eigenvalues", [eigenvalues]) }

        let heading = Heading(
            name: name, about: "The spectral density of a curvature matrix.", title: title, subtitle: subtitle)
        let script =
            Script.beginning(heading, settings: panels.settings + "\n" + colours(panels)) + panels.drawing(plot)
            + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    private func colours(_ panels: DensityPanels) -> String {
        """

        # The colours, and how high the eigenvalues' ticks stand, as a multiple of the floor.
        colour = '\(Script.Colour.blue)'
        tick = '\(Script.Colour.vermillion)'
        tickHeight = \(pow(panels.density.high / panels.density.low, 0.035))
        """
    }

    private var plot: String {
        var parts: [String] = []
        if let band {
            parts.append(
                "data index 0 using 1:(clipped($3)):(clipped($4)) with filledcurves \(Script.band) linecolor rgb colour "
                    + "title '± \(band.meaning)'")
        }
        // A single point has no line.
        let style = grid.count == 1 ? "with points pointtype 7 pointsize 1.5" : "with lines linewidth 2"
        parts.append(
            "data index 0 using 1:(line($2)) \(style) linecolor rgb colour "
                + "title '\(band == nil ? "density" : "mean density")'")
        if !eigenvalues.isEmpty {
            parts.append(
                "data index 1 using 1:(floor):(0):(floor * (tickHeight - 1)) with vectors nohead linewidth 2 linecolor rgb tick "
                    + "title 'extreme eigenvalues'")
        }
        return "plot " + parts.joined(separator: ", \\\n    ")
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(grid, "grid", of: name)
        try Checks.finite(grid, "grid", of: name)
        try Checks.ascending(grid, "grid", of: name)
        try Checks.count(density, "density", is: grid.count, of: name)
        try Checks.finite(density, "density", of: name)
        if let band {
            try Checks.count(band.lower, "band.lower", is: grid.count, of: name)
            try Checks.finite(band.lower, "band.lower", of: name)
            try Checks.count(band.upper, "band.upper", is: grid.count, of: name)
            try Checks.finite(band.upper, "band.upper", of: name)
        }
        try Checks.finite(eigenvalues, "eigenvalues", of: name)
        if let floor, !(floor > 0 && floor.isFinite) {
            throw Fault(.software, "the floor \(floor) must be positive", at: "figure \(name)")
        }
    }
}

public import Files
import Foundation

/// The spectral densities of a run's checkpoints in one picture, one line each, coloured by the training step.
public struct DensitySeriesFigure: Figure {
    /// One checkpoint's density.
    public struct Member: Sendable {
        public var step: Double
        /// Ascending eigenvalues, `[points]`; each member has its own.
        public var grid: [Double]
        /// `[points]`.
        public var density: [Double]

        public init(step: Double, grid: [Double], density: [Double]) {
            self.step = step
            self.grid = grid
            self.density = density
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    /// In the order of their steps.
    public var members: [Member]
    /// The lowest density drawn; `nil` for seven decades below the highest peak.
    public var floor: Double?

    public init(name: String = "densities", title: String, subtitle: String = "", members: [Member]) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.members = members
        floor = nil
    }

    public func files() throws(Fault) -> FigureFiles {
        try check()
        let panels = DensityPanels(
            members.map { .init(grid: $0.grid, density: $0.density) }, markers: [], floor: floor)
        var numbers = DataText()
        for member in members {
            let steps = [Double](repeating: member.step, count: member.grid.count)
            numbers.append("eigenvalue density step", [member.grid, member.density, steps])
        }
        let isOne = Set(members.map(\.step)).count == 1 && abs(members[0].step) < 1e15
        let words = [subtitle, isOne ? "training step \(Int(members[0].step))" : ""]
        let steps = Axis.linear(members.map(\.step), air: 0, mostNumbers: 6)
        let settings = """
            \(panels.settings)

            # The steps' colours: viridis, without its lightest end, which would be lost on white.
            set palette defined (0 '#440154', 1 '#414487', 2 '#2a788e', 3 '#22a884', 4 '#7ad151')
            set cbrange [\(steps.low):\(steps.high)]
            set cbtics \(Axis.roundStep(steps.high - steps.low, parts: 6)) format '%g' scale 0.5
            \(isOne ? "unset colorbox" : "")
            unset key
            """
        let heading = Heading(
            name: name, about: "The spectral densities of a run's checkpoints.", title: title,
            subtitle: words.filter { !$0.isEmpty }.joined(separator: " · "))
        let script =
            Script.beginning(heading, settings: settings) + (isOne ? "" : Self.colourBox)
            + panels.drawing(plot, right: isOne ? 0.97 : 0.845, hasKey: false)
            + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    /// The colours' name stands above them, where no number of any width reaches it.
    private static let colourBox = """
        set colorbox user origin screen 0.87, screen 0.115 size screen 0.015, screen 0.745 noborder
        set label 4 'training step' at screen 0.985, screen 0.887 right font ',15'

        """

    private var plot: String {
        let style =
            members.allSatisfy { $0.grid.count == 1 } ? "points pointtype 7 pointsize 1.5" : "lines linewidth 1.8"
        return "plot for [member=0:\(members.count - 1)] data index member using 1:(line($2)):3 \\\n"
            + "    with \(style) linecolor palette notitle"
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(members, "members", of: name)
        try Checks.finite(members.map(\.step), "steps", of: name)
        for (index, member) in members.enumerated() {
            let place = "members[\(index)]"
            try Checks.notEmpty(member.grid, "\(place).grid", of: name)
            try Checks.finite(member.grid, "\(place).grid", of: name)
            try Checks.ascending(member.grid, "\(place).grid", of: name)
            try Checks.count(member.density, "\(place).density", is: member.grid.count, of: name)
            try Checks.finite(member.density, "\(place).density", of: name)
        }
        if let floor, !(floor > 0 && floor.isFinite) {
            throw Fault(.software, "the floor \(floor) must be positive", at: "figure \(name)")
        }
    }
}

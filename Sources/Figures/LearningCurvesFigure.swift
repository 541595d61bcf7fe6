public import Files
import Foundation

/// How several networks learn the same tasks: the mean loss of each over the tasks against the step, on a logarithmic
/// axis, with the range of the middle 80 % of the tasks. Colours go from dark to light in the networks' order.
public struct LearningCurvesFigure: Figure {
    /// One network.
    public struct Member: Sendable {
        public var name: String
        /// The loss of each task, `[tasks][points]`.
        public var losses: [[Double]]

        public init(_ name: String, losses: [[Double]]) {
            self.name = name
            self.losses = losses
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    /// Ascending, `[points]`; the same for all.
    public var steps: [Double]
    public var members: [Member]
    /// The loss of the best constant, a thin line; nil for none.
    public var baseline: Double?

    public init(
        name: String = "learning-curves", title: String, subtitle: String = "", steps: [Double], members: [Member],
        baseline: Double? = nil
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.steps = steps
        self.members = members
        self.baseline = baseline
    }

    /// The most networks that are all named below the picture.
    private static let mostNames = 8

    public func files() throws(Fault) -> FigureFiles {
        try check()
        var numbers = DataText()
        var parts: (bands: [String], lines: [String]) = ([], [])
        var reach: [Double] = baseline.map { [$0] } ?? []
        let bands = members.map { Self.band(of: $0.losses) }
        for band in bands { reach += band.means + band.lower + band.upper }
        let axis = Axis.logarithmic(reach, decades: 6, mostNumbers: 6) ?? .linear(reach, mostNumbers: 6)
        let kept = { (column: Int) in
            axis.isLogarithmic ? "($\(column) > \(axis.low) ? $\(column) : \(axis.low))" : "\(column)"
        }
        for (index, (member, band)) in zip(members, bands).enumerated() {
            let block = numbers.append("step mean lower upper", [steps, band.means, band.lower, band.upper])
            let colour = "linecolor rgb '\(Self.shade(index, of: members.count))'"
            if member.losses.count > 1, steps.count > 1 {
                parts.bands.append(
                    "data index \(block) using 1:\(kept(3)):\(kept(4)) with filledcurves \\\n"
                        + "    fillstyle transparent solid 0.15 noborder \(colour) notitle")
            }
            let isNamed = members.count <= Self.mostNames || index == 0 || index == members.count - 1
            parts.lines.append(
                "data index \(block) using 1:\(kept(2)) with \(steps.count > 1 ? "lines linewidth 2.5" : "points") "
                    + "\(colour) \(isNamed ? "title \(Script.quoted(member.name))" : "notitle")")
        }
        if let baseline {
            parts.lines.append("\(baseline) with lines dashtype 2 linecolor '#777777' title 'the best constant'")
        }
        let plot = "plot " + (parts.bands + parts.lines).joined(separator: ", \\\n    ")
        var stack = StackedPanels(
            panels: [.init(label: "loss over all inputs", axis: axis, plot: plot)],
            horizontal: .linear(steps, air: 0.01))
        stack.horizontalName = "step of the task"
        stack.bottom = 0.2
        let words = [subtitle, members.contains { $0.losses.count > 1 } ? "band: the middle 80 % of the tasks" : ""]
        let heading = Heading(
            name: name, about: "How networks learn the same tasks.", title: title,
            subtitle: words.filter { !$0.isEmpty }.joined(separator: "; "))
        let script =
            Script.beginning(heading, settings: stack.settings + "\nset key maxrows 3") + stack.drawing + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    /// Viridis without its lightest end.
    private static func shade(_ index: Int, of count: Int) -> String {
        let shades = ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#7ad151"]
        return shades[count > 1 ? index * (shades.count - 1) / (count - 1) : 2]
    }

    private static func band(of losses: [[Double]]) -> (means: [Double], lower: [Double], upper: [Double]) {
        let points = losses.first?.count ?? 0
        let columns = (0..<points).map { point in losses.map { $0[point] }.sorted() }
        return (
            columns.map { $0.reduce(0, +) / Double($0.count) }, columns.map { quantile(0.1, of: $0) },
            columns.map { quantile(0.9, of: $0) }
        )
    }

    /// Between the two nearest of the sorted numbers by a straight line.
    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(members, "members", of: name)
        try Checks.notEmpty(steps, "steps", of: name)
        try Checks.finite(steps, "steps", of: name)
        try Checks.ascending(steps, "steps", of: name)
        for member in members {
            try Checks.notEmpty(member.losses, "\(member.name).losses", of: name)
            for losses in member.losses {
                try Checks.count(losses, "\(member.name).losses", is: steps.count, of: name)
                try Checks.finite(losses, "\(member.name).losses", of: name)
            }
        }
    }
}

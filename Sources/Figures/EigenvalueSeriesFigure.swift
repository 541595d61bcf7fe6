public import Files
import Foundation

/// The largest eigenvalue, the smallest and the trace over a run's checkpoints, with error bars.
///
/// Three panels, because the three differ by orders of magnitude and by sign.
public struct EigenvalueSeriesFigure: Figure {
    /// One quantity over the checkpoints.
    public struct Quantity: Sendable {
        /// `[checkpoints]`.
        public var values: [Double]
        /// One standard error or residual each, `[checkpoints]`; empty where there is none.
        public var errors: [Double]

        public init(values: [Double], errors: [Double] = []) {
            self.values = values
            self.errors = errors
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    /// The checkpoints' training steps, ascending, `[checkpoints]`.
    public var steps: [Double]
    public var largest: Quantity
    public var smallest: Quantity
    public var trace: Quantity?

    public init(
        name: String = "eigenvalues", title: String, subtitle: String = "", steps: [Double], largest: Quantity,
        smallest: Quantity
    ) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.steps = steps
        self.largest = largest
        self.smallest = smallest
        trace = nil
    }

    public func files() throws(Fault) -> FigureFiles {
        try Checks.notEmpty(steps, "steps", of: name)
        try Checks.finite(steps, "steps", of: name)
        try Checks.ascending(steps, "steps", of: name)
        var rows: [(name: String, label: String, quantity: Quantity, colour: String)] = [
            ("largest", "largest eigenvalue", largest, Script.Colour.vermillion),
            ("smallest", "smallest eigenvalue", smallest, Script.Colour.blue),
        ]
        if let trace { rows.append(("trace", "trace", trace, Script.Colour.green)) }

        var numbers = DataText()
        var panels: [StackedPanels.Panel] = []
        for row in rows {
            let values = row.quantity.values
            let errors = row.quantity.errors.isEmpty ? values.map { _ in 0 } : row.quantity.errors
            try Checks.count(values, row.name, is: steps.count, of: name)
            try Checks.finite(values, row.name, of: name)
            try Checks.count(errors, "\(row.name).errors", is: steps.count, of: name)
            try Checks.finite(errors, "\(row.name).errors", of: name)
            let block = numbers.append("step \(row.name) error", [steps, values, errors])
            let reach = zip(values, errors).flatMap { [$0 - $1, $0 + $1] }
            var plot = "plot data index \(block) using 1:2 with linespoints pointtype 7 pointsize 0.7 linewidth 2 \\\n"
            plot += "    linecolor rgb '\(row.colour)' notitle"
            if errors.contains(where: { $0 > 0 }) {
                plot += ", \\\n    data index \(block) using 1:2:3 with yerrorbars pointtype 7 pointsize 0.7 \\\n"
                plot += "    linewidth 1.5 linecolor rgb '\(row.colour)' notitle"
            }
            panels.append(.init(label: row.label, axis: .linear(reach, air: 0.1, mostNumbers: 5), plot: plot))
        }

        var stack = StackedPanels(panels: panels, horizontal: .linear(steps, air: 0.02))
        stack.hasKey = false
        stack.top = 0.9
        stack.bottom = 0.09
        let height = panels.count == 3 ? 1000 : 800
        let heading = Heading(
            name: name, about: "The extreme eigenvalues and the trace over a run's checkpoints.", title: title,
            subtitle: subtitle)
        let script =
            Script.beginning(heading, settings: stack.settings, height: height) + stack.drawing + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }
}

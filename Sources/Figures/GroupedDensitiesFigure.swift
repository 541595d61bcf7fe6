public import Files
import Foundation

/// Spectral densities of a few groups in one picture: what a group's members have in common is its colour.
public struct GroupedDensitiesFigure: Figure {
    /// One density.
    public struct Member: Sendable {
        /// Ascending eigenvalues, `[points]`; each member has its own.
        public var grid: [Double]
        /// `[points]`.
        public var density: [Double]

        public init(grid: [Double], density: [Double]) {
            self.grid = grid
            self.density = density
        }
    }

    /// Densities under one name; a group of one is drawn as a thick line, the members of another as thin ones.
    public struct Group: Sendable {
        public var name: String
        public var members: [Member]

        public init(_ name: String, members: [Member]) {
            self.name = name
            self.members = members
        }
    }

    public var name: String
    public var title: String
    public var subtitle: String
    public var groups: [Group]

    public init(name: String, title: String, subtitle: String = "", groups: [Group]) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.groups = groups
    }

    public func files() throws(Fault) -> FigureFiles {
        try check()
        let panels = DensityPanels(
            groups.flatMap { $0.members.map { .init(grid: $0.grid, density: $0.density) } }, markers: [], floor: nil)
        var numbers = DataText()
        // The first group lies on top of the others.
        var lines: [String] = []
        for (index, group) in groups.enumerated() {
            let colour = "linecolor rgb '\(Script.Colour.series(index))'"
            let width = group.members.count == 1 ? 2.4 : 1.1
            for (number, member) in group.members.enumerated() {
                let block = numbers.append("eigenvalue density, group \(index + 1)", [member.grid, member.density])
                let key = number == 0 ? "title \(Script.quoted(group.name))" : "notitle"
                lines.insert(
                    "data index \(block) using 1:(line($2)) with lines linewidth \(width) \(colour) \(key)", at: 0)
            }
        }
        let heading = Heading(
            name: name, about: "The spectral densities of a few groups.", title: title, subtitle: subtitle)
        let plot = "plot " + lines.joined(separator: ", \\\n    ")
        let script =
            Script.beginning(heading, settings: panels.settings) + panels.drawing(plot) + Script.ending
        return FigureFiles(data: Data(numbers.text.utf8), script: script)
    }

    private func check() throws(Fault) {
        try Checks.notEmpty(groups, "groups", of: name)
        for (index, group) in groups.enumerated() {
            try Checks.notEmpty(group.members, "groups[\(index)].members", of: name)
            for (number, member) in group.members.enumerated() {
                let place = "groups[\(index)].members[\(number)]"
                try Checks.notEmpty(member.grid, "\(place).grid", of: name)
                try Checks.finite(member.grid, "\(place).grid", of: name)
                try Checks.ascending(member.grid, "\(place).grid", of: name)
                try Checks.count(member.density, "\(place).density", is: member.grid.count, of: name)
                try Checks.finite(member.density, "\(place).density", of: name)
            }
        }
    }
}

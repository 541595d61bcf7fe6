/// Panels one above the other that share the horizontal axis.
struct StackedPanels {
    struct Panel {
        let label: String
        let axis: Axis
        /// A whole `plot` command.
        let plot: String
    }

    let panels: [Panel]
    let horizontal: Axis
    /// Commands that hold in every panel, such as vertical lines.
    var decorations = ""
    var hasKey = true
    /// What the horizontal axis shows.
    var horizontalName = "training step"

    /// The screen's shares where the uppermost panel begins and the lowest ends.
    var top = 0.88
    var bottom = 0.145

    var settings: String {
        """
        set lmargin at screen 0.095
        set rmargin at screen 0.96
        set xlabel \(Script.quoted(horizontalName))
        \(horizontal.commands("x"))
        \(decorations)
        """
    }

    var drawing: String {
        let gap = 0.045
        let height = (top - bottom + gap) / Double(panels.count) - gap
        var text = "set multiplot\nset key\n"
        for (index, panel) in panels.enumerated() {
            let upper = top - Double(index) * (height + gap)
            let isLast = index == panels.count - 1
            text += """
                set tmargin at screen \(upper)
                set bmargin at screen \(upper - height)
                \(Script.verticalName(panel.label, middle: upper - height / 2))
                \(panel.axis.commands("y"))
                set format y '%g'
                \(isLast && hasKey ? "set key" : "unset key")
                \(isLast ? "set xlabel \(Script.quoted(horizontalName)); set format x '%g'" : "unset xlabel; set format x ''")
                \(panel.plot)
                unset label

                """
        }
        return text + "unset multiplot\n"
    }
}

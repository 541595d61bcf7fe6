#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The axes that spectral densities are drawn on: the whole range, and a close-up where the bulk would be a bare spike.
struct DensityPanels {
    /// A density on a grid.
    struct Curve {
        let grid: [Double]
        let density: [Double]
    }

    let density: Axis
    let whole: Axis
    /// The part of `whole` that holds nearly all the mass; `nil` where it can be seen without.
    let closeUp: Axis?

    /// Nothing reaches the floor, so that the line stays on it rather than out of sight.
    private let isBelow: Bool

    /// Decades below the peak that are drawn where the caller names no floor: an outlier of one in a million
    /// parameters, blurred to a thousandth of the range, is still above it.
    private static let decades = 7.0
    /// The bulk gets a panel of its own when it takes less than this share of the range.
    private static let narrow = 0.2

    init(_ curves: [Curve], markers: [Double], floor: Double?) {
        whole = .linear(curves.flatMap { [$0.grid.first!, $0.grid.last!] } + markers, air: 0.02)
        let peak = curves.compactMap { $0.density.max() }.max() ?? 0
        let least = curves.flatMap(\.density).filter { $0 > 0 }.min() ?? 0
        let power = { (value: Double, rule: FloatingPointRoundingRule) in pow(10, log10(value).rounded(rule)) }
        let top = peak > 0 && peak.isNormal ? power(peak * 1.3, .up) : 1
        let bottom = floor ?? max(top * pow(10, -Self.decades), least.isNormal ? power(least, .down) : 0, 1e-300)
        density = Axis(
            low: min(bottom, top / 10), high: max(top, bottom * 10), isLogarithmic: true, mostNumbers: 9)

        isBelow = peak < density.low

        let bulks = curves.compactMap { Self.bulk(of: $0) }
        let low = bulks.map(\.lowerBound).min() ?? 0
        let high = bulks.map(\.upperBound).max() ?? 0
        let air = (high - low) * 0.75
        let from = max(low - air, curves.map { $0.grid.first! }.min() ?? low)
        let to = min(high + air, curves.map { $0.grid.last! }.max() ?? high)
        let points = curves.map { $0.grid.count { from <= $0 && $0 <= to } }.max() ?? 0
        let isWorthIt = to > from && to - from < Self.narrow * (whole.high - whole.low) && points >= 12
        closeUp = isWorthIt ? Axis(low: from, high: to, isLogarithmic: false, mostNumbers: 4) : nil
    }

    /// The interval between the 0.5 % and 99.5 % points of the curve's mass, by the trapezoid rule.
    private static func bulk(of curve: Curve) -> ClosedRange<Double>? {
        var mass = [0.0]
        for index in curve.grid.indices.dropFirst() {
            let height = max(curve.density[index], 0) + max(curve.density[index - 1], 0)
            mass.append(mass[index - 1] + height / 2 * (curve.grid[index] - curve.grid[index - 1]))
        }
        guard let total = mass.last, total > 0 else { return nil }
        let first = mass.firstIndex { $0 >= 0.005 * total } ?? 0
        let last = mass.firstIndex { $0 >= 0.995 * total } ?? mass.count - 1
        return curve.grid[first]...curve.grid[last]
    }

    /// The axes' ranges, for the head of the script.
    var settings: String {
        """
        # The density's axis. A band is cut off at the floor; a line dives under it and is out of sight there.
        floor = \(density.low)
        clipped(y) = y < floor ? floor : y
        line(y) = \(isBelow ? "clipped(y)" : "y < 1e-3 * floor ? 1e-3 * floor : y")
        \(density.commands("y"))
        """
    }

    /// The panels, side by side, each drawing the same `plot`; `right` is the screen's share that they may use.
    func drawing(_ plot: String, right: Double = 0.97, hasKey: Bool = true) -> String {
        let middle = closeUp == nil ? right : 0.085 + (right - 0.085) * 0.62
        var text = """
            set multiplot
            \(hasKey ? "set key" : "unset key")
            unset title
            set tmargin at screen 0.86
            set bmargin at screen \(hasKey ? 0.165 : 0.115)
            set lmargin at screen 0.085
            set rmargin at screen \(middle)
            set xlabel 'eigenvalue λ'
            \(Script.verticalName("density φ(λ)", middle: 0.5))
            \(whole.commands("x"))

            """
        if let closeUp {
            text += """
                set object 1 rectangle from \(closeUp.low), graph 0 to \(closeUp.high), graph 1 behind \\
                    fillcolor rgb '#ececec' fillstyle solid 1 noborder
                \(plot)
                unset object 1
                unset label
                unset colorbox
                unset key
                set title 'close-up of the grey strip' offset 0,-0.6 font ',15' textcolor rgb '#555555'
                set lmargin at screen \(middle + 0.055)
                set rmargin at screen \(right)
                \(closeUp.commands("x"))

                """
        }
        return text + plot + "\nunset multiplot\n"
    }
}

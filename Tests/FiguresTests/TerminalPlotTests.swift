import Figures
import Foundation
import Testing

/// Oracle: pictures looked at once and kept, of inputs small enough to follow by hand.
@Suite struct TerminalPlotTests {
    @Test func density() {
        let grid = (0...40).map { Double($0) - 10 }
        let values = grid.map { x in exp(-x * x) + 1e-4 * exp(-(x - 25) * (x - 25)) }
        // At the bulk's middle the density is 1, the top; the outlier's 1e-4 is a third of the six decades: 2 of 6 lines.
        #expect(
            TerminalPlot.density(grid: grid, density: values, width: 48, height: 6) == """
                 1e0 ┤         ▅█▅
                     ┤        ▂███▂
                     ┤        █████
                     ┤       ▁█████▁
                     ┤       ███████                     ▅█▅
                1e-6 ┤       ███████                    ▂███▂
                     └──────────────────────────────────────────
                      -10                                     30
                """)
    }

    @Test func densityOfOddInputs() {
        #expect(TerminalPlot.density(grid: [], density: []) == "(no density)")
        #expect(TerminalPlot.density(grid: [.nan], density: [1]) == "(no density)")
        #expect(TerminalPlot.density(grid: [0, 1], density: [0, 0]) == "(the density is zero everywhere)")
        let single = TerminalPlot.density(grid: [3], density: [1], width: 20, height: 2, decades: 1)
        #expect(single.filter { $0 == "█" }.count == 2)
    }

    @Test(arguments: [24, 40, 72, 100]) func keepsToTheWidth(_ width: Int) {
        let grid = (0..<500).map { Double($0) }
        let plots = [
            TerminalPlot.density(grid: grid, density: grid.map { 1 + $0 }, width: width),
            TerminalPlot.eigenvalues([312.4567, 1e-12, -5.5, -299], width: width),
            TerminalPlot.heatMap(Gallery.cosines(64), count: 64, width: width),
        ]
        for line in plots.joined(separator: "\n").split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    }

    @Test func eigenvalues() {
        #expect(
            TerminalPlot.eigenvalues([300, 140, 90.25, 31, 1e-7, -5, -42.5], width: 40) == """
                  300     │█████████████████████████████
                  140     │█████████████▌
                90.25     │████████▊
                   31     │███
                 1e-7     │
                   -5    ▐│
                -42.5 ████│
                """)
        #expect(
            TerminalPlot.eigenvalues([-3, -1], width: 30) == """
                -3 ██████████████████████████│
                -1                  ▐████████│
                """)
        #expect(TerminalPlot.eigenvalues([0, 0]) == "0 │\n0 │")
        #expect(TerminalPlot.eigenvalues([]) == "(no eigenvalues)")
    }

    @Test func heatMap() {
        // Three clusters: alike within, opposed between the first and the last.
        let count = 30
        let matrix = (0..<count * count).map { place -> Double in
            let (row, column) = (place / count / 10, place % count / 10)
            return row == column ? 0.8 : row + column == 2 ? -0.5 : 0.05
        }
        #expect(
            TerminalPlot.heatMap(matrix, count: count, width: 12) == """
                ████    ----
                ████    ----
                    ████    \("")
                    ████    \("")
                ----    ████
                ----    ████
                -0.8 ≡=-· ░▒▓█ 0.8
                """)
        #expect(TerminalPlot.heatMap([-1], count: 1) == "≡≡\n-1 ≡=-· ░▒▓█ 1")
        #expect(TerminalPlot.heatMap([0], count: 1) == "  \n-1 ≡=-· ░▒▓█ 1")
    }

    /// Oracle: the 24-bit colour sequences of ECMA-48 for white, and for the full red and blue of the scale.
    @Test func heatMapInColours() {
        let plot = TerminalPlot.heatMap([1, -1, 0, 1], count: 2, width: 2, colours: true)
        let first = plot.split(separator: "\n")[0]
        #expect(
            first == "\u{1B}[38;2;178;24;43m\u{1B}[48;2;255;255;255m▀"
                + "\u{1B}[38;2;33;102;172m\u{1B}[48;2;178;24;43m▀\u{1B}[0m")
        #expect(!TerminalPlot.heatMap([1, -1, 0, 1], count: 2).contains("\u{1B}"))
    }
}

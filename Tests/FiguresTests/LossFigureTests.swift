import Figures
import Files
import Foundation
import Testing

/// Losses on planes and lines: what is refused, what is written, what a terminal shows.
@Suite struct LossFigureTests {
    private let grid = LossGrid(horizontal: [-1, 0, 1], vertical: [0, 1], values: [1, 2, 3, 4, nil, 6])

    private func fault(_ figure: some Figure) throws -> Fault {
        let folder = try TemporaryFolder()
        let fault = try #require(throws: Fault.self) { _ = try figure.draw(in: folder.path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        return fault
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func notFinite(_ bad: Double) throws {
        var broken = grid
        broken.values[3] = bad
        #expect(try fault(LossContourFigure(title: "", grid: broken)).what.hasPrefix("values[3] is"))
        #expect(try fault(LossSurfaceFigure(title: "", grid: broken)).kind == .data)
        broken = grid
        broken.vertical[1] = bad
        #expect(try fault(LossContourFigure(title: "", grid: broken)).what.hasPrefix("vertical[1] is"))
        var path = LossContourFigure(title: "", grid: grid)
        path.path = .init(horizontal: [0, bad], vertical: [0, 1])
        #expect(try fault(path).what.hasPrefix("path.horizontal[1] is"))
        let line = LossLineFigure(
            name: "l", title: "", positions: [0, 1], positionName: "t", losses: [.init("a", values: [0, bad])])
        #expect(try fault(line).what.hasPrefix("a.values[1] is"))
    }

    @Test func sizesThatDisagree() throws {
        var short = grid
        short.values.removeLast()
        let fault = try fault(LossSurfaceFigure(title: "", grid: short))
        #expect(fault.kind == .software && fault.what == "values has 5 values where 6 belong")
        let empty = LossGrid(horizontal: [0, 1], vertical: [0, 1], values: [nil, nil, nil, nil])
        #expect(try self.fault(LossContourFigure(title: "", grid: empty)).what == "no loss of the grid is known")
        let line = LossGrid(horizontal: [0, 1], vertical: [0], values: [1, 2])
        #expect(try self.fault(LossContourFigure(title: "", grid: line)).what == "vertical has no two values")
    }

    /// Oracle: gnuplot's format for grids, by hand.
    @Test func gridsAreWrittenRowByRow() throws {
        let text = String(decoding: try LossSurfaceFigure(title: "", grid: grid).files().data, as: UTF8.self)
        #expect(
            text == """
                # alpha beta loss
                -1.0 0.0 1.0
                0.0 0.0 2.0
                1.0 0.0 3.0

                -1.0 1.0 4.0
                0.0 1.0 NaN
                1.0 1.0 6.0


                """)
    }

    /// Oracle: the rule. A factor of 30 between positive losses makes the scale logarithmic; its contours are even
    /// there.
    @Test func scales() throws {
        func script(_ values: [Double]) throws -> String {
            let grid = LossGrid(horizontal: [0, 1], vertical: [0, 1], values: values)
            return try LossContourFigure(title: "", grid: grid).files().script
        }
        #expect(try script([1, 2, 3, 16]).contains("discrete 2.0, 3.0, 4.0,"))
        #expect(try script([1, 10, 100, 1e15]).contains("discrete 1.0, 2.0, 3.0,"))
        #expect(try script([1, 10, 100, 1e15]).contains("set logscale cb"))
        #expect(try script([-1, 10, 100, 1000]).contains("unset logscale cb"))
        #expect(try !script([5, 5, 5, 5]).contains("contour base"))
    }

    /// Oracle: drawn by hand. The range 0 to 12 has its shades change at 2, 4, 6, 8 and 10; the upper line is the last
    /// row.
    @Test func surfaceInATerminal() {
        let shades = LossGrid(horizontal: [0, 1, 2], vertical: [0, 1], values: [0, 3, 5, 7, nil, 12])
        #expect(
            TerminalPlot.surface(shades) == """
                ▒▒??██
                  ··░░
                loss 0  ·░▒▓█ 12
                """)
        #expect(TerminalPlot.surface(shades, width: 3).split(separator: "\n").first == "▒?█")
        let unknown = LossGrid(horizontal: [0, 1], vertical: [0], values: [nil, nil])
        #expect(TerminalPlot.surface(unknown) == "(no losses)")
        for line in TerminalPlot.surface(Gallery.bowl(100, 100), width: 40).split(separator: "\n") {
            #expect(line.count <= 40)
        }
    }

    /// Oracle: drawn by hand: position i of 13 falls into column ⌊17 i / 12⌋ of 17, and ¼ of the height is a line.
    @Test func lineInATerminal() {
        let positions = (0...12).map { Double($0) / 6 - 1 }
        var values: [Double?] = positions.map { 9 * $0 * $0 }
        values[3] = nil
        #expect(
            TerminalPlot.line(positions: positions, values: values, width: 20, height: 4) == """
                9 ┤●               ●
                  ┤ ●             ●
                  ┤  ●         ● ●
                0 ┤     ● ●●● ●
                  └─────────────────
                   -1              1
                """)
        #expect(TerminalPlot.line(positions: [0, 1], values: [nil, nil]) == "(no values)")
        #expect(TerminalPlot.line(positions: [0, 1], values: [2, 2], height: 3).contains("●"))
    }
}

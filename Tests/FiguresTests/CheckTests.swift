import Figures
import Files
import Foundation
import Testing

/// Numbers that cannot be drawn are refused before anything is written, and the message names the array.
@Suite struct CheckTests {
    private func fault(_ figure: some Figure) throws -> Fault {
        let folder = try TemporaryFolder()
        let fault = try #require(throws: Fault.self) { _ = try figure.draw(in: folder.path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        return fault
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func notFinite(_ bad: Double) throws {
        var density = SpectralDensityFigure(title: "", grid: [0, 1], density: [1, bad])
        #expect(try fault(density).what.hasPrefix("density[1] is"))
        #expect(try fault(density).kind == .data)
        density.density = [1, 1]
        density.band = .init(lower: [bad, 0], upper: [1, 1])
        #expect(try fault(density).what.hasPrefix("band.lower[0] is"))
        density.band = nil
        density.eigenvalues = [1, 2, bad]
        #expect(try fault(density).what.hasPrefix("eigenvalues[2] is"))

        let matrix = GradientCovarianceFigure(title: "", matrix: [1, bad, 0, 1])
        #expect(try fault(matrix).what.hasPrefix("matrix[1] is"))
        let spectrum = GradientSpectrumFigure(title: "", eigenvalues: [bad])
        #expect(try fault(spectrum).what.hasPrefix("eigenvalues[0] is"))
        let training = TrainingCurveFigure(title: "", losses: [.init("a", steps: [0, 1], values: [0, bad])])
        #expect(try fault(training).what.hasPrefix("a.values[1] is"))
        let series = DensitySeriesFigure(title: "", members: [.init(step: 0, grid: [0, 1], density: [bad, 0])])
        #expect(try fault(series).what.hasPrefix("members[0].density[0] is"))
        let eigenvalues = EigenvalueSeriesFigure(
            title: "", steps: [0], largest: .init(values: [1]), smallest: .init(values: [0], errors: [bad]))
        #expect(try fault(eigenvalues).what.hasPrefix("smallest.errors[0] is"))
        let overlaps = OverlapFigure(title: "", steps: [0, 1], overlaps: [[1, 0], [bad, 1]])
        #expect(try fault(overlaps).what.hasPrefix("overlaps[1][0] is"))
        let panels = SeriesPanelsFigure(
            name: "panels", title: "", panels: [.init("p", lines: [.init("a", steps: [0], values: [bad])])])
        #expect(try fault(panels).what.hasPrefix("a.values[0] is"))
        let multiples = SmallMultiplesFigure(
            name: "multiples", title: "", panels: [.init("a", positions: [0], values: [bad])])
        #expect(try fault(multiples).what.hasPrefix("a.values[0] is"))
    }

    @Test func lengthsThatDisagree() throws {
        let density = try fault(SpectralDensityFigure(title: "", grid: [0, 1], density: [1]))
        #expect(density.kind == .software && density.what == "density has 1 values where 2 belong")
        let matrix = try fault(GradientCovarianceFigure(title: "", matrix: [1, 0, 0]))
        #expect(matrix.kind == .software && matrix.what.hasPrefix("matrix has 3 values"))
        let clusters = try fault(GradientCovarianceFigure(title: "", matrix: [1, 0, 0, 1], clusterSizes: [1, 2]))
        #expect(clusters.what == "clusterSizes add up to 3, not to the 2 rows")
        let overlaps = try fault(OverlapFigure(title: "", steps: [0, 1], overlaps: [[1, 0], [1]]))
        #expect(overlaps.kind == .software && overlaps.what == "overlaps[1] has 1 values where 2 belong")
        let training = try fault(TrainingCurveFigure(title: "", losses: [.init("a", steps: [0, 1], values: [0])]))
        #expect(training.what == "a.values has 1 values where 2 belong")
        let empty = try fault(GradientSpectrumFigure(title: "", eigenvalues: []))
        #expect(empty.what == "eigenvalues is empty")
    }

    @Test func gridThatFalls() throws {
        let fault = try fault(SpectralDensityFigure(title: "", grid: [0, 2, 1], density: [1, 1, 1]))
        #expect(fault.kind == .data && fault.what == "grid must ascend, but falls at index 2")
    }

    /// Oracle: block means by hand. 1025 rows give 513 pixels; of the first two rows and columns of i + 1000 j the mean
    /// is 500.5, and the file's header is gnuplot's: the count, then the columns' places.
    @Test func largeMatrixIsAveragedOverBlocks() throws {
        let count = 1025
        let matrix = (0..<count * count).map { Double($0 / count) + 1000 * Double($0 % count) }
        let files = try GradientCovarianceFigure(title: "", matrix: matrix, entries: .innerProducts).files()
        let floats = files.data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { unsafe bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        #expect(floats.count == 514 * 514)
        // The middles of pixels that are 1025/513 rows wide; a row's own middle is a whole number.
        #expect(Array(floats[0..<2]) == [513, Float(0.5 * 1025 / 513 - 0.5)])
        #expect(floats[513] == Float(512.5 * 1025 / 513 - 0.5))
        // 1025 = 2·512 + 1: the first pixel is the one that holds a single row.
        #expect(floats[514] == floats[1] && floats[515] == 0)
        #expect(floats[514 + 2] == (1000 + 2000) / 2)
        #expect(floats[2 * 514 + 2] == 1.5 + 1500)
        #expect(files.script.contains("each pixel is the mean of 2×2 entries"))
    }
}

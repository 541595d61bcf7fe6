import Foundation

/// A square matrix reduced to `pixels × pixels` means over blocks.
struct BlockAverage {
    let pixels: Int
    private let count: Int
    /// Row by row, `[pixels, pixels]`.
    let values: [Double]

    /// Block i holds the rows from ⌊i·n/p⌋ up to ⌊(i+1)·n/p⌋, so the blocks differ by one row at most.
    init(_ matrix: [Double], count: Int, pixels: Int) {
        self.count = count
        guard count > 1 else {
            // gnuplot draws no image of a single pixel.
            self.pixels = 2
            values = [Double](repeating: matrix[0], count: 4)
            return
        }
        self.pixels = pixels
        guard pixels < count else {
            values = matrix
            return
        }
        let edges = (0...pixels).map { $0 * count / pixels }
        var means = [Double](repeating: 0, count: pixels * pixels)
        for row in 0..<pixels {
            for inner in edges[row]..<edges[row + 1] {
                for column in 0..<pixels {
                    var sum = 0.0
                    for place in edges[column]..<edges[column + 1] { sum += matrix[inner * count + place] }
                    means[row * pixels + column] += sum
                }
            }
            let height = edges[row + 1] - edges[row]
            for column in 0..<pixels {
                means[row * pixels + column] /= Double(height * (edges[column + 1] - edges[column]))
            }
        }
        values = means
    }

    /// The size that the share `share` of the entries does not exceed; 1 where that is zero.
    func sizePercentile(_ share: Double) -> Double {
        let sizes = values.map { abs($0) }.sorted()
        let size = sizes[min(sizes.count - 1, Int((share * Double(sizes.count)).rounded(.up)) - 1)]
        return size > 0 ? size : sizes.last.flatMap { $0 > 0 ? $0 : nil } ?? 1
    }

    /// gnuplot's `binary matrix`: the number of columns and their places, then each row after its place.
    ///
    /// 4-byte floats in the machine's order. A place is the row at the pixel's middle, so that gnuplot need not compute
    /// a million of them.
    var gnuplotMatrix: Data {
        let places = (0..<pixels).map { Float((Double($0) + 0.5) * Double(count) / Double(pixels) - 0.5) }
        var floats = [Float(pixels)] + places
        floats.reserveCapacity((pixels + 1) * (pixels + 1))
        for row in 0..<pixels {
            floats.append(places[row])
            for column in 0..<pixels { floats.append(Float(values[row * pixels + column])) }
        }
        return unsafe floats.withUnsafeBytes { unsafe Data($0) }
    }
}

import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// The pooling kernels against slow obvious loops and PyTorch, and the layers' derivatives against differences.
@Suite struct PoolingTests {
    static let windows: [(channels: Int, image: (Int, Int), kernel: Int, stride: Int, padding: Int)] = [
        (2, (5, 4), 3, 2, 1), (2, (5, 4), 3, 1, 1), (1, (6, 6), 2, 2, 0), (70, (7, 5), 2, 1, 1), (33, (9, 4), 4, 3, 2),
        (3, (8, 8), 3, 5, 0), (64, (2, 3), 2, 2, 1), (5, (1, 1), 1, 1, 0), (130, (4, 4), 4, 4, 0),
    ]

    /// Oracle: PyTorch 2.13's F.max_pool2d(x, 3, 1, 1) and its gradient against 1, 2, 3, … in double precision; x is 2i mod
    /// 3 at index i of [2, 5, 4], so that every window has ties.
    @Test func tiesGoToTheFirstAsInPyTorch() {
        let pooled = pool((0..<40).map { Double(2 * $0 % 3) }, window(2, (5, 4), 3, 1, 1))
        #expect(pooled.largest == [Double](repeating: 2, count: 40))
        let gradient: [Double] = [
            0, 24, 0, 0, 19, 0, 0, 35, 0, 0, 45, 0, 0, 67, 0, 0, 0, 0, 0, 20,
            0, 0, 150, 0, 0, 136, 0, 0, 67, 0, 0, 103, 0, 0, 117, 0, 0, 37, 0, 0,
        ]
        #expect(pooled.largestGradient == gradient)
    }

    /// Oracle: as above, for F.max_pool2d(x, 3, 2, 1) and F.avg_pool2d(x, 3, 2, 1) at x = 7i mod 11 − 5; the averages are
    /// ninths, rounded once or twice.
    @Test func overlappingWindowsAndPaddingAreThoseOfPyTorch() {
        let pooled = pool((0..<40).map { Double(7 * $0 % 11 - 5) }, window(2, (5, 4), 3, 2, 1))
        #expect(pooled.largest == [2, 5, 3, 5, 4, 5, 5, 5, 5, 5, 5, 4])
        var gradient = [Double](repeating: 0, count: 40)
        for (place, value) in [1: 1, 3: 2, 9: 3, 14: 10, 17: 5, 25: 34, 36: 11, 39: 12] {
            gradient[place] = Double(value)
        }
        #expect(pooled.largestGradient == gradient)
        let ninths: [Double] = [-5, 6, -3, 2, 1, 4, 5, -1, 1, -3, 0, -3]
        #expect(zip(pooled.average, ninths).allSatisfy { abs($0 - $1 / 9) < 1e-15 })
        let shares: [Double] = [
            1, 3, 2, 2, 4, 10, 6, 6, 3, 7, 4, 4, 8, 18, 10, 10, 5, 11, 6, 6,
            7, 15, 8, 8, 16, 34, 18, 18, 9, 19, 10, 10, 20, 42, 22, 22, 11, 23, 12, 12,
        ]
        #expect(zip(pooled.averageGradient, shares).allSatisfy { abs($0 - $1 / 9) < 1e-14 })
    }

    /// Oracle: a loop over every output and every pixel of its window, written by the definition. Largest numbers are
    /// copied, so they agree exactly; averages to the rounding of 16 summands.
    @Test(arguments: windows.indices)
    func windowsAreThoseOfTheDefinition(_ index: Int) {
        let (channels, image, kernel, stride, padding) = Self.windows[index]
        let window = window(channels, image, kernel, stride, padding)
        let values = Vector<Double>(count: window.inputWidth)
        var source = RandomSource(seed: UInt64(index), stream: "images")
        values.fillNormal(using: &source)
        let pooled = pool(values.array, window)
        let places = (
            (image.0 + 2 * padding - kernel) / stride + 1, (image.1 + 2 * padding - kernel) / stride + 1
        )
        #expect(pooled.largest.count == channels * places.0 * places.1)
        var number = 0
        for channel in 0..<channels {
            for place in 0..<places.0 * places.1 {
                let (top, left) = (place / places.1 * stride - padding, place % places.1 * stride - padding)
                var inside: [Double] = []
                for y in top..<top + kernel where (0..<image.0).contains(y) {
                    for x in left..<left + kernel where (0..<image.1).contains(x) {
                        inside.append(values[(channel * image.0 + y) * image.1 + x])
                    }
                }
                #expect(pooled.largest[number] == inside.max())
                let average = inside.reduce(0, +) / Double(kernel * kernel)
                #expect(abs(pooled.average[number] - average) < 1e-14)
                number += 1
            }
        }
        // The passes back are transposes: ⟨P x, y⟩ = ⟨x, Pᵀ y⟩, with P what the forward pass chose.
        let weights = (1...pooled.largest.count).map(Double.init)
        for (forward, backward) in [
            (pooled.largest, pooled.largestGradient), (pooled.average, pooled.averageGradient),
        ] {
            let ahead = zip(forward, weights).reduce(0) { $0 + $1.0 * $1.1 }
            let back = zip(values.array, backward).reduce(0) { $0 + $1.0 * $1.1 }
            let size = zip(values.array, backward).reduce(1) { $0 + abs($1.0 * $1.1) }
            #expect(abs(ahead - back) < 1e-13 * size)
        }
    }

    /// What is not a number stays one on its way through, so that the run is reported and not its result.
    @Test(arguments: [0, 3]) func notANumberIsNotLost(_ place: Int) {
        var values: [Double] = [1, 2, 3, 4]
        values[place] = .nan
        #expect(pool(values, window(1, (2, 2), 2, 2, 0)).largest[0].isNaN)
    }

    @Test func badKeysAndShapesAreRefusedByName() {
        func text(_ kind: String, _ keys: [String: LayerDescription.Value], input: [Int] = [2, 5, 4]) -> String {
            let layers = [LayerDescription(kind, keys), .flatten, .linear("fc", in: 1, out: 1)]
            do throws(Fault) {
                _ = try Network<Float>(Architecture(input: input, layers: layers))
                return "nothing"
            } catch {
                return error.kind == .data ? error.description : "\(error.kind)"
            }
        }
        #expect(text("max_pool2d", [:]).contains("lacks the key 'kernel'"))
        #expect(text("max_pool2d", ["kernel": .integer(3), "padding": .integer(2)]).contains("padding of 2"))
        #expect(text("avg_pool2d", ["kernel": .integer(5)]).contains("needs [channels, height, width] of at least 5×5"))
        #expect(text("avg_pool2d", ["kernel": .integer(2)], input: [8]).contains("gets examples of shape [8]"))
        #expect(text("max_pool2d", ["kernel": .integer(2), "dilation": .integer(1)]).contains("'dilation'"))
        #expect(text("global_avg_pool", [:], input: [6, 4]).contains("needs [channels, height, width]"))
        #expect(text("global_avg_pool", ["kernel": .integer(2)]).contains("'kernel'"))
    }

    private func window(
        _ channels: Int, _ image: (Int, Int), _ kernel: Int, _ stride: Int, _ padding: Int
    ) -> PoolingWindow {
        PoolingWindow(
            channels: channels, image: image, kernel: (kernel, kernel), stride: stride, padding: padding)
    }

    /// One image as files hold it, channels first, pooled both ways, and what goes back for 1, 2, 3, … at the outputs.
    private func pool(
        _ image: [Double], _ window: PoolingWindow
    ) -> (largest: [Double], largestGradient: [Double], average: [Double], averageGradient: [Double]) {
        let channels = window.channels
        let x = Matrix<Double>(rows: 1, columns: window.inputWidth)
        x.reshaped(columns: channels).assign(
            transposed: Vector(image).matrix(rows: channels, columns: image.count / channels))
        let y = Matrix<Double>(rows: 1, columns: window.outputWidth)
        let index = Matrix<Double>(rows: 1, columns: window.outputWidth)
        let dy = Matrix<Double>(rows: 1, columns: window.outputWidth)
        dy.reshaped(columns: channels).assign(
            transposed: Vector((1...window.outputWidth).map(Double.init)).matrix(
                rows: channels, columns: window.outputWidth / channels))
        func written(_ matrix: Matrix<Double>) -> [Double] {
            let lastToFirst = Matrix<Double>(rows: channels, columns: matrix.columns / channels)
            lastToFirst.assign(transposed: matrix.reshaped(columns: channels))
            return lastToFirst.array
        }
        y.assign(maxPooled: x, window, index: index)
        let largest = written(y)
        y.fill(.nan)
        y.assign(gathered: x, window, index: index)
        #expect(zip(written(y), largest).allSatisfy { $0 == $1 || $1.isNaN })
        let dx = Matrix<Double>(rows: 1, columns: window.inputWidth)
        dx.fill(.nan)
        dx.assign(scattered: dy, window, index: index)
        let largestGradient = written(dx)
        y.assign(averaged: x, window)
        dx.fill(.nan)
        dx.assign(spread: dy, window)
        return (largest, largestGradient, written(y), written(dx))
    }
}

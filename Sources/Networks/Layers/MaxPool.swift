public import Files
public import LinearAlgebra

/// `max_pool2d`: y = the largest number in each window, by channel; the padding is −∞, and of equals the first in
/// row-major order is chosen.
///
/// Piecewise linear: each pass moves numbers between a window and the pixel that the forward pass chose.
public struct MaxPool<Element: Scalar>: Layer {
    public let window: PoolingWindow
    public let outputShape: ExampleShape

    public static var inputOrder: AxisOrder? { .channelsLast }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        window = try PoolingWindow(&reader, input: input)
        outputShape = window.outputShape
    }

    /// The chosen pixel's offset in each window, a whole number.
    public func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element> {
        LayerRecord(saved: [Matrix(rows: output.examples, columns: output.width)])
    }

    /// y = x at the largest
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        tile.output.value.assign(maxPooled: tile.input.value, window, index: tile.record.saved[0])
    }

    /// δx = Σ δy over the windows that chose the pixel
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        tile.input.cotangent.assign(scattered: tile.output.cotangent, window, index: tile.record.saved[0])
    }

    /// ẏ = ẋ at the largest x
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        for index in 0..<directions.count {
            tile.output.tangent(index).assign(
                gathered: tile.input.tangent(index), window, index: tile.record.saved[0])
        }
    }

    /// δ̇x = Σ δ̇y over the windows that chose the pixel
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        for index in 0..<directions.count {
            tile.input.cotangentTangent(index).assign(
                scattered: tile.output.cotangentTangent(index), window, index: tile.record.saved[0])
        }
    }
}

extension PoolingWindow {
    /// Reads `kernel`, `stride` [kernel] and `padding` [0], as PyTorch's pooling layers have them.
    ///
    /// - Throws: `Fault` of kind `data` for an input that is no image, a padding above half the kernel, or a kernel that
    ///   the padded image does not hold.
    init(_ reader: inout LayerReader, input: ExampleShape) throws(Fault) {
        let kernel = try reader.size("kernel")
        let stride = try reader.size("stride", default: kernel)
        let padding = try reader.count("padding", default: 0)
        // Offsets in a window are kept as numbers of the network's precision: they must be exact in both.
        guard kernel <= 4096 else {
            throw reader.fault("has a kernel of \(kernel)", remedy: "'kernel' is at most 4096")
        }
        guard 2 * padding <= kernel else {
            throw reader.fault(
                "has a padding of \(padding) with a kernel of \(kernel)",
                remedy: "'padding' is at most half of 'kernel'")
        }
        guard input.isImage, input.extents.dropFirst().allSatisfy({ $0 + 2 * padding >= kernel }) else {
            let least = max(1, kernel - 2 * padding)
            throw reader.mismatch(got: input, needed: "[channels, height, width] of at least \(least)×\(least) pixels")
        }
        self.init(
            channels: input.extents[0], image: (input.extents[1], input.extents[2]), kernel: (kernel, kernel),
            stride: stride, padding: padding)
    }

    /// The shape of one example after pooling.
    var outputShape: ExampleShape {
        ExampleShape([channels, places.height, places.width], order: .channelsLast)
    }
}

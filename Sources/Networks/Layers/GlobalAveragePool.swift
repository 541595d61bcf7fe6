public import Files
public import LinearAlgebra

/// `global_avg_pool`: `[channels, height, width]` → `[channels]`, the mean over the positions.
///
/// It is average pooling whose one window is the image.
public struct GlobalAveragePool<Element: Scalar>: Layer {
    public let window: PoolingWindow
    public let outputShape: ExampleShape
    public var affinity: Affinity { .jointly }

    public static var inputOrder: AxisOrder? { .channelsLast }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        guard input.isImage else { throw reader.mismatch(got: input, needed: "[channels, height, width]") }
        let image = (input.extents[1], input.extents[2])
        window = PoolingWindow(channels: input.extents[0], image: image, kernel: image, stride: 1, padding: 0)
        outputShape = ExampleShape([input.extents[0]])
    }

    /// y = A x
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        tile.output.value.assign(averaged: tile.input.value, window)
    }

    /// δx = Aᵀ δy
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.input.isConstant else { return }
        tile.input.cotangent.assign(spread: tile.output.cotangent, window)
    }

    /// ẏ = A ẋ
    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        tile.output.tangents(directions.count).assign(averaged: tile.input.tangents(directions.count), window)
    }

    /// δ̇x = Aᵀ δ̇y
    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        guard !tile.input.isConstant else { return }
        tile.input.cotangentTangents(directions.count).assign(
            spread: tile.output.cotangentTangents(directions.count), window)
    }
}

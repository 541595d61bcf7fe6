public import Files
public import LinearAlgebra

/// `global_avg_pool`: `[channels, height, width]` → `[channels]`, the mean over the positions.
///
/// It is average pooling whose one window is the image; the passes are `WindowAverage`'s.
public struct GlobalAveragePool<Element: Scalar>: WindowAverage {
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
}

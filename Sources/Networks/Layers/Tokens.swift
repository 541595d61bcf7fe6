public import Files
public import LinearAlgebra

/// `tokens`: `[N, C, H, W] → [N, H·W, C]`. With an image's channels side by side its positions are rows already, so
/// nothing moves.
public struct Tokens<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    public var affinity: Affinity { .jointly }
    public var isInPlace: Bool { true }
    public static var inputOrder: AxisOrder? { .channelsLast }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        guard input.isImage else { throw reader.mismatch(got: input, needed: "[channels, height, width]") }
        outputShape = ExampleShape([input.extents[1] * input.extents[2], input.extents[0]])
    }

    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {}
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {}

    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {}

    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {}
}

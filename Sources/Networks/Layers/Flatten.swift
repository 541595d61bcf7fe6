public import Files
public import LinearAlgebra

/// `flatten`: `[N, …] → [N, prod]`. Examples are rows already, so nothing moves.
public struct Flatten<Element: Scalar>: Layer {
    public let outputShape: ExampleShape
    public var affinity: Affinity { .jointly }
    public var isInPlace: Bool { true }
    public var isView: Bool { true }
    public static var inputOrder: AxisOrder? { .asWritten }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        outputShape = ExampleShape([input.width])
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

public import Files
public import LinearAlgebra

/// `flatten`: `[N, …] → [N, prod]`. Examples are rows already, so nothing moves.
public struct Flatten<Element: Scalar>: Layer {
    public let outputShape: [Int]
    public var isInPlace: Bool { true }

    public init(_ reader: inout LayerReader, input: [Int], parameters: inout ParameterLayout) throws(Fault) {
        outputShape = [input.reduce(1, *)]
    }

    public func makeRecord(examples: Int, directions: Int) -> LayerRecord<Element> { LayerRecord() }
    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {}
    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {}

    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {}

    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {}
}

public import LinearAlgebra

/// What a layer without parameters says of its gradient: nothing.
extension Layer {
    public var gradientPieces: [[Range<Int>]] { [] }

    public func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, scaling beta: Element,
        into gradient: Vector<Element>
    ) {
        preconditionFailure("a layer without parameters was asked for piece \(piece) of its gradient")
    }

    public func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, along directions: Directions<Element>, direction: Int,
        scaling beta: Element, into result: Vector<Element>
    ) {
        preconditionFailure("a layer without parameters was asked for piece \(piece) of its gradient's tangent")
    }

    public func addInnerProducts(
        _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>, into block: Matrix<Element>
    ) {}

    public var hasParameters: Bool { !gradientPieces.isEmpty }
}

public import Files
public import LinearAlgebra

/// One layer of a network, with its derivatives.
///
/// A layer works on a tile: `n` examples, one a row, at one point of parameter space. Four passes in this order,
/// each of which may leave what later ones need in the layer's `record`:
///
/// | pass | computes | in the literature |
/// | --- | --- | --- |
/// | `forward` | y = f(x; θ) | |
/// | `backward` | δx = (∂y/∂x)ᵀ δy | backpropagation |
/// | `forwardTangent` | ẏ, the derivative of y along (ẋ, θ̇) | R{y} of Pearlmutter 1994 |
/// | `backwardTangent` | δ̇x, the derivative of δx along the same | R{δx} |
///
/// after which the gradient with respect to θ (Σ over examples) and its derivative can be had piece by piece. The
/// tangents of several directions go through together: their rows lie one block of `n` after another.
///
/// A later pass finds the input's value and tangents and the output's cotangents and their tangents as they were; the
/// output's value and the input's cotangent may have been written over by then.
///
/// Whatever runs layers calls them through this protocol alone; a new kind is a new file and a line in `LayerKinds`.
public protocol Layer<Element>: Sendable {
    associatedtype Element: Scalar

    /// Reads the layer's keys and claims its tensors.
    ///
    /// - Parameters:
    ///   - input: the shape of one example as it reaches the layer.
    /// - Throws: `Fault` of kind `data` for a missing, wrong or unknown key and for a shape that does not fit.
    init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault)

    /// How images must lie when they reach the layer; nil where it does not matter.
    static var inputOrder: AxisOrder? { get }

    /// The shape of one example as it leaves the layer.
    var outputShape: ExampleShape { get }

    /// Whether the layer overwrites its input with its output (and its output's cotangent with its input's), so that
    /// both share memory. It then must keep in its record what it needs of either.
    var isInPlace: Bool { get }

    /// Whether the numbers pass as they are, in place, and only their shape is another.
    var isView: Bool { get }

    /// Whether one example's output depends on other examples where `PassMode.couplesExamples`.
    var couplesExamples: Bool { get }

    /// Whether any number of `θ` is the layer's, or that of a layer inside it.
    var hasParameters: Bool { get }

    /// How simply the output depends on the parameters, for those who evaluate at many points of a plane.
    var affinity: Affinity { get }

    /// The layers inside this one, a sequence each; their tiles are the record's `parts`, in the same order. Their
    /// pieces of the gradient are theirs, not this layer's.
    var sequences: [Sequential<Element>] { get }

    /// Memory for what the passes keep of the tile between `input` and `output`.
    func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element>

    /// Fills the layer's part of `point.derived`, which all tiles share, from the parameters and buffers. When
    /// `point.mode` is `.training`, moves its buffers first. Runs before the first forward pass at a point.
    func prepare(_ point: Point<Element>)

    /// Fills the layer's part of each direction's `derived`: the tangent of what `prepare` made.
    func prepareTangent(_ point: Point<Element>, along directions: Directions<Element>)

    func forward(_ tile: LayerTile<Element>, _ point: Point<Element>)

    /// Fills the input's cotangent, unless nothing before this layer has parameters (`tile.input.isConstant`).
    func backward(_ tile: LayerTile<Element>, _ point: Point<Element>)

    func forwardTangent(_ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>)

    /// As `backward`, for the tangents. Terms of second order (those with a cotangent δ as a factor) enter unless
    /// `directions.order` is `.first`, which makes the whole product that of the generalised Gauss-Newton matrix.
    func backwardTangent(_ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>)

    /// The pieces into which the layer's gradient is cut, so that workers can share it: for each, which stretches of
    /// the flat vector it fills. The cut depends on the layer's shape alone.
    var gradientPieces: [[Range<Int>]] { get }

    /// target[piece] = target.scaling · target[piece] + Σ over the tile's examples.
    ///
    /// It may leave the numbers in an order of its own within the piece, for `finishGradient` to put right.
    func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, into target: GradientTarget<Element>)

    /// Makes the finished piece of the gradient out of the sum that `addGradient` left over all tiles.
    func finishGradient(piece: Int, _ point: Point<Element>, in target: GradientTarget<Element>)

    /// The derivative of `addGradient` along a direction.
    func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, along direction: Direction<Element>,
        into target: GradientTarget<Element>)

    /// The derivative of `finishGradient` along a direction.
    func finishGradientTangent(
        piece: Int, _ point: Point<Element>, along direction: Direction<Element>, in target: GradientTarget<Element>)

    /// Whether `finishGradientTangent` needs the finished gradient of the point: then that is computed first.
    var needsGradient: Bool { get }

    /// Whether inner products of `examples` examples' gradients cost less pair by pair (`addInnerProducts`) than by
    /// forming the gradients.
    func prefersPairs(examples: Int) -> Bool

    /// block[i, j] += ⟨∂ℓᵢ/∂θ, ∂ℓⱼ/∂θ⟩ over this layer's parameters, for example i of `rows` and j of `columns`,
    /// without forming either gradient. Called only where the layer prefers pairs.
    func addInnerProducts(
        _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>, _ point: Point<Element>,
        into block: Matrix<Element>)
}

/// What most layers have in common.
extension Layer {
    public static var inputOrder: AxisOrder? { nil }
    public var isInPlace: Bool { false }
    public var isView: Bool { false }
    public var couplesExamples: Bool { false }
    public var hasParameters: Bool { !gradientPieces.isEmpty }
    public var sequences: [Sequential<Element>] { [] }
    public var needsGradient: Bool { false }
    public var affinity: Affinity { .none }

    public func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element> {
        LayerRecord()
    }

    public func prepare(_ point: Point<Element>) {}
    public func prepareTangent(_ point: Point<Element>, along directions: Directions<Element>) {}
    public func finishGradient(piece: Int, _ point: Point<Element>, in target: GradientTarget<Element>) {}

    public func finishGradientTangent(
        piece: Int, _ point: Point<Element>, along direction: Direction<Element>, in target: GradientTarget<Element>
    ) {}

    public func prefersPairs(examples: Int) -> Bool { false }

    public func addInnerProducts(
        _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>, _ point: Point<Element>,
        into block: Matrix<Element>
    ) {
        preconditionFailure("a layer that forms its gradients was asked for inner products by pairs")
    }
}

/// What a layer without parameters says of its gradient: nothing.
extension Layer {
    public var gradientPieces: [[Range<Int>]] { [] }

    public func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, into target: GradientTarget<Element>
    ) {
        preconditionFailure("a layer without parameters was asked for piece \(piece) of its gradient")
    }

    public func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, along direction: Direction<Element>,
        into target: GradientTarget<Element>
    ) {
        preconditionFailure("a layer without parameters was asked for piece \(piece) of its gradient's tangent")
    }
}

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
/// Whatever runs layers calls them through this protocol alone; a new kind is a new file and a line in `LayerKinds`.
public protocol Layer<Element>: Sendable {
    associatedtype Element: Scalar

    /// Reads the layer's keys and claims its tensors.
    ///
    /// - Parameters:
    ///   - input: the shape of one example as it reaches the layer.
    /// - Throws: `Fault` of kind `data` for a missing, wrong or unknown key and for a shape that does not fit.
    init(_ reader: inout LayerReader, input: [Int], parameters: inout ParameterLayout) throws(Fault)

    /// The shape of one example as it leaves the layer.
    var outputShape: [Int] { get }

    /// Whether the layer overwrites its input with its output (and its output's cotangent with its input's), so that
    /// both share memory. It then must keep in its record what it needs of either.
    var isInPlace: Bool { get }

    /// Whether any number of `θ` is the layer's.
    var hasParameters: Bool { get }

    /// Memory for what the passes keep, for a tile of `examples` and up to `directions` tangents.
    func makeRecord(examples: Int, directions: Int) -> LayerRecord<Element>

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

    /// gradient[piece] = beta · gradient[piece] + Σ over the tile's examples.
    func addGradient(
        piece: Int, of tile: LayerTile<Element>, _ point: Point<Element>, scaling beta: Element,
        into gradient: Vector<Element>)

    /// The derivative of `addGradient` along direction number `direction`.
    func addGradientTangent(
        piece: Int, of tile: LayerTile<Element>, along directions: Directions<Element>, direction: Int,
        scaling beta: Element, into result: Vector<Element>)

    /// block[i, j] += ⟨∂ℓᵢ/∂θ, ∂ℓⱼ/∂θ⟩ over this layer's parameters, for example i of `rows` and j of `columns`,
    /// without forming either gradient.
    func addInnerProducts(
        _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>, into block: Matrix<Element>)
}

/// The point of parameter space that a pass is taken at, and who shares its work.
public struct Point<Element: Scalar>: Sendable {
    /// θ, flat.
    public let parameters: Vector<Element>
    /// For work within one tile.
    public let workers: Workers

    public init(parameters: Vector<Element>, workers: Workers) {
        self.parameters = parameters
        self.workers = workers
    }
}

/// The directions v₁ … v_k along which tangents are taken together.
public struct Directions<Element: Scalar>: Sendable {
    /// Flat, one a direction.
    public let vectors: [Vector<Element>]
    public let order: DerivativeOrder

    public var count: Int { vectors.count }

    public init(_ vectors: [Vector<Element>], order: DerivativeOrder) {
        self.vectors = vectors
        self.order = order
    }
}

/// Which terms of the derivative of the gradient enter.
public enum DerivativeOrder: Sendable {
    /// First-order terms alone: Jᵀ · J.
    case first
    /// All terms: the exact derivative.
    case second
}

/// What a layer keeps of one tile between its passes.
public final class LayerRecord<Element: Scalar>: Sendable {
    /// Arrays that belong to the point.
    public let saved: [Matrix<Element>]
    /// Arrays that belong to the directions, `[directions · n, …]`.
    public let tangents: [Matrix<Element>]

    public init(saved: [Matrix<Element>] = [], tangents: [Matrix<Element>] = []) {
        self.saved = saved
        self.tangents = tangents
    }
}

/// One layer's view of one tile: its input, its output, and its record.
public struct LayerTile<Element: Scalar>: Sendable {
    public let input: Boundary<Element>
    public let output: Boundary<Element>
    public let record: LayerRecord<Element>
}

/// Some examples of a tile, as one layer sees them.
public struct ExampleSlice<Element: Scalar>: Sendable {
    public let tile: LayerTile<Element>
    /// Rows of the tile.
    public let range: Range<Int>

    /// `[range.count, width]`.
    public var input: Matrix<Element> { tile.input.value.rows(range) }
    public var cotangent: Matrix<Element> { tile.output.cotangent.rows(range) }
}

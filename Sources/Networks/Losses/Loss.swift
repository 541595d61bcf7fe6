public import LinearAlgebra

/// A loss with its targets: the mean over `exampleCount` examples of a function of each example's outputs.
///
/// It works on a tile, some consecutive examples, with outputs f `[n, outputs]`. Derivatives are those of the mean, so
/// they carry the factor 1 / `exampleCount`.
public protocol Loss<Element>: Sendable {
    associatedtype Element: Scalar

    var kind: LossKind { get }
    /// N, over which the mean is taken.
    var exampleCount: Int { get }

    /// Memory for what `evaluate` leaves for `multiplyByHessian`, for a tile of `examples`.
    func makeRecord(examples: Int, outputs: Int) -> LayerRecord<Element>

    /// The losses ℓᵢ of the examples `range`, and ∂(mean ℓ)/∂f in `cotangent`.
    func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>
    ) -> [Double]

    /// result = ∂²(mean ℓ)/∂f² · tangent, example by example, at the outputs last evaluated.
    func multiplyByHessian(
        _ tangent: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        into result: Matrix<Element>)

    /// The loss of some of the examples alone, in the order of `rows`, in a precision of choice: the mean over them.
    func selecting<Other: Scalar>(_ rows: [Int], in precision: Other.Type) -> any Loss<Other>
}

/// The losses by the names that commands and files give them.
public enum LossKind: String, Sendable, Codable, CaseIterable {
    case meanSquaredError = "mse"
    case crossEntropy = "cross-entropy"
    case huber
    case probe
    case temporalDifference = "td"
    case twoHot = "two-hot"

    /// The kind that `name` means; underscores count as hyphens.
    public init?(named name: String) {
        self.init(rawValue: name.replacing("_", with: "-"))
    }

    /// Whether the loss is the negative logarithm of a likelihood, up to a constant: then its Fisher matrix is the
    /// generalised Gauss-Newton matrix (Martens 2020, section 9.2).
    public var hasLikelihood: Bool {
        switch self {
        case .meanSquaredError, .crossEntropy, .probe, .temporalDifference, .twoHot: true
        case .huber: false
        }
    }
}

/// What a loss compares outputs with.
public enum Targets<Element: Scalar>: Sendable {
    /// A class an example.
    case labels([Int])
    /// Values for every output, `[N, outputs]`.
    case values(Matrix<Element>)
    /// A value for one output of each example: what temporal-difference learning regresses on.
    case selected(outputs: [Int], values: [Double])

    public var count: Int {
        switch self {
        case .labels(let labels): labels.count
        case .values(let values): values.rows
        case .selected(let outputs, _): outputs.count
        }
    }
}

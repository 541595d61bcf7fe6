public import LinearAlgebra

/// A loss with its targets: the mean over `exampleCount` examples of a function ℓᵢ of each example's outputs.
public protocol Loss<Element>: OutputFunctional {
    var kind: LossKind { get }

    /// How many rows an example has in `hessianFactor` at most, of a network of `outputs` outputs: the rank of ∂²ℓᵢ/∂f².
    func hessianRank(outputs: Int) -> Int

    /// S with ∂²ℓᵢ/∂f² = Σ s sᵀ over the rows s of example i, without the mean's 1/N.
    ///
    /// - Parameter outputs: f, `[N, outputs]`.
    func hessianFactor(at outputs: Matrix<Element>) -> OutputFactor<Element>

    /// For each example `samples` gradients ∂(−log p(y | f))/∂f at targets y drawn from the model itself, each divided by
    /// √samples; nil for a loss that is no likelihood. The mean of Σ s sᵀ over draws is ∂²ℓᵢ/∂f².
    ///
    /// Each example draws from a stream of its own, so that neither more samples nor other examples change a draw.
    ///
    /// - Parameter outputs: f, `[N, outputs]`.
    func drawnGradients(at outputs: Matrix<Element>, samples: Int, seed: UInt64) -> OutputFactor<Element>?

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

import CElementwise

/// A number that networks and operators are computed in: `Float` or `Double`.
///
/// The static requirements are this project's only way to the C libraries: each is one BLAS, LAPACK or elementwise call
/// on raw memory, without checks. Nothing outside this target calls them; `Vector` and `Matrix` check shapes first.
public protocol Scalar: BinaryFloatingPoint, SIMDScalar, Sendable, Codable, WindowKernels, NormalisationKernels,
    TokenKernels, PoolingKernels, CombinationKernels, RectifierKernels
{
    /// The name that reports print: `single` or `double`.
    static var precisionName: String { get }

    // Conversion, rounded once
    static func widen(_ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Self>, _ n: Int)
    static func narrow(_ y: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Double>, _ n: Int)

    // BLAS
    static func gemm(_ call: ProductCall<Self>)

    // Elementwise
    static func fill(_ y: UnsafeMutablePointer<Self>, _ value: Self, _ n: Int)
    static func fillRows(
        _ y: UnsafeMutablePointer<Self>, _ stride: Int, _ row: UnsafePointer<Self>, _ size: (rows: Int, columns: Int))
    static func scale(_ y: UnsafeMutablePointer<Self>, _ factor: Self, _ n: Int)
    static func addScaled(_ y: UnsafeMutablePointer<Self>, _ factor: Self, _ x: UnsafePointer<Self>, _ n: Int)
    static func combine(
        _ y: UnsafeMutablePointer<Self>, _ a: Self, _ x: UnsafePointer<Self>, _ b: Self, _ n: Int)
    static func divideBytes(
        _ y: UnsafeMutablePointer<Self>, _ x: UnsafePointer<UInt8>, _ divisor: Self, _ n: Int)
    static func multiply(_ y: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ n: Int)
    static func product(
        _ z: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ n: Int)
    static func multiplyAdd(
        _ y: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ z: UnsafePointer<Self>, _ n: Int)
    static func hadamardGram(
        _ g: UnsafeMutablePointer<Self>, _ d: UnsafePointer<Self>, _ a: UnsafePointer<Self>, _ offset: Self, _ n: Int)
    static func dot(_ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ n: Int) -> Double
    static func sum(_ x: UnsafePointer<Self>, _ n: Int) -> Double
    static func isFinite(_ x: UnsafePointer<Self>, _ n: Int) -> Bool
    static func transpose(_ y: UnsafeMutablePointer<Self>, _ stride: Int, _ x: MatrixSpan<Self>)
    static func columnSums(_ sums: UnsafeMutablePointer<Self>, _ beta: Self, _ x: MatrixSpan<Self>)
    static func activate(_ kind: ActivationKind, _ buffers: ActivationBuffers<Self>, _ n: Int)
    static func softmax(
        _ p: UnsafeMutablePointer<Self>, _ logSums: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Self>,
        _ size: (rows: Int, columns: Int))
    static func softmaxProduct(
        _ r: UnsafeMutablePointer<Self>, _ p: UnsafePointer<Self>, _ t: UnsafePointer<Self>, _ factor: Self,
        _ size: (rows: Int, columns: Int))

    // Krylov bases
    static func basisDot(
        _ h: UnsafeMutablePointer<Double>, _ q: MatrixSpan<Self>, _ w: UnsafePointer<Self>)
    static func basisSubtract(
        _ w: UnsafeMutablePointer<Self>, _ q: MatrixSpan<Self>, _ h: UnsafePointer<Double>)

    // Optimisers
    static func update(_ rule: UpdateRule, _ buffers: UpdateBuffers<Self>, _ constants: UpdateConstants, _ n: Int)
}

/// One call of GEMM on row-major memory: C ← α op(A) op(B) + β C with C of `rows × columns` and inner size `inner`.
public struct ProductCall<Element: Scalar> {
    let transposeA: Bool
    let transposeB: Bool
    let rows: Int
    let columns: Int
    let inner: Int
    let alpha: Element
    let a: UnsafePointer<Element>
    let strideA: Int
    let b: UnsafePointer<Element>
    let strideB: Int
    let beta: Element
    let c: UnsafeMutablePointer<Element>
    let strideC: Int
}

/// Rows of raw memory, `stride` elements apart.
public struct MatrixSpan<Element: Scalar> {
    let start: UnsafePointer<Element>
    let rows: Int
    let columns: Int
    let stride: Int
}

/// An activation function σ with its parameter where it has one.
public enum ActivationKind: Sendable, Equatable {
    case relu
    case leakyRelu(slope: Double)
    case tanh
    case sigmoid
    case silu
    case geluErf
    case geluTanh

    /// Whether σ″ vanishes wherever it is defined.
    public var isPiecewiseLinear: Bool {
        switch self {
        case .relu, .leakyRelu: true
        default: false
        }
    }
}

/// Where an activation's loop finds its argument (replaced by the value) and leaves σ′ and σ″.
public struct ActivationBuffers<Element: Scalar> {
    let value: UnsafeMutablePointer<Element>
    let first: UnsafeMutablePointer<Element>
    let second: UnsafeMutablePointer<Element>?
}

/// The rule of a first-order optimiser.
public enum UpdateRule: Sendable, Equatable, CaseIterable {
    case gradientDescent
    case momentum
    case nesterov
    /// Centred: divided by the gradient's deviation.
    case rmsProp
    case uncentredRMSProp
    case adam
    /// Adam with a weight decay beside the gradient, not in it.
    case decoupledAdam
    case adaGrad

    /// Whether it keeps a mean of gradients.
    public var hasFirstMoment: Bool {
        switch self {
        case .momentum, .nesterov, .rmsProp, .adam, .decoupledAdam: true
        case .gradientDescent, .uncentredRMSProp, .adaGrad: false
        }
    }

    /// Whether it keeps a mean (AdaGrad: a sum) of squared gradients, and divides by a root.
    public var hasSecondMoment: Bool {
        switch self {
        case .rmsProp, .uncentredRMSProp, .adam, .decoupledAdam, .adaGrad: true
        case .gradientDescent, .momentum, .nesterov: false
        }
    }
}

/// Where an optimiser's loop finds parameters, gradient and moments.
public struct UpdateBuffers<Element: Scalar> {
    let parameters: UnsafeMutablePointer<Element>
    let gradient: UnsafePointer<Element>
    let first: UnsafeMutablePointer<Element>?
    let second: UnsafeMutablePointer<Element>?
}

/// The constants of one optimiser step, in double precision; which are read depends on the rule.
public struct UpdateConstants: Sendable, Equatable {
    public var learningRate: Double
    /// Momentum μ, or Adam's β₁.
    public var decay1: Double = 0
    /// RMSProp's ρ, or Adam's β₂.
    public var decay2: Double = 0
    /// ε, added to the root.
    public var epsilon: Double = 0
    /// ε̄, added inside the root.
    public var epsilonInRoot: Double = 0
    /// 1 / (1 − β₁ᵗ).
    public var correction1: Double = 1
    /// 1 / (1 − β₂ᵗ).
    public var correction2: Double = 1
    /// λ of the term λθ added to the gradient, or (decoupled) to the step.
    public var weightDecay: Double = 0

    public init(learningRate: Double) { self.learningRate = learningRate }

    var imported: optimiser_constants {
        optimiser_constants(
            learning_rate: learningRate, decay1: decay1, decay2: decay2, epsilon: epsilon,
            epsilon_in_root: epsilonInRoot, correction1: correction1, correction2: correction2,
            weight_decay: weightDecay)
    }
}

import Files
import LinearAlgebra
import Networks

/// Loss and gradient on both sides of a point, against the gradient and the Hessian's product there, in double precision.
///
/// Central differences at a step h and at h/2: D(h) = (f(h) − f(−h))/2h = f′ + c h² + O(h⁴), so that for a smooth loss
/// D(h/2) is off by a third of |D(h) − D(h/2)|. A kink of size J within h/2 of the point makes both wrong, by J/2h and J/h,
/// and so the change too, J/2h; one between h/2 and h spoils D(h) alone. Of many kinks (a convolution's units at all places of
/// all examples) the jumps add up like random vectors, and the change is of the size of the error. A wrong derivative is off
/// by far more than the change, which is then that of a smooth function.
///
/// **The step.** The error of a central difference, |f‴| h²/6 + u |f|/h, is least at h = (3u |f/f‴|)^⅓ (Gill, Murray,
/// Saunders and Wright 1983, section 3). |f/f‴|^⅓ is the length over which the function changes; a network's changes when
/// its parameters change by a share of themselves, so it is ‖θ‖ for a direction of length 1: h = (3u)^⅓ ‖θ‖, in which every
/// parameter moves by about 7·10⁻⁶ of a typical one. *Nearby* means within that step.
///
/// Source: Gill, Murray, Saunders and Wright 1983, "Computing forward-difference intervals for numerical optimization".
struct DifferenceTest {
    enum Verdict: Equatable {
        /// The product is the derivative.
        case agrees
        /// It is not.
        case disagrees
        /// There are kinks within the step, and nothing is said of the product.
        case kink
    }

    /// ‖D(h/2) − Hv‖ for the gradient, and what truncation and rounding allow.
    let productError: Double
    let productAllowance: Double
    /// ‖Hv‖, or what is as large for a product of its kind.
    let productSize: Double
    /// The same for the loss: |D(h/2) − ⟨g, v⟩|.
    let slopeError: Double
    let slopeAllowance: Double
    let verdict: Verdict

    /// h for a point at θ.
    static func step(for parameters: Vector<Double>) -> Double { reach * length(of: parameters) }

    /// Shares of h at which one looks again where kinks are in the way: they are as many times rarer there, and rounding as
    /// many times larger.
    static let shorterSteps = [0x1p-4, 0x1p-8]

    /// - Parameters:
    ///   - direction: v, of length 1.
    ///   - product: Hv.
    ///   - share: of the step.
    ///   - linearised: the excerpt at its own point; `gradient` is its gradient.
    init(
        _ excerpt: Excerpt<Double>, at linearised: LinearisedNetwork<Double>, gradient: Vector<Double>,
        along direction: Vector<Double>, product: Vector<Double>, share: Double = 1
    ) throws(Fault) {
        let length = Self.length(of: excerpt.parameters.vector)
        let step = share * Self.reach * length
        let whole = try Self.differences(excerpt, direction, step)
        let half = try Self.differences(excerpt, direction, step / 2)
        let gradientNorm = gradient.norm
        let rounding = ProductRounding(of: linearised, gradientNorm: gradientNorm)
        // θ ± hv are rounded to u of θ, which moves what is found there by as much of the slope.
        let misplaced = 0x1p-51 * excerpt.parameters.vector.norm
        let gradientSize = max(gradientNorm, rounding.floor)
        let size = max(product.norm, gradientSize / length)
        let noise = (2 * rounding.relative * gradientSize + misplaced * size) / step
        let change = Self.distance(whole.gradient, half.gradient)
        let wholeError = Self.distance(whole.gradient, product)
        let halfError = Self.distance(half.gradient, product)
        productError = halfError
        productAllowance = 3 * change + noise
        productSize = size
        let slope = gradient.dot(direction)
        slopeError = abs(half.loss - slope)
        slopeAllowance =
            3 * abs(whole.loss - half.loss)
            + (2 * rounding.relative * abs(linearised.lossValue) + misplaced * gradientSize) / step
        // A smooth loss: off by a third of the change (twice that is allowed), and by little, h² of a length 100 times
        // shorter than θ. With a kink the first holds by coincidence at most, and the second hardly ever.
        let isSmooth = halfError <= 2 * change / 3 + noise && wholeError <= 1e-4 * size + noise
        // An error without a change to match is no kink's.
        let isWrong = halfError > productAllowance && change <= 1e-3 * halfError
        verdict = isSmooth ? .agrees : isWrong ? .disagrees : .kink
    }

    /// ‖θ‖, or 1 where it is 0.
    private static func length(of parameters: Vector<Double>) -> Double {
        let norm = parameters.norm
        return norm > 0 ? norm : 1
    }

    /// h over ‖θ‖.
    private static let reach = 0x1p-17

    private static func differences(
        _ excerpt: Excerpt<Double>, _ direction: Vector<Double>, _ step: Double
    ) throws(Fault) -> (loss: Double, gradient: Vector<Double>) {
        let ahead = try excerpt.linearised(along: direction, step: step)
        let behind = try excerpt.linearised(along: direction, step: -step)
        let gradient = ahead.gradient()
        gradient.add(-1, behind.gradient())
        gradient.scale(by: 1 / (2 * step))
        return ((ahead.lossValue - behind.lossValue) / (2 * step), gradient)
    }

    private static func distance(_ x: Vector<Double>, _ y: Vector<Double>) -> Double {
        let difference = x.copy()
        difference.add(-1, y)
        return difference.norm
    }
}

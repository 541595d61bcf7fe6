import Files
import LinearAlgebra
import Networks

/// Loss and gradient on both sides of a point, against the gradient and the Hessian's product there, in double precision.
///
/// Central differences at a step h and at h/2: D(h) = (f(h) − f(−h))/2h = f′ + c h² + O(h⁴), so that for a smooth loss
/// D(h/2) is off by a third of |D(h) − D(h/2)|. A kink of size J within h/2 of the point makes both wrong, by J/2h and J/h,
/// and so the change too, J/2h; one between h/2 and h spoils D(h) alone. A wrong derivative is off by more than the change.
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
        /// There is a kink within the step.
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
    static func step(for parameters: Vector<Double>) -> Double {
        let length = parameters.norm
        return reach * (length > 0 ? length : 1)
    }

    /// - Parameters:
    ///   - direction: v, of length 1.
    ///   - product: Hv.
    ///   - linearised: the excerpt at its own point; `gradient` is its gradient.
    init(
        _ excerpt: Excerpt<Double>, at linearised: LinearisedNetwork<Double>, gradient: Vector<Double>,
        along direction: Vector<Double>, product: Vector<Double>
    ) throws(Fault) {
        let step = Self.step(for: excerpt.parameters.vector)
        let whole = try Self.differences(excerpt, direction, step)
        let half = try Self.differences(excerpt, direction, step / 2)
        let gradientNorm = gradient.norm
        let rounding = ProductRounding(of: linearised, gradientNorm: gradientNorm)
        // θ ± hv are rounded to u of θ, which moves what is found there by as much of the slope.
        let misplaced = 0x1p-51 * excerpt.parameters.vector.norm
        let gradientSize = max(gradientNorm, rounding.floor)
        let size = max(product.norm, gradientSize * Self.reach / step)
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
        verdict = isSmooth ? .agrees : halfError > productAllowance ? .disagrees : .kink
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

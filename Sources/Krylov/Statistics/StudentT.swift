#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Student's t distribution, for intervals from few samples.
///
/// Source: Abramowitz and Stegun 1964, 26.7.1 and 26.5.8 (the incomplete beta function as a continued fraction).
public enum StudentT {
    /// The t with P(T ≤ t) = `probability`; of the normal distribution for infinite degrees of freedom.
    ///
    /// Found by bisection to the last bits of the distribution function, whose error is about 10⁻¹⁴.
    public static func quantile(_ probability: Double, degreesOfFreedom: Double) -> Double {
        precondition(probability > 0 && probability < 1 && degreesOfFreedom > 0, "no quantile \(probability)")
        if probability < 0.5 { return -quantile(1 - probability, degreesOfFreedom: degreesOfFreedom) }
        var low = 0.0
        var high = 1.0
        while upperTail(high, degreesOfFreedom) > 1 - probability, high < 1e300 { high *= 2 }
        for _ in 0..<200 where high - low > 1e-15 * high {
            let middle = 0.5 * (low + high)
            if upperTail(middle, degreesOfFreedom) > 1 - probability { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    /// P(T > t) for t ≥ 0: ½ I_x(ν/2, ½) with x = ν/(ν + t²).
    static func upperTail(_ t: Double, _ degreesOfFreedom: Double) -> Double {
        guard degreesOfFreedom.isFinite else { return 0.5 * erfc(t / 2.0.squareRoot()) }
        let square = t * t
        let x = degreesOfFreedom / (degreesOfFreedom + square)
        let complement = square / (degreesOfFreedom + square)
        return 0.5 * incompleteBeta(degreesOfFreedom / 2, 0.5, x, complement: complement)
    }

    /// I_x(a, b), with 1 − x given as well so that it keeps its digits.
    private static func incompleteBeta(_ a: Double, _ b: Double, _ x: Double, complement: Double) -> Double {
        if x <= 0 { return 0 }
        if complement <= 0 { return 1 }
        let logarithm = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(complement)
        if x < (a + 1) / (a + b + 2) { return exp(logarithm) * continuedFraction(a, b, x) / a }
        return 1 - exp(logarithm) * continuedFraction(b, a, complement) / b
    }

    /// By Lentz's method, with Thompson and Barnett's guard against a zero denominator.
    private static func continuedFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / guarded(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...10_000 {
            let m = Double(step)
            for coefficient in [
                m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
            ] {
                d = 1 / guarded(1 + coefficient * d)
                c = guarded(1 + coefficient / c)
                result *= c * d
            }
            if abs(c * d - 1) < 1e-16 { break }
        }
        return result
    }
}

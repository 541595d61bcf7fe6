import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct ActivationTests {
    static let kinds: [ActivationKind] = [
        .relu, .leakyRelu(slope: 0.01), .tanh, .sigmoid, .silu, .geluErf, .geluTanh,
    ]

    /// The textbook's function in double, from the C library.
    static func value(_ kind: ActivationKind, _ x: Double) -> Double {
        switch kind {
        case .relu: max(x, 0)
        case .leakyRelu(let slope): x > 0 ? x : slope * x
        case .tanh: tanh(x)
        case .sigmoid: 1 / (1 + exp(-x))
        case .silu: x / (1 + exp(-x))
        case .geluErf: 0.5 * x * erfc(-x / 2.0.squareRoot())
        case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        }
    }

    /// Arguments on both sides of every branch: near 0, around 0.625, and where the functions saturate.
    static let arguments: [Double] = (-4000...4000).map { Double($0) / 400 + 1.25e-4 } + [-30, 30, 1e-6, -1e-6, 0.625]

    private func activated<Element: Scalar>(
        _ kind: ActivationKind, _ type: Element.Type
    ) -> (x: [Double], value: [Double], first: [Double], second: [Double]) {
        let x = Vector<Element>(rounding: Self.arguments)
        let value = x.copy()
        let first = Vector<Element>(count: x.count)
        let second = Vector<Element>(count: x.count)
        value.activate(kind, first: first, second: second)
        return (x.doubles, value.doubles, first.doubles, second.doubles)
    }

    /// Oracle: the C library in double. tanh and the logistic function are built from an exponential good to 2 ulp and
    /// two or three further roundings: 4 ulp of the value, 6 for products with x. GELU's tanh form loses to
    /// cancellation in 1 + t for negative x: there the bound is of x, not of the value.
    @Test(arguments: kinds) func valuesInFloat(_ kind: ActivationKind) {
        let found = activated(kind, Float.self)
        let eps = Comparison.epsilon(Float.self)
        for (x, value) in zip(found.x, found.value) {
            let exact = Self.value(kind, x)
            let bound: Double =
                switch kind {
                case .relu, .leakyRelu: eps * abs(exact)
                case .tanh, .sigmoid: 4 * eps * abs(exact)
                case .silu: 6 * eps * abs(exact)
                // erfc's argument is exact in double; Φ and the product are rounded once each.
                case .geluErf: 2 * eps * abs(exact)
                // u is off by 3 eps |u|, tanh by 4 ulp: 0.5 |x| (3 |u| t′ + 4) eps, with |u| t′ < 0.45.
                case .geluTanh: 4 * eps * abs(x)
                }
            // What is below the smallest normal number may be rounded to 0.
            let least = Double(Float.leastNormalMagnitude)
            #expect(abs(value - exact) <= bound + least, "\(kind) of \(x): \(value), not \(exact)")
        }
    }

    @Test(arguments: kinds) func valuesInDouble(_ kind: ActivationKind) {
        let found = activated(kind, Double.self)
        for (x, value) in zip(found.x, found.value) {
            // erfc(y) turns a relative error of y into 2y² = x² of it; y is off by eps here, and again in the oracle.
            let relative = kind == .geluErf ? 6 + 2 * x * x : 6
            let bound = Double.ulpOfOne * (relative * abs(Self.value(kind, x)) + (kind == .geluTanh ? 6 * abs(x) : 0))
            #expect(abs(value - Self.value(kind, x)) <= bound, "\(kind) of \(x)")
        }
    }

    /// Oracle: five-point differences of the textbook's function in double, h = 0.005. Their error is h⁴/30 |f⁽⁵⁾| and
    /// h⁴/90 |f⁽⁶⁾|, 10⁻⁹ for derivatives below 60 and 150, plus rounding: 6 eps |f| / h² = 5 · 10⁻¹⁰ for |f| = 10.
    /// Piecewise linear functions are compared away from the kink.
    @Test(arguments: kinds) func derivativesAreThoseOfTheValue(_ kind: ActivationKind) {
        let found = activated(kind, Double.self)
        let h = 0.005
        for index in found.x.indices {
            let x = found.x[index]
            if kind.isPiecewiseLinear, abs(x) < 3 * h { continue }
            let f = { Self.value(kind, x + $0 * h) }
            let first = (8 * (f(1) - f(-1)) - (f(2) - f(-2))) / (12 * h)
            #expect(abs(found.first[index] - first) <= 1e-8, "σ′ of \(kind) at \(x)")
            if kind.isPiecewiseLinear { continue }
            let second = (16 * (f(1) + f(-1)) - (f(2) + f(-2)) - 30 * f(0)) / (12 * h * h)
            #expect(abs(found.second[index] - second) <= 1e-8, "σ″ of \(kind) at \(x)")
        }
    }

    /// Oracle: the same loops in double, tested above. Each derivative is a handful of products of numbers below 2 in
    /// absolute value, times x and x² for the products with x: 20 eps of that size.
    @Test(arguments: kinds) func derivativesInFloat(_ kind: ActivationKind) {
        let found = activated(kind, Float.self)
        let x = Vector<Double>(found.x)
        let first = Vector<Double>(count: x.count)
        let second = Vector<Double>(count: x.count)
        x.activate(kind, first: first, second: second)
        for index in found.x.indices {
            // exp underflows in single precision before x² grows large.
            let size = 1 + min(found.x[index] * found.x[index], 9)
            let bound = 20 * Comparison.epsilon(Float.self) * size
            #expect(abs(found.first[index] - first[index]) <= bound, "σ′ of \(kind) at \(found.x[index])")
            if kind.isPiecewiseLinear { continue }
            #expect(abs(found.second[index] - second[index]) <= bound, "σ″ of \(kind) at \(found.x[index])")
        }
    }

    /// A stretch may be cut anywhere: no element's result depends on where it stands.
    @Test(arguments: kinds) func cuttingChangesNothing(_ kind: ActivationKind) {
        let whole = Comparison.vector(1003, "cut", Float.self)
        let parts = whole.copy()
        let first = Vector<Float>(count: 1003)
        let second = Vector<Float>(count: 1003)
        whole.activate(kind, first: first, second: second)
        let first2 = Vector<Float>(count: 1003)
        let second2 = Vector<Float>(count: 1003)
        for range in [0..<5, 5..<38, 38..<1003] {
            parts[range].activate(kind, first: first2[range], second: second2[range])
        }
        #expect(whole.array == parts.array && first.array == first2.array && second.array == second2.array)
    }
}

import Checkpoints
import Files
import Krylov
public import LinearAlgebra
import Networks

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Problems whose answers are known, solved on the user's own machine with the user's own libraries.
///
/// Closed forms first, from the bottom of the house upwards, then a reference case that ships with the program.
public enum SelfTest {
    /// One problem, and how far the answer is from the truth.
    public struct Check: Sendable, Encodable {
        public let name: String
        /// Where the truth comes from.
        public let oracle: String
        public let error: Double
        public let tolerance: Double
        /// Whether the error is at most the tolerance; false for an error that is no number.
        public let passed: Bool

        init(_ name: String, oracle: String, error: Double, tolerance: Double) {
            self.name = name
            self.oracle = oracle
            self.error = error.isFinite ? error : .greatestFiniteMagnitude
            self.tolerance = tolerance
            passed = error <= tolerance
        }
    }

    /// - Throws: `Fault`, `KrylovFailure` or `FactorisationFailure` where a problem cannot even be solved.
    public static func run(workers: Workers) throws -> [Check] {
        var checks = [product(Float.self, workers), product(Double.self, workers), try tridiagonal()]
        checks += [try clusteredOutliers(workers), try quadrature(workers), try linearNetwork(workers)]
        checks += try referenceCase(Double.self, tolerance: 1e-10, workers)
        checks += try referenceCase(Float.self, tolerance: 1e-4, workers)
        checks.append(try threads())
        return checks
    }

    /// A product of matrices of small whole numbers is exact in either precision.
    private static func product<Element: Scalar>(_ type: Element.Type, _ workers: Workers) -> Check {
        let order = 67
        let a = Matrix<Element>(rows: order, columns: order)
        let b = Matrix<Element>(rows: order, columns: order)
        for row in 0..<order {
            for column in 0..<order {
                a[row, column] = Element((row * 7 + column * 3) % 11 - 5)
                b[row, column] = Element((row * 5 + column * 2) % 13 - 6)
            }
        }
        let c = Matrix<Element>(rows: order, columns: order)
        c.assign(product: a.plain, b.transposed)
        var worst = 0.0
        for row in 0..<order {
            for column in 0..<order {
                let exact = (0..<order).reduce(0) { $0 + Double(a[row, $1]) * Double(b[column, $1]) }
                worst = max(worst, abs(Double(c[row, column]) - exact))
            }
        }
        return Check("matrix product, \(Element.precisionName)", oracle: "whole numbers", error: worst, tolerance: 0)
    }

    /// The second-difference matrix has eigenvalues 2 − 2 cos(kπ/(m+1)).
    private static func tridiagonal() throws -> Check {
        let order = 200
        let system = try TridiagonalEigensystem(
            diagonal: Array(repeating: 2, count: order), offDiagonal: Array(repeating: -1, count: order - 1))
        let exact = (1...order).map { 2 - 2 * cos(Double($0) * .pi / Double(order + 1)) }
        let error = zip(system.eigenvalues, exact).map { abs($0 - $1) }.max() ?? 0
        return Check("tridiagonal eigenvalues", oracle: "closed form", error: error, tolerance: 1e-13)
    }

    /// Ten outliers above a bulk: after 200 steps each is there once.
    private static func clusteredOutliers(_ workers: Workers) throws -> Check {
        let bulk = (0..<1990).map { Double($0) / 1990 }
        let outliers = (0..<10).map { 50 + 5 * Double($0) }
        let target = DiagonalOperator(Vector<Double>(rounding: bulk + outliers))
        let start = ProbeDistribution.gaussian.probe(0, dimension: target.dimension, seed: 1) as Vector<Double>
        let found = try lanczos(target, start: start, LanczosConfiguration(steps: 200, workers: workers)).eigensystem()
        let high = found.eigenvalues.filter { $0 > 10 }
        let error = high.count == 10 ? zip(high, outliers).map { abs($0 - $1) }.max() ?? 0 : .infinity
        return Check("Lanczos without ghosts", oracle: "a diagonal matrix", error: error, tolerance: 1e-11)
    }

    /// Quadrature is exact for polynomials: Σ w θ is qᵀAq for its own start vector.
    private static func quadrature(_ workers: Workers) throws -> Check {
        let diagonal = Vector<Double>(rounding: (0..<500).map { Double($0 * $0) / 250_000 })
        let start = ProbeDistribution.gaussian.probe(0, dimension: 500, seed: 2) as Vector<Double>
        let found = try lanczos(
            DiagonalOperator(diagonal), start: start, LanczosConfiguration(steps: 20, workers: workers)
        ).eigensystem()
        let image = start.copy()
        image.multiply(by: diagonal)
        let exact = image.dot(start) / start.dot(start)
        let moment = zip(found.eigenvalues, found.firstComponents).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
        return Check(
            "quadrature weights", oracle: "the start vector's moment", error: abs(moment - exact), tolerance: 1e-13)
    }

    /// A linear network under mean squared error: H = 2/(NK) (XᵀX ⊗ I), whatever the parameters.
    private static func linearNetwork(_ workers: Workers) throws -> Check {
        var layer = LayerDescription.linear("only", in: 6, out: 3)
        layer.keys["bias"] = .flag(false)
        let network = try Network<Double>(Architecture(input: [6], layers: [layer]))
        var random = RandomSource(seed: 3)
        let x = Matrix<Double>(rows: 40, columns: 6)
        let y = Matrix<Double>(rows: 40, columns: 3)
        x.elements.fillNormal(using: &random)
        y.elements.fillNormal(using: &random)
        let linearised = try LinearisedNetwork(
            network, at: Parameters(initialising: network.layout, seed: 4), inputs: x,
            loss: SquaredError(targets: y), workers: workers)
        let v = Vector<Double>(count: 18)
        let product = Vector<Double>(count: 18)
        v.fillNormal(using: &random)
        linearised.multiply(.hessian, by: [v], into: [product])
        let second = Matrix<Double>(rows: 6, columns: 6)
        let exact = Matrix<Double>(rows: 3, columns: 6)
        second.assign(product: x.transposed, x.plain, times: 2 / 120)
        exact.assign(product: v.matrix(rows: 3, columns: 6).plain, second.plain)
        product.add(-1, exact.elements)
        return Check(
            "Hessian of a linear network", oracle: "closed form", error: product.norm / exact.elements.norm,
            tolerance: 1e-13)
    }

    /// One worker and many give the same bytes.
    private static func threads() throws -> Check {
        let reference = try ReferenceProblem()
        let products = try [1, 2, 3].map { count in
            let linearised: LinearisedNetwork<Float> = try reference.linearised(Workers(count))
            let v: Vector<Float> = try reference.vector("direction.0", linearised.network.layout)
            let result = Vector<Float>(count: v.count)
            linearised.multiply(.hessian, by: [v], into: [result])
            return result.array
        }
        let differing = products.dropFirst().count { $0 != products[0] }
        return Check(
            "the same bytes from 1, 2 and 3 threads", oracle: "one thread", error: Double(differing), tolerance: 0)
    }

    private static func referenceCase<Element: Scalar>(
        _ type: Element.Type, tolerance: Double, _ workers: Workers
    ) throws -> [Check] {
        let reference = try ReferenceProblem()
        let linearised: LinearisedNetwork<Element> = try reference.linearised(workers)
        let layout = linearised.network.layout
        func check(_ name: String, _ found: Vector<Element>, _ expected: [Double]) -> Check {
            let exact = Vector<Double>(rounding: expected)
            let difference = Vector<Double>(converting: found)
            difference.add(-1, exact)
            return Check(
                "\(name), \(Element.precisionName)", oracle: "PyTorch in double precision",
                error: difference.norm / exact.norm, tolerance: tolerance)
        }
        var checks = [
            check("gradient", linearised.gradient(), try reference.numbers("gradient", layout)),
            check(
                "inner products of gradients", linearised.gradientInnerProducts().elements,
                try reference.expected.doubles("gradient_gram")),
        ]
        for (curvature, prefix) in [(Curvature.hessian, "hvp"), (.gaussNewton, "ggnvp")] {
            let v: Vector<Element> = try reference.vector("direction.1", layout)
            let result = Vector<Element>(count: v.count)
            linearised.multiply(curvature, by: [v], into: [result])
            checks.append(
                check("\(curvature.rawValue) product", result, try reference.numbers("\(prefix).1", layout)))
        }
        return checks
    }
}

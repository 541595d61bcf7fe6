import Foundation
import LinearAlgebra
import Testing

/// Softmax over rows and its derivatives, at lengths below, at and above the loops' 16 lanes.
@Suite struct SoftmaxRowTests {
    static let lengths = [1, 2, 7, 15, 16, 17, 31, 33, 65, 101]

    /// Oracle: the definition in double precision. In single precision exp is good to 2 ulp and its argument, up to 40
    /// here, is exact to half an ulp of it: a relative error of 20 ε + 2 ε, and as much of the sum; in double ε is 2⁻⁵².
    @Test(arguments: lengths)
    func softmaxIsThatOfTheDefinition(_ length: Int) {
        check(length, Double.self)
        check(length, Float.self)
    }

    private func check<Element: Scalar>(_ length: Int, _ type: Element.Type) {
        let x: Matrix<Element> = random(length, "x", deviation: 8)
        let p = x.copied
        p.replaceRowsBySoftmax()
        for row in 0..<x.rows {
            let exact = softmax(x.row(row).doubles)
            for (found, expected) in zip(p.row(row).doubles, exact) {
                // What is below 2⁻¹²⁵ is held there in single precision.
                #expect(abs(found - expected) < 44 * Double(Element.ulpOfOne) * expected + 1e-37)
            }
        }
    }

    /// Oracle: ±1e30 differ by more than exp knows, and are no reason for a NaN; a NaN or an infinity is.
    @Test(arguments: lengths)
    func onlyWhatIsNotANumberBecomesNaN(_ length: Int) {
        let x: Matrix<Float> = random(length, "extreme", deviation: 1e30)
        x.replaceRowsBySoftmax()
        for row in 0..<x.rows { #expect(abs(x.row(row).sum - 1) < 1e-6) }
        for (row, bad) in [Float.nan, .infinity, -.infinity].enumerated() {
            let y: Matrix<Float> = random(length, "bad", deviation: 1)
            y[row, length - 1] = bad
            y.replaceRowsBySoftmax()
            for other in 0..<y.rows {
                #expect((0..<length).allSatisfy { y[other, $0].isNaN == (other == row) })
            }
        }
    }

    /// Oracle: the Jacobian diag(p) − p pᵀ and its tangent diag(ṗ) − ṗ pᵀ − p ṗᵀ, in plain loops; sums of `length` terms
    /// of order one in double precision.
    @Test(arguments: lengths)
    func derivativesAreThoseOfTheJacobian(_ length: Int) {
        let p: Matrix<Double> = random(length, "p", deviation: 1)
        p.replaceRowsBySoftmax()
        let logits: Matrix<Double> = random(length, "logits", deviation: 1)
        let pt = logits.copied
        pt.replaceRowsBySoftmaxTangent(weights: p)
        let dp: Matrix<Double> = random(length, "dp", deviation: 1)
        let dpt: Matrix<Double> = random(length, "dpt", deviation: 1)
        let (g, ds, result, again) = (dp.copied, p.copied, dpt.copied, p.copied)
        ds.assign(softmaxCotangent: g, weights: p)
        result.replaceRowsBySoftmaxCotangentTangent(weights: p, tangent: pt, bends: g, cotangent: again)
        #expect(again.array == ds.array)
        for row in 0..<p.rows {
            for i in 0..<length {
                var (tangent, cotangent, second) = (0.0, 0.0, 0.0)
                for j in 0..<length {
                    let unit = i == j ? 1.0 : 0
                    let jacobian = p[row, i] * (unit - p[row, j])
                    let change = pt[row, i] * (unit - p[row, j]) - p[row, i] * pt[row, j]
                    tangent += jacobian * logits[row, j]
                    cotangent += jacobian * dp[row, j]
                    second += jacobian * dpt[row, j] + change * dp[row, j]
                }
                #expect(abs(pt[row, i] - tangent) < 1e-14)
                #expect(abs(ds[row, i] - cotangent) < 1e-14)
                #expect(abs(result[row, i] - second) < 1e-14)
            }
        }
    }

    private func softmax(_ x: [Double]) -> [Double] {
        let top = x.max() ?? 0
        let weights = x.map { exp($0 - top) }
        return weights.map { $0 / weights.reduce(0, +) }
    }

    /// Three rows.
    private func random<Element: Scalar>(_ length: Int, _ stream: String, deviation: Double) -> Matrix<Element> {
        var source = RandomSource(seed: UInt64(length), stream: stream)
        let result = Matrix<Element>(rows: 3, columns: length)
        result.elements.fillNormal(using: &source)
        result.elements.scale(by: Element(deviation))
        return result
    }
}

extension Matrix {
    fileprivate var copied: Matrix { elements.copy().matrix(rows: rows, columns: columns) }
}

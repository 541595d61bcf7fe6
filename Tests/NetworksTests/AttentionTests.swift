import Foundation
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Attention's values, and its products in single precision.
@Suite struct AttentionTests {
    /// Oracle: the definition in plain loops over heads, queries and keys. With projections 64 times as large scores are
    /// thousands, for which exp alone is infinite; their rounding error is as many ε, and that of the weights with it.
    @Test(arguments: [1, 2, 3, 6], [1.0, 64])
    func valuesAreThoseOfTheDefinition(_ heads: Int, _ size: Double) throws {
        let problem = TokenProblem(
            name: "attention", input: [5, 6],
            layers: [.attention("a", 6, heads: heads), LayerDescription("flatten")])
        let point: Parameters<Double> = try problem.parameters()
        point["a.qkv.weight"]?.scale(by: size)
        let x: Matrix<Double> = problem.inputs(3)
        let passes = Backpropagation(try problem.network() as Network<Double>, examples: 3, workers: .one)
        passes.load(x)
        passes.forward(at: point)
        for example in 0..<3 {
            let rows = (0..<5).map { token in (0..<6).map { x[example, token * 6 + $0] } }
            let expected = try reference(rows, point, heads: heads)
            #expect(relativeError(passes.outputs.row(example).array, expected.flatMap { $0 }) < 1e-14 * size * size)
        }
    }

    /// Oracle: double precision. A product passes through about 20 sums of up to 13 terms, whose roundings of ε/2,
    /// independent of one another, add up to √260 ε/2. A score's are relative to its size, about 10, and become those of
    /// the weight that it is the exponent of. In all 16 · (1 + 10) · ε/2 = 1e-5.
    @Test(arguments: TokenProblem.all)
    func singlePrecisionKeepsItsDigits(_ problem: TokenProblem) throws {
        let exact: LinearisedNetwork<Double> = try problem.linearised()
        let single: LinearisedNetwork<Float> = try problem.linearised()
        let v: Vector<Double> = try problem.direction(1)
        let tolerance = 16 * 11 * Double(Float.ulpOfOne) / 2
        #expect(relativeError(single.outputs.elements, exact.outputs.elements) < tolerance)
        #expect(relativeError(single.gradient(), exact.gradient()) < tolerance)
        for curvature in [Curvature.hessian, .gaussNewton] {
            let product = single.product(curvature, Vector(converting: v))
            #expect(relativeError(product, exact.product(curvature, v)) < tolerance)
        }
    }

    /// y of one example.
    private func reference(_ x: [[Double]], _ point: Parameters<Double>, heads: Int) throws -> [[Double]] {
        func linear(_ name: String, _ rows: [[Double]]) throws -> [[Double]] {
            let weight = try #require(point["a.\(name).weight"]).array
            let bias = try #require(point["a.\(name).bias"]).array
            return rows.map { row in
                bias.indices.map { out in
                    row.indices.reduce(bias[out]) { $0 + row[$1] * weight[out * row.count + $1] }
                }
            }
        }
        let qkv = try linear("qkv", x)
        let size = 6 / heads
        var mixed = x.map { $0.map { _ in 0.0 } }
        for head in 0..<heads {
            let columns = head * size..<(head + 1) * size
            for query in x.indices {
                let scores = x.indices.map { key in
                    columns.reduce(0) { $0 + qkv[query][$1] * qkv[key][6 + $1] } / Double(size).squareRoot()
                }
                let weights = scores.map { exp($0 - (scores.max() ?? 0)) }
                let total = weights.reduce(0, +)
                for key in x.indices {
                    for column in columns { mixed[query][column] += weights[key] / total * qkv[key][12 + column] }
                }
            }
        }
        return try linear("proj", mixed)
    }
}

import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Single precision against double, over random architectures.
@Suite struct PrecisionTests {
    static let families = ArchitectureFamily.allCases
    static let seeds = Array(61...72 as ClosedRange<UInt64>)

    /// Oracle: the same network in double precision at the same numbers.
    ///
    /// A computation that is stable gives what exact arithmetic gives at numbers off by a few ε = 2⁻²⁴ (Higham 2002,
    /// section 1.5). So the bound is how far results move in double precision when every parameter and input moves by
    /// ε of itself at random (the largest of three tries), times the layers that round, times a safety of 8; and at least
    /// 8 ε √width a layer for the rounding of sums. Never more than 1e-3 of a result's norm.
    @Test(arguments: families, seeds)
    func singleAgreesWithDouble(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed, smooth: true)
        let depth = Double(problem.architecture.json.split(separator: "\"kind\"").count)
        let single: LinearisedNetwork<Float> = try problem.linearised()
        let exact = try double(problem, moving: nil)
        let moved = try (0..<3).map { try double(problem, moving: $0) }
        let direction: Vector<Float> = try problem.direction(1)
        let wide = Vector<Double>(converting: direction)
        let found = [
            single.outputs.elements.doubles, single.gradient().doubles, single.times(.hessian, direction).doubles,
            single.times(.gaussNewton, direction).doubles, single.gradientInnerProducts().elements.doubles,
        ]
        let expected = results(exact, wide)
        let perturbed = moved.map { results($0, wide) }
        let width = Double(exact.network.layers.widthOfAllBoundaries)
        for (index, name) in ["outputs", "gradient", "hessian", "ggn", "inner products"].enumerated() {
            // What is far smaller than the loss and its gradient is what cancels in them.
            let size = max(norm(expected[index]), 1e-2 * max(norm(expected[1]), abs(exact.lossValue)))
            let sensitivity = perturbed.map { distance($0[index], expected[index]) }.max()! / size
            let bound = min(1e-3, 8 * depth * (sensitivity + Double(Float.ulpOfOne) / 2 * width.squareRoot()))
            let error = distance(found[index], expected[index]) / size
            #expect(error <= bound, "\(name): sensitivity \(sensitivity)")
        }
    }

    private func results(_ linearised: LinearisedNetwork<Double>, _ direction: Vector<Double>) -> [[Double]] {
        [
            linearised.outputs.elements.doubles, linearised.gradient().doubles,
            linearised.times(.hessian, direction).doubles, linearised.times(.gaussNewton, direction).doubles,
            linearised.gradientInnerProducts().elements.doubles,
        ]
    }

    /// The problem in double precision at numbers of single precision, or at ones off by a rounding each.
    private func double(_ problem: RandomProblem, moving trial: Int?) throws -> LinearisedNetwork<Double> {
        let network: Network<Double> = try problem.network()
        let point: Parameters<Float> = try problem.parameters()
        let inputs: Matrix<Float> = try problem.inputs()
        let parameters = Vector<Double>(converting: point.vector)
        let values = Vector<Double>(converting: inputs.elements)
        if let trial {
            var source = RandomSource(seed: problem.seed, stream: "rounding \(trial)")
            for vector in [parameters, values] {
                let signs = Vector<Double>(count: vector.count)
                signs.fillSigns(using: &source)
                signs.scale(by: 0x1p-24)
                vector.multiply(by: signs, adding: vector.copy())
            }
        }
        return try LinearisedNetwork(
            network,
            at: Parameters(layout: network.layout, vector: parameters, buffers: Vector(converting: point.buffers)),
            inputs: values.matrix(rows: inputs.rows, columns: inputs.columns), loss: problem.loss(), workers: .one)
    }
}

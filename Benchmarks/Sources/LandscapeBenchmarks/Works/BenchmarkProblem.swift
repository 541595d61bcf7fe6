import LinearAlgebra
import Networks

/// The network and the examples of every work: 784-512-512-10, ReLU, as `peers/problem.py` has them.
///
/// The distributions are the peers', the bits are not: what is timed does not depend on them.
struct BenchmarkProblem<Element: Scalar> {
    static var widths: [Int] { [784, 512, 512, 10] }

    let network: Network<Element>
    let parameters: Parameters<Element>

    init() throws {
        var layers: [LayerDescription] = []
        for (index, pair) in zip(Self.widths, Self.widths.dropFirst()).enumerated() {
            layers += [.linear("fc\(index + 1)", in: pair.0, out: pair.1), .relu]
        }
        network = try Network(Architecture(input: [Self.widths[0]], layers: layers.dropLast()))
        parameters = Parameters(initialising: network.layout, seed: 0)
    }

    /// Uniform on [0, 1), `[count, 784]`.
    func inputs(_ count: Int) -> Matrix<Element> {
        let result = Matrix<Element>(rows: count, columns: Self.widths[0])
        var source = RandomSource(seed: 0, stream: "inputs")
        result.elements.fillUniform(bound: 0.5, using: &source)
        let shift = Vector<Element>(count: result.columns)
        shift.fill(0.5)
        for row in 0..<count { result.row(row).add(1, shift) }
        return result
    }

    /// Standard normal, `[count, 10]`.
    func targets(_ count: Int) -> Matrix<Element> {
        let result = Matrix<Element>(rows: count, columns: Self.widths.last!)
        var source = RandomSource(seed: 0, stream: "targets")
        result.elements.fillNormal(using: &source)
        return result
    }

    func labels(_ count: Int) -> [Int] {
        var source = RandomSource(seed: 0, stream: "labels")
        return (0..<count).map { _ in source.index(below: Self.widths.last!) }
    }

    /// Standard normal vectors of the parameters' length.
    func vectors(_ count: Int) -> [Vector<Element>] {
        var source = RandomSource(seed: 0, stream: "vectors")
        return (0..<count).map { _ in
            let vector = Vector<Element>(count: network.layout.count)
            vector.fillNormal(using: &source)
            return vector
        }
    }

    func linearisedRegression(
        batch: Int, directions: Int, workers: Workers
    ) throws -> LinearisedNetwork<Element> {
        try LinearisedNetwork(
            network, at: parameters, inputs: inputs(batch), loss: SquaredError(targets: targets(batch)),
            directions: directions, workers: workers)
    }

    /// Multiplications and additions of one linear layer's weights for each example: Σ 2 · in · out.
    static var weightOperations: Double { layerOperations.reduce(0, +) }

    static var layerOperations: [Double] { zip(widths, widths.dropFirst()).map { 2 * Double($0 * $1) } }
}

import LinearAlgebra
import Networks
import TestSupport

extension LinearisedNetwork {
    /// The product with one vector.
    func times(_ curvature: Curvature, _ vector: Vector<Element>) -> Vector<Element> {
        times(curvature, [vector])[0]
    }

    func times(_ curvature: Curvature, _ vectors: [Vector<Element>]) -> [Vector<Element>] {
        let results = vectors.map { Vector<Element>(count: $0.count) }
        // What stands in a result must not matter.
        for result in results { result.fill(.nan) }
        multiply(curvature, by: vectors, into: results)
        return results
    }
}

extension RandomProblem {
    /// Some of the examples, linearised alone.
    func linearised(_ examples: Range<Int>, directions: Int = 0) throws -> LinearisedNetwork<Double> {
        let inputs: Matrix<Double> = try inputs()
        let loss: any Loss<Double> = try loss()
        return try LinearisedNetwork(
            network(), at: parameters(), inputs: inputs.rows(examples), loss: loss.some(examples),
            LinearisationConfiguration(directions: directions, mode: mode, workers: .one))
    }

    /// The gradients of the examples' losses, each from a network linearised on its own example.
    func exampleGradients() throws -> [Vector<Double>] {
        try (0..<examples).map { try linearised($0..<$0 + 1).gradient() }
    }
}

extension Loss {
    /// The loss of some examples alone: the mean over them.
    func some(_ examples: Range<Int>) -> any Loss<Element> {
        switch self {
        case let loss as SquaredError<Element>: SquaredError(targets: loss.targets.rows(examples))
        case let loss as Huber<Element>: Huber(targets: loss.targets.rows(examples))
        case let loss as CrossEntropy<Element>: CrossEntropy<Element>(labels: Array(loss.labels[examples]))
        case let loss as TemporalDifference<Element>:
            TemporalDifference<Element>(
                actions: Array(loss.actions[examples]), targets: Array(loss.targets[examples]))
        default: preconditionFailure("a loss that this test does not know")
        }
    }
}

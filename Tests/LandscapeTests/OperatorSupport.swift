import Krylov
import Landscape
import LinearAlgebra
import Networks
import TestSupport

/// A random problem with everything about its Jacobian formed one by one: the slow oracle of all operators.
struct OperatorBench {
    let linearised: LinearisedNetwork<Double>
    let inputs: Matrix<Double>
    /// `[N · outputs, P]`.
    let jacobian: Matrix<Double>

    var examples: Int { linearised.exampleCount }
    var outputs: Int { linearised.outputs.columns }
    var parameters: Int { jacobian.columns }

    /// - Parameters:
    ///   - loss: nil for the problem's own.
    init(
        _ problem: RandomProblem, loss: ((Matrix<Double>) -> any Loss<Double>)? = nil, directions: Int = 3
    ) throws {
        let own: LinearisedNetwork<Double> = try problem.linearised(directions: directions)
        inputs = try problem.inputs()
        if let loss {
            linearised = try LinearisedNetwork(
                own.network, at: own.parameters, inputs: inputs, loss: loss(own.outputs), directions: directions,
                workers: .one)
        } else {
            linearised = own
        }
        jacobian = try RandomProblem.jacobian(of: linearised, inputs: inputs)
    }

    /// Jᵢ, `[outputs, P]`.
    func jacobian(of example: Int) -> Matrix<Double> {
        jacobian.rows(example * outputs..<(example + 1) * outputs)
    }

    /// (1/N) Σ Jᵢᵀ Cᵢ Jᵢ.
    func sum(_ middle: [Matrix<Double>]) -> Matrix<Double> {
        let result = Matrix<Double>(rows: parameters, columns: parameters)
        let half = Matrix<Double>(rows: outputs, columns: parameters)
        for (example, matrix) in middle.enumerated() {
            half.assign(product: matrix.plain, jacobian(of: example).plain)
            result.assign(
                product: jacobian(of: example).transposed, half.plain, times: 1 / Double(examples), scaling: 1)
        }
        return result
    }

    /// (1/n) Σ g gᵀ over the rows of `vectors`.
    static func secondMoment(_ vectors: Matrix<Double>) -> Matrix<Double> {
        let result = Matrix<Double>(rows: vectors.columns, columns: vectors.columns)
        result.assign(product: vectors.transposed, vectors.plain, times: 1 / Double(vectors.rows))
        return result
    }

    /// gᵢ = Jᵢᵀ ∂ℓᵢ/∂f, `[N, P]`.
    var gradients: Matrix<Double> {
        let result = Matrix<Double>(rows: examples, columns: parameters)
        let cotangents = linearised.loss.gradients(at: linearised.outputs).weights
        for example in 0..<examples {
            for output in 0..<outputs {
                result.row(example).add(cotangents[example, output], jacobian(of: example).row(output))
            }
        }
        return result
    }

    /// The matrix that a kind stands for, formed from its definition; nil where there is none for the loss.
    func matrix(_ configuration: OperatorConfiguration) throws -> Matrix<Double>? {
        switch configuration.kind {
        case .gaussNewton: return sum(linearised.loss.hessians(at: linearised.outputs))
        case .fisher:
            return linearised.loss.kind.hasLikelihood ? sum(linearised.loss.hessians(at: linearised.outputs)) : nil
        case .empiricalFisher: return Self.secondMoment(gradients)
        case .gradientCovariance:
            let centred = gradients
            let mean = Vector<Double>(count: parameters)
            for row in 0..<examples { mean.add(1 / Double(examples), centred.row(row)) }
            for row in 0..<examples { centred.row(row).add(-1, mean) }
            return Self.secondMoment(centred)
        case .tangentKernel:
            let result = Matrix<Double>(rows: jacobian.rows, columns: jacobian.rows)
            result.assign(product: jacobian.plain, jacobian.transposed)
            return result
        case .monteCarloFisher:
            guard
                let factor = linearised.loss.drawnGradients(
                    at: linearised.outputs, samples: configuration.samples, seed: configuration.seed)
            else { return nil }
            return sum(
                (0..<examples).map { example in
                    let rows = factor.weights.rows(factor.rows(of: example))
                    let square = Matrix<Double>(rows: outputs, columns: outputs)
                    square.assign(product: rows.transposed, rows.plain)
                    return square
                })
        case .hessian, .residual: return nil
        }
    }

    /// A problem with two-hot loss: every output of the network is an atom.
    static func twoHot(seed: UInt64) throws -> OperatorBench {
        let problem = try RandomProblem(.mlp, seed: seed, mostParameters: 200)
        return try OperatorBench(problem) { outputs in
            let targets = Matrix<Double>(rows: outputs.rows, columns: 1)
            var source = RandomSource(seed: seed, stream: "two-hot targets")
            targets.elements.fillUniform(bound: 1, using: &source)
            return TwoHot(targets: targets, support: Support(low: -1, high: 1, atoms: outputs.columns))
        }
    }
}

extension SymmetricOperator where Element == Double {
    /// Row i is A eᵢ.
    func dense() throws -> Matrix<Double> {
        let result = Matrix<Double>(rows: dimension, columns: dimension)
        result.fill(.nan)
        let units = (0..<dimension).map { index in
            let unit = Vector<Double>(count: dimension)
            unit[index] = 1
            return unit
        }
        try apply(to: units, into: (0..<dimension).map { result.row($0) })
        return result
    }
}

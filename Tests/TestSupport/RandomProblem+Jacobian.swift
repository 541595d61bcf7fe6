public import LinearAlgebra
public import Networks

extension RandomProblem {
    /// J = ∂f/∂θ, `[N · outputs, P]`, formed row by row from gradients alone: with the one target y = f − ½ K eₖ an
    /// example's squared error has the gradient (2/K) Jᵀ (f − y) = Jᵀ eₖ.
    public func jacobian() throws -> Matrix<Double> {
        let linearised: LinearisedNetwork<Double> = try linearised(directions: 0)
        return try Self.jacobian(of: linearised, inputs: inputs())
    }

    /// The same of a network linearised at `inputs`, whose examples must not be coupled.
    public static func jacobian(
        of linearised: LinearisedNetwork<Double>, inputs: Matrix<Double>
    ) throws -> Matrix<Double> {
        let (network, outputs) = (linearised.network, linearised.outputs)
        let count = outputs.columns
        let result = Matrix<Double>(rows: outputs.rows * count, columns: network.layout.count)
        for row in 0..<result.rows {
            let example = row / count..<row / count + 1
            let target = outputs.rows(example).elements.copy()
            target[row % count] -= 0.5 * Double(count)
            let alone = try LinearisedNetwork(
                network, at: linearised.parameters, inputs: inputs.rows(example),
                loss: SquaredError(targets: target.matrix(rows: 1, columns: count)), directions: 0, workers: .one)
            result.row(row).assign(alone.gradient())
        }
        return result
    }
}

extension Loss where Element == Double {
    /// ∂²ℓᵢ/∂f², `[outputs, outputs]` for each example, from products with unit vectors.
    public func hessians(at outputs: Matrix<Double>) -> [Matrix<Double>] {
        let count = outputs.columns
        let record = makeRecord(examples: outputs.rows, outputs: count)
        let scratch = Matrix<Double>(rows: outputs.rows, columns: count)
        _ = evaluate(outputs, examples: 0..<outputs.rows, record: record, cotangent: scratch)
        let result = (0..<outputs.rows).map { _ in Matrix<Double>(rows: count, columns: count) }
        let unit = Matrix<Double>(rows: outputs.rows, columns: count)
        for output in 0..<count {
            unit.fill(0)
            for row in 0..<outputs.rows { unit[row, output] = Double(outputs.rows) }
            multiplyByHessian(unit, examples: 0..<outputs.rows, record: record, into: scratch)
            for row in 0..<outputs.rows { result[row].row(output).assign(scratch.row(row)) }
        }
        return result
    }
}

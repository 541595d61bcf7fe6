public import LinearAlgebra

/// `huber`: ℓᵢ = (1/K) Σₖ h(fᵢₖ − yᵢₖ), with h(d) = ½d² for |d| ≤ δ and δ(|d| − ½δ) beyond.
///
/// Gradient clamp(d, ±δ)/(NK); Hessian 1/(NK) where |d| ≤ δ, 0 beyond.
public struct Huber<Element: Scalar>: Loss {
    /// y, `[N, outputs]`.
    public let targets: Matrix<Element>
    /// δ.
    public let threshold: Double
    public var kind: LossKind { .huber }
    public var exampleCount: Int { targets.rows }

    public init(targets: Matrix<Element>, threshold: Double = 1) {
        precondition(threshold > 0, "a Huber threshold of \(threshold)")
        self.targets = targets
        self.threshold = threshold
    }

    /// The Hessian's diagonal, `[n, outputs]`.
    public func makeRecord(examples: Int, outputs: Int) -> LayerRecord<Element> {
        LayerRecord(saved: [Matrix(rows: examples, columns: outputs)])
    }

    public func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>, values: Vector<Double>
    ) {
        let differences = zip(outputs.elements.doubles, targets.rows(range).elements.doubles).map { $0 - $1 }
        let factor = 1 / Double(targets.rows * targets.columns)
        let gradient = differences.map { factor * min(max($0, -threshold), threshold) }
        let curvature = differences.map { abs($0) <= threshold ? factor : 0 }
        cotangent.elements.assign(Vector(rounding: gradient))
        record.saved[0].elements.assign(Vector(rounding: curvature))
        for row in 0..<range.count {
            let sum = differences[row * targets.columns..<(row + 1) * targets.columns].reduce(0) { $0 + value($1) }
            values[row] = sum / Double(targets.columns)
        }
    }

    public func multiplyByHessian(
        _ tangent: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        into result: Matrix<Element>
    ) {
        result.elements.assign(product: record.saved[0].elements, tangent.elements)
    }

    private func value(_ d: Double) -> Double {
        abs(d) <= threshold ? 0.5 * d * d : threshold * (abs(d) - 0.5 * threshold)
    }
}

/// No likelihood of ours: nothing is drawn from it.
extension Huber {
    public func hessianRank(outputs: Int) -> Int { outputs }

    /// √(1/K) times the unit vectors of the outputs with |d| ≤ δ.
    public func hessianFactor(at outputs: Matrix<Element>) -> OutputFactor<Element> {
        let scale = (1 / Double(outputs.columns)).squareRoot()
        let rows = (0..<outputs.rows).map { example in
            let differences = zip(outputs.row(example).doubles, targets.row(example).doubles).map { $0 - $1 }
            return differences.indices.filter { abs(differences[$0]) <= threshold }.map { index in
                differences.indices.map { $0 == index ? scale : 0 }
            }
        }
        return OutputFactor(rounding: rows, outputs: outputs.columns)
    }

    public func drawnGradients(
        at outputs: Matrix<Element>, samples: Int, seed: UInt64
    ) -> OutputFactor<Element>? { nil }
}

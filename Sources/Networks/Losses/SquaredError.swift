public import LinearAlgebra

/// `mse` (and `probe`, the same with the network's own outputs plus noise as targets): ℓᵢ = (1/K) Σₖ (fᵢₖ − yᵢₖ)².
///
/// Gradient 2(f − y)/(NK), Hessian 2/(NK) times the identity.
public struct SquaredError<Element: Scalar>: Loss {
    public let kind: LossKind
    /// y, `[N, outputs]`.
    public let targets: Matrix<Element>
    public var exampleCount: Int { targets.rows }

    public init(targets: Matrix<Element>, kind: LossKind = .meanSquaredError) {
        self.targets = targets
        self.kind = kind
    }

    public func makeRecord(examples: Int, outputs: Int) -> LayerRecord<Element> { LayerRecord() }

    public func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>, values: Vector<Double>
    ) {
        cotangent.elements.assign(outputs.elements)
        cotangent.elements.add(-1, targets.rows(range).elements)
        for row in 0..<range.count {
            let difference = cotangent.row(row)
            values[row] = difference.dot(difference) / Double(targets.columns)
        }
        cotangent.elements.scale(by: curvature)
    }

    public func multiplyByHessian(
        _ tangent: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        into result: Matrix<Element>
    ) {
        result.elements.assign(tangent.elements)
        result.elements.scale(by: curvature)
    }

    private var curvature: Element { 2 / Element(targets.rows * targets.columns) }
}

/// −log p of a Gaussian of variance K/2 in every output, up to a constant.
extension SquaredError {
    public func hessianRank(outputs: Int) -> Int { outputs }

    /// √(2/K) times the unit vectors.
    public func hessianFactor(at outputs: Matrix<Element>) -> OutputFactor<Element> {
        let factor = OutputFactor<Element>.identity(examples: outputs.rows, outputs: outputs.columns)
        factor.weights.elements.scale(by: Element((2 / Double(outputs.columns)).squareRoot()))
        return factor
    }

    /// 2(f − y)/K with y = f + √(K/2) ε: √(2/K) ε with ε standard normal, whichever sign it has.
    public func drawnGradients(
        at outputs: Matrix<Element>, samples: Int, seed: UInt64
    ) -> OutputFactor<Element>? {
        let weights = Matrix<Element>(rows: outputs.rows * samples, columns: outputs.columns)
        for example in 0..<outputs.rows {
            var source = RandomSource(targetsOf: example, seed: seed)
            for sample in 0..<samples { weights.row(example * samples + sample).fillNormal(using: &source) }
        }
        weights.elements.scale(by: Element((2 / Double(outputs.columns * samples)).squareRoot()))
        return OutputFactor(weights, rowsOfExamples: Array(repeating: samples, count: outputs.rows))
    }
}

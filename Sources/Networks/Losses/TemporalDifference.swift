public import LinearAlgebra

/// `td`: ℓᵢ = (f(sᵢ, aᵢ) − yᵢ)² with yᵢ = rᵢ + γ f(sᵢ′, aᵢ′; θ′) held constant.
///
/// Gradient 2(f − y)/N and Hessian 2/N on the output of the action taken; every other output has none.
public struct TemporalDifference<Element: Scalar>: Loss {
    /// a, `[N]`.
    public let actions: [Int]
    /// y, `[N]`.
    public let targets: [Double]
    public var kind: LossKind { .temporalDifference }
    public var exampleCount: Int { actions.count }

    public init(actions: [Int], targets: [Double]) {
        precondition(actions.count == targets.count, "\(actions.count) actions with \(targets.count) targets")
        self.actions = actions
        self.targets = targets
    }

    public func makeRecord(examples: Int, outputs: Int) -> LayerRecord<Element> { LayerRecord() }

    public func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>
    ) -> [Double] {
        cotangent.fill(0)
        return (0..<range.count).map { row in
            let example = range.lowerBound + row
            let action = actions[example]
            let error = Double(outputs[row, action]) - targets[example]
            cotangent[row, action] = Element(error * curvature)
            return error * error
        }
    }

    public func multiplyByHessian(
        _ tangent: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        into result: Matrix<Element>
    ) {
        result.fill(0)
        let factor = Element(curvature)
        for row in 0..<range.count {
            let action = actions[range.lowerBound + row]
            result[row, action] = factor * tangent[row, action]
        }
    }

    private var curvature: Double { 2 / Double(actions.count) }
}

/// −log p of a Gaussian of variance ½ in the output of the action, up to a constant.
extension TemporalDifference {
    public func hessianRank(outputs: Int) -> Int { 1 }

    /// √2 times the unit vector of the action.
    public func hessianFactor(at outputs: Matrix<Element>) -> OutputFactor<Element> {
        OutputFactor(
            rounding: actions.map { [unit($0, times: 2.0.squareRoot(), outputs)] }, outputs: outputs.columns)
    }

    /// 2(f − y) on the action with y = f + √½ ε: √2 ε with ε standard normal, whichever sign it has.
    public func drawnGradients(
        at outputs: Matrix<Element>, samples: Int, seed: UInt64
    ) -> OutputFactor<Element>? {
        let scale = (2 / Double(samples)).squareRoot()
        let rows = actions.enumerated().map { example, action in
            var source = RandomSource(targetsOf: example, seed: seed)
            return (0..<samples).map { _ in unit(action, times: scale * source.normal(), outputs) }
        }
        return OutputFactor(rounding: rows, outputs: outputs.columns)
    }

    private func unit(_ index: Int, times factor: Double, _ outputs: Matrix<Element>) -> [Double] {
        (0..<outputs.columns).map { $0 == index ? factor : 0 }
    }
}

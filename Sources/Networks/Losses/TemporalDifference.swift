public import LinearAlgebra

/// `td`: ℓᵢ = (f(sᵢ, aᵢ) − yᵢ)² with yᵢ = rᵢ + γ f(sᵢ′, aᵢ′; θ′) held constant; or `huber`: ℓᵢ = h(f(sᵢ, aᵢ) − yᵢ) with
/// h(d) = ½d² for |d| ≤ δ and δ(|d| − ½δ) beyond.
///
/// Gradient 2d/N and Hessian 2/N on the output of the action taken, or clamp(d, ±δ)/N and 1/N where |d| ≤ δ, 0 beyond;
/// every other output has none.
///
/// Source: Mnih et al. 2015; Huber's function with δ = 1 is what its "error clipping" to ±1 amounts to.
public struct TemporalDifference<Element: Scalar>: Loss {
    public let penalty: ErrorPenalty
    private let selected: SelectedTargets
    /// a, `[N]`.
    public var actions: [Int] { selected.outputs }
    /// y, `[N]`.
    public var targets: [Double] { selected.values }
    public var kind: LossKind { penalty == .squared ? .temporalDifference : .huber }
    public var exampleCount: Int { selected.count }

    /// - Parameter targets: read whenever the loss is evaluated, not copied.
    public init(_ targets: SelectedTargets, penalty: ErrorPenalty = .squared) {
        selected = targets
        self.penalty = penalty
    }

    public init(actions: [Int], targets: [Double], penalty: ErrorPenalty = .squared) {
        self.init(SelectedTargets(outputs: actions, values: targets), penalty: penalty)
    }

    /// h″, `[n, 1]`.
    public func makeRecord(examples: Int, outputs: Int) -> LayerRecord<Element> {
        LayerRecord(saved: [Matrix(rows: examples, columns: 1)])
    }

    public func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>, values: Vector<Double>
    ) {
        cotangent.fill(0)
        let share = 1 / Double(exampleCount)
        for row in 0..<range.count {
            let (action, target) = selected[range.lowerBound + row]
            let error = Double(outputs[row, action]) - target
            cotangent[row, action] = Element(share * penalty.slope(error))
            record.saved[0][row, 0] = Element(penalty.curvature(error))
            values[row] = penalty.value(error)
        }
    }

    public func multiplyByHessian(
        _ tangent: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        into result: Matrix<Element>
    ) {
        result.fill(0)
        let share = 1 / Double(exampleCount)
        for row in 0..<range.count {
            let action = selected[range.lowerBound + row].output
            result[row, action] = Element(share * Double(record.saved[0][row, 0])) * tangent[row, action]
        }
    }

    public func selecting<Other: Scalar>(_ rows: [Int], in precision: Other.Type) -> any Loss<Other> {
        TemporalDifference<Other>(
            actions: rows.map { selected[$0].output }, targets: rows.map { selected[$0].value }, penalty: penalty)
    }
}

/// Squared, −log p of a Gaussian of variance ½ in the output of the action, up to a constant; Huber's is no likelihood of
/// ours.
extension TemporalDifference {
    public func hessianRank(outputs: Int) -> Int { 1 }

    /// √h″ times the unit vector of the action, where there is any curvature.
    public func hessianFactor(at outputs: Matrix<Element>) -> OutputFactor<Element> {
        let rows = actions.indices.map { example -> [[Double]] in
            let (action, target) = selected[example]
            let curvature = penalty.curvature(Double(outputs[example, action]) - target)
            return curvature > 0 ? [unit(action, times: curvature.squareRoot(), outputs)] : []
        }
        return OutputFactor(rounding: rows, outputs: outputs.columns)
    }

    /// 2(f − y) on the action with y = f + √½ ε: √2 ε with ε standard normal, whichever sign it has.
    public func drawnGradients(
        at outputs: Matrix<Element>, samples: Int, seed: UInt64
    ) -> OutputFactor<Element>? {
        guard penalty == .squared else { return nil }
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

/// How an error d = f − y is weighed.
public enum ErrorPenalty: Sendable, Equatable {
    /// d².
    case squared
    /// ½d² for |d| ≤ δ, δ(|d| − ½δ) beyond.
    case huber(threshold: Double)

    /// h(d).
    func value(_ d: Double) -> Double {
        switch self {
        case .squared: d * d
        case .huber(let threshold): abs(d) <= threshold ? 0.5 * d * d : threshold * (abs(d) - 0.5 * threshold)
        }
    }

    /// h′(d); what is not a number stays one.
    func slope(_ d: Double) -> Double {
        switch self {
        case .squared: 2 * d
        case .huber(let threshold): abs(d) > threshold ? (d > 0 ? threshold : -threshold) : d
        }
    }

    /// h″(d).
    func curvature(_ d: Double) -> Double {
        switch self {
        case .squared: 2
        case .huber(let threshold): abs(d) <= threshold ? 1 : 0
        }
    }
}

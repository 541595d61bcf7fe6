public import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `two-hot`: regression as classification. ℓᵢ = (1/K) Σₖ −Σⱼ tⱼ log pⱼ with p the softmax of output k's logits and t the
/// two-hot encoding of its target: all probability on the two atoms of the support around it, with the target as mean.
/// Where one output of each example has a target, as in temporal-difference learning, the loss is that output's alone.
///
/// Gradient (p − t)/(NK), Hessian (diag p − p pᵀ)/(NK), output by output.
///
/// As in `CrossEntropy`, neither is left to the difference of large numbers. With s = Σ p over the other atoms and q the
/// second of the two's share of both, p − t on the two is (τ − q) − s (1 − q) and (q − τ) − s q: for a target on an atom
/// (τ = 0 or 1) no digit is lost however well it is fitted, and between atoms all is in double precision.
///
/// Source: Lyle et al. 2023, section 5; the encoding as in Schrittwieser et al. 2020, appendix F.
public struct TwoHot<Element: Scalar>: Loss {
    public let support: Support
    public let exampleCount: Int
    public var kind: LossKind { .twoHot }
    /// Of one example.
    private let targetCount: Int
    private let targets: Source

    /// Where targets are read whenever the loss is evaluated.
    private enum Source: Sendable {
        /// One for every output, `[N · outputs]`.
        case all([Double])
        /// One for one output of each example.
        case selected(SelectedTargets)
    }

    /// - Parameter targets: y, `[N, outputs]`.
    public init(targets: Matrix<Element>, support: Support) {
        self.init(.all(targets.elements.doubles), examples: targets.rows, support)
    }

    /// - Parameters:
    ///   - outputs: which one of each example's outputs has a target, `[N]`.
    ///   - targets: y, `[N]`.
    public init(outputs: [Int], targets: [Double], support: Support) {
        self.init(SelectedTargets(outputs: outputs, values: targets), support: support)
    }

    /// - Parameter targets: read whenever the loss is evaluated, not copied.
    public init(_ targets: SelectedTargets, support: Support) {
        self.init(.selected(targets), examples: targets.count, support)
    }

    private init(_ targets: Source, examples: Int, _ support: Support) {
        self.support = support
        self.targets = targets
        exampleCount = examples
        targetCount =
            switch targets {
            case .all(let values): values.count / max(1, examples)
            case .selected: 1
            }
    }

    /// The targets that are outside the support, and are moved to its ends.
    public var clippedTargets: Int {
        let values =
            switch targets {
            case .all(let values): values
            case .selected(let targets): targets.values
            }
        return values.count { $0 < support.low || $0 > support.high }
    }

    /// y number `row` of the examples from `first` on.
    private func target(_ row: Int, from first: Int) -> Double {
        switch targets {
        case .all(let values): values[first * targetCount + row]
        case .selected(let targets): targets[first + row].value
        }
    }

    /// The output of example `example` that its target number `target` is for.
    private func output(_ target: Int, of example: Int) -> Int {
        switch targets {
        case .all: target
        case .selected(let targets): targets[example].output
        }
    }

    private var isSelected: Bool { if case .selected = targets { true } else { false } }

    /// p, a tangent of the logits and the Hessian times it, `[n · targets, atoms]`, and the index of the largest p,
    /// `[n · targets, 1]`.
    public func makeRecord(examples: Int, outputs: Int) -> LayerRecord<Element> {
        precondition(
            outputs % support.atoms == 0 && (isSelected || outputs == targetCount * support.atoms),
            "\(outputs) logits for \(targetCount) targets on \(support.atoms) atoms")
        let rows = examples * targetCount
        return LayerRecord(
            saved: (0..<3).map { _ in Matrix(rows: rows, columns: support.atoms) } + [Matrix(rows: rows, columns: 1)])
    }

    public func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>, values: Vector<Double>
    ) {
        let (probabilities, logits) = (record.saved[0], record.saved[1])
        for row in 0..<logits.rows { logits.row(row).assign(block(row, of: outputs, range)) }
        values.fill(0)
        let gradient = record.saved[2]
        for row in 0..<logits.rows {
            let logSum = probabilities.row(row).assign(softmax: logits.row(row))
            let target = support.encoding(of: target(row, from: range.lowerBound))
            let (first, second) = (Double(logits[row, target.lower]), Double(logits[row, target.lower + 1]))
            values[row / targetCount] += logSum - ((1 - target.share) * first + target.share * second)
            let differences = gradient.row(row)
            differences.assign(probabilities.row(row))
            differences[target.lower] = 0
            differences[target.lower + 1] = 0
            let others = differences.sum
            let (share, rest) = (1 / (1 + exp(first - second)), 1 / (1 + exp(second - first)))
            // q − τ, from whichever of q and 1 − q is exact where τ is 0 or 1.
            let excess = target.share <= 0.5 ? share - target.share : (1 - target.share) - rest
            differences[target.lower] = Element(-excess - others * rest)
            differences[target.lower + 1] = Element(excess - others * share)
            record.saved[3][row, 0] = Element(probabilities.row(row).indexOfLargest)
        }
        gradient.elements.scale(by: factor)
        scatter(gradient, range, into: cotangent)
        for row in 0..<range.count { values[row] /= Double(targetCount) }
    }

    public func multiplyByHessian(
        _ tangent: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        into result: Matrix<Element>
    ) {
        let (relative, product) = (record.saved[1], record.saved[2])
        for row in 0..<relative.rows {
            let entries = block(row, of: tangent, range)
            relative.row(row).fill(-entries[Int(record.saved[3][row, 0])])
            relative.row(row).add(1, entries)
        }
        product.assign(softmaxHessian: record.saved[0], times: relative, factor: factor)
        scatter(product, range, into: result)
    }

    public func selecting<Other: Scalar>(_ rows: [Int], in precision: Other.Type) -> any Loss<Other> {
        switch targets {
        case .all(let values):
            TwoHot<Other>(
                .all(rows.flatMap { values[$0 * targetCount..<($0 + 1) * targetCount] }), examples: rows.count, support)
        case .selected(let targets):
            TwoHot<Other>(
                outputs: rows.map { targets[$0].output }, targets: rows.map { targets[$0].value }, support: support)
        }
    }

    private var factor: Element { 1 / Element(exampleCount * targetCount) }

    /// The logits, among those of the examples `range`, of the output that the examples' target number `row` is for.
    private func block(_ row: Int, of all: Matrix<Element>, _ range: Range<Int>) -> Vector<Element> {
        let example = row / targetCount
        let first = support.atoms * output(row % targetCount, of: range.lowerBound + example)
        return all.row(example)[first..<first + support.atoms]
    }

    /// Puts each target's row where its logits lie; logits that no target is for take zeros.
    private func scatter(_ rows: Matrix<Element>, _ range: Range<Int>, into all: Matrix<Element>) {
        if isSelected { all.fill(0) }
        for row in 0..<rows.rows { block(row, of: all, range).assign(rows.row(row)) }
    }
}

/// Independent categorical distributions, one for each output with a target; −log p is divided by their number K.
extension TwoHot {
    public func hessianRank(outputs: Int) -> Int { targetCount * (support.atoms - 1) }

    /// √(1/K) times the factors of the outputs' distributions, each where its logits lie.
    public func hessianFactor(at outputs: Matrix<Element>) -> OutputFactor<Element> {
        let rows = (0..<outputs.rows).map { example in
            forEachTarget(of: example, outputs) { distribution in distribution.hessianFactor() }
        }
        return OutputFactor(rounding: rows, outputs: outputs.columns)
    }

    /// √(1/K) (p − e_y) with y drawn from p, output by output; independent draws make the mean of s sᵀ block diagonal, as
    /// the Hessian is.
    public func drawnGradients(
        at outputs: Matrix<Element>, samples: Int, seed: UInt64
    ) -> OutputFactor<Element>? {
        let rows = (0..<outputs.rows).map { example in
            var source = RandomSource(targetsOf: example, seed: seed)
            return (0..<samples).map { _ in
                let parts = forEachTarget(of: example, outputs) { [$0.drawnGradient(using: &source)] }
                let scale = 1 / Double(samples).squareRoot()
                return (0..<outputs.columns).map { index in
                    parts.reduce(0) { $0 + $1[index] } * scale
                }
            }
        }
        return OutputFactor(rounding: rows, outputs: outputs.columns)
    }

    /// The vectors that `make` gives for the distribution of each of the example's targets, scaled and put where the
    /// target's logits lie.
    private func forEachTarget(
        of example: Int, _ outputs: Matrix<Element>, _ make: (CategoricalFactor) -> [[Double]]
    ) -> [[Double]] {
        let scale = 1 / Double(targetCount).squareRoot()
        return (0..<targetCount).flatMap { target in
            let first = support.atoms * output(target, of: example)
            let logits = outputs.row(example)[first..<first + support.atoms]
            return make(CategoricalFactor(logits: logits)).map { part in
                var row = [Double](repeating: 0, count: outputs.columns)
                for (atom, value) in part.enumerated() { row[first + atom] = value * scale }
                return row
            }
        }
    }
}

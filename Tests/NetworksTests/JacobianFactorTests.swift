import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Factors of losses' Hessians, and gradients at drawn targets, against the Hessians themselves.
@Suite struct JacobianFactorTests {
    static let names = ["mse", "cross-entropy", "td", "huber", "two-hot", "two-hot of actions"]

    /// Oracle: ∂²ℓᵢ/∂f² from products with unit vectors; entries of order one, each to rounding.
    @Test(arguments: names) func factorsAreSquareRootsOfTheHessians(_ name: String) {
        let outputs = Self.outputs
        let loss = Self.loss(name)
        let factor = loss.hessianFactor(at: outputs)
        for (example, hessian) in loss.hessians(at: outputs).enumerated() {
            #expect(factor.rows(of: example).count <= loss.hessianRank(outputs: outputs.columns))
            #expect(distance(Self.square(factor, example).array, hessian.array) <= 1e-14)
        }
    }

    /// Oracle: the Hessian of cross-entropy at logits that leave probabilities down to 10⁻³⁰⁰: its small diagonal entries
    /// are p(1 − p), kept to relative rounding; and logits far apart, of which all but one have none.
    @Test func smallProbabilitiesKeepTheirDigits() {
        let outputs = Vector([0, -690, -40, 1, -1e5, 0, 1e5, 3] as [Double]).matrix(rows: 2, columns: 4)
        let factor = CrossEntropy<Double>(labels: [0, 1]).hessianFactor(at: outputs)
        let p = Matrix<Double>(rows: 2, columns: 4)
        _ = p.assign(softmax: outputs)
        for example in 0..<2 {
            let square = Self.square(factor, example)
            for k in 0..<4 {
                let others = (0..<4).reduce(0) { $1 == k ? $0 : $0 + p[example, $1] }
                #expect(abs(square[k, k] - p[example, k] * others) <= 1e-14 * p[example, k] * others)
            }
        }
        #expect(factor.weights.elements.isFinite)
    }

    /// Oracle: the Hessian, entry by entry within six standard errors of 20 000 draws (one in 10⁸ by chance), which leaves
    /// them within a few hundredths.
    @Test(arguments: names) func drawnGradientsHaveTheHessianAsTheirMean(_ name: String) throws {
        let outputs = Self.outputs
        let loss = Self.loss(name)
        let samples = 20_000
        guard let factor = loss.drawnGradients(at: outputs, samples: samples, seed: 5) else {
            #expect(loss.kind == .huber && !loss.kind.hasLikelihood)
            return
        }
        for (example, hessian) in loss.hessians(at: outputs).enumerated() {
            let rows = factor.rows(of: example)
            #expect(rows.count == samples)
            for k in 0..<outputs.columns {
                for l in 0...k {
                    // Rows carry 1/√m, so products are 1/m of one draw's.
                    let products = rows.map {
                        factor.weights[$0, k] * factor.weights[$0, l] * Double(samples)
                    }
                    let mean = products.reduce(0, +) / Double(samples)
                    let variance = products.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(samples - 1)
                    let error = (variance / Double(samples)).squareRoot()
                    #expect(abs(mean - hessian[k, l]) <= 6 * error + 1e-14, "\(example): \(k), \(l)")
                    #expect(error < 0.05)
                }
            }
        }
    }

    /// Oracle: the same draws. More samples add to them, fewer examples leave the others' as they were; other seeds differ.
    @Test(arguments: names) func drawsAreEachExamplesOwn(_ name: String) throws {
        let outputs = Self.outputs
        let loss = Self.loss(name)
        guard let few = loss.drawnGradients(at: outputs, samples: 3, seed: 5),
            let many = loss.drawnGradients(at: outputs, samples: 12, seed: 5),
            let other = loss.drawnGradients(at: outputs, samples: 12, seed: 6)
        else { return }
        for example in 0..<outputs.rows {
            for sample in 0..<3 {
                // √3 and √12 are taken out again.
                let (short, long) = (
                    few.weights.row(few.rows(of: example).lowerBound + sample),
                    many.weights.row(many.rows(of: example).lowerBound + sample)
                )
                #expect(distance(short.doubles, long.doubles.map { 2 * $0 }) <= 1e-15 * 8)
            }
        }
        #expect(many.weights.array != other.weights.array)
    }

    /// Oracle: the values and derivatives of the loss converted there and back.
    @Test(arguments: names) func conversionKeepsTheLoss(_ name: String) {
        let outputs = Self.outputs
        let loss = Self.loss(name)
        let all = Array(0..<loss.exampleCount)
        let back = loss.selecting(all, in: Float.self).selecting(all, in: Double.self)
        #expect(back.kind == loss.kind && back.exampleCount == loss.exampleCount)
        // Targets of order one, rounded once; two-hot and transitions hold theirs in double.
        let difference = distance(
            back.gradients(at: outputs).weights.array, loss.gradients(at: outputs).weights.array)
        #expect(difference <= 1e-6)
    }

    private static let count = 5
    private static let outputs: Matrix<Double> = {
        let result = Matrix<Double>(rows: count, columns: 6)
        var source = RandomSource(seed: 3)
        result.elements.fillNormal(using: &source)
        return result
    }()

    private static func loss(_ name: String) -> any Loss<Double> {
        var source = RandomSource(seed: 4)
        let targets = Matrix<Double>(rows: count, columns: 6)
        targets.elements.fillNormal(using: &source)
        let labels = (0..<count).map { $0 % 6 }
        let actions = (0..<count).map { $0 % 2 }
        let support = Support(low: -1, high: 1, atoms: 3)
        switch name {
        case "mse": return SquaredError(targets: targets)
        case "cross-entropy": return CrossEntropy(labels: labels)
        case "td": return TemporalDifference(actions: labels, targets: targets.columns(0..<1).array)
        case "huber": return Huber(targets: targets, threshold: 1)
        case "two-hot":
            return TwoHot(
                targets: Vector(targets.columns(0..<2).array).matrix(rows: count, columns: 2), support: support)
        default: return TwoHot(outputs: actions, targets: targets.columns(0..<1).array, support: support)
        }
    }

    /// Σ w wᵀ over the rows of one example.
    private static func square(_ factor: OutputFactor<Double>, _ example: Int) -> Matrix<Double> {
        let rows = factor.weights.rows(factor.rows(of: example))
        let result = Matrix<Double>(rows: rows.columns, columns: rows.columns)
        if rows.rows > 0 { result.assign(product: rows.transposed, rows.plain) }
        return result
    }
}

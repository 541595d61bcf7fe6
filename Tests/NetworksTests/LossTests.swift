import Files
import Foundation
import LinearAlgebra
import Networks
import Testing

/// Oracle: each loss's formula, its gradient and its Hessian worked out by hand for a few outputs.
@Suite struct LossTests {
    /// f = (1, −3, 0.5), (2, 2, 2) against y = (0, 0, 0), (2, 4, 1.5); K = 3, N = 2, δ = 1.
    /// d = (1, −3, ½): h = ½, 2.5, ⅛. d = (0, −2, ½): h = 0, 1.5, ⅛.
    @Test func huber() {
        let found = evaluate(
            Huber(targets: matrix([[0, 0, 0], [2, 4, 1.5]])), at: [[1, -3, 0.5], [2, 2, 2]])
        #expect(close(found.losses, [3.125 / 3, 1.625 / 3]))
        #expect(close(found.gradient, [1, -1, 0.5, 0, -1, 0.5].map { $0 / 6 }))
        // |d| = δ belongs to the curved part.
        #expect(close(found.curvature, [1, 0, 1, 1, 0, 1].map { $0 / 6 }))
    }

    /// δ = 2 with d = 3: 2 (3 − 1) = 4, slope 2, no curvature. δ far above every d: half of the squared error.
    @Test func hubersThresholdDecides() {
        let found = evaluate(Huber(targets: matrix([[0, 0]]), threshold: 2), at: [[3, -1]])
        #expect(close(found.losses, [2.25]) && close(found.gradient, [1, -0.5]) && close(found.curvature, [0, 0.5]))
        let wide = evaluate(Huber(targets: matrix([[0, 0]]), threshold: 1e300), at: [[3, -1]])
        let square = evaluate(SquaredError(targets: matrix([[0, 0]])), at: [[3, -1]])
        #expect(
            close(wide.losses.map { 2 * $0 }, square.losses) && close(wide.gradient.map { 2 * $0 }, square.gradient))
    }

    /// δ = 1, d = 3 and −½ on the actions 1 and 0, N = 2: 2.5 with slope ½ and no curvature, ⅛ with slope −¼ and curvature ½.
    @Test func huberOfTemporalDifferences() {
        let loss = TemporalDifference<Double>(actions: [1, 0], targets: [-1, 2.5], penalty: .huber(threshold: 1))
        let found = evaluate(loss, at: [[7, 2], [2, 9]])
        #expect(close(found.losses, [2.5, 0.125]) && close(found.gradient, [0, 0.5, -0.25, 0]))
        #expect(close(found.curvature, [0, 0, 0.5, 0]))
        #expect(loss.kind == .huber && loss.drawnGradients(at: matrix([[7, 2], [2, 9]]), samples: 1, seed: 0) == nil)
        let squared = TemporalDifference<Double>(actions: [1, 0], targets: [-1, 2.5])
        let square = evaluate(squared, at: [[7, 2], [2, 9]])
        #expect(close(square.losses, [9, 0.25]) && close(square.gradient, [0, 3, -0.5, 0]))
        #expect(close(square.curvature, [0, 1, 1, 0]) && squared.kind == .temporalDifference)
    }

    /// d = (1, −3), (0, 2): means of squares 5 and 2; gradient 2d/(NK) = d/2.
    @Test func squaredError() {
        let found = evaluate(SquaredError(targets: matrix([[0, 0], [1, 1]])), at: [[1, -3], [1, 3]])
        #expect(close(found.losses, [5, 2]) && close(found.gradient, [0.5, -1.5, 0, 1]))
        #expect(close(found.curvature, [0.5, 0.5, 0.5, 0.5]))
    }

    /// f = (0, log 3): p = (¼, ¾). −log p, (p − e)/N and (diag p − ppᵀ)/N, whose diagonal is 3/16 and off diagonal −3/16.
    @Test func crossEntropy() {
        let logThree = 1.0986122886681098
        let loss = CrossEntropy<Double>(labels: [0, 1])
        let found = evaluate(loss, at: [[0, logThree], [1000, 1000 + logThree]])
        #expect(close(found.losses, [1.3862943611198906, 0.2876820724517809], 1e-12))
        #expect(close(found.gradient, [-0.375, 0.375, 0.125, -0.125], 1e-12))
        // Times a tangent of ones a row that sums to zero; times a unit vector, the diagonal.
        #expect(close(found.curvature, [0, 0, 0, 0], 1e-12))
        let unit = evaluate(loss, at: [[0, logThree], [0, logThree]], tangent: [[1, 0], [0, 1]])
        #expect(close(unit.curvature, [3, -3, -3, 3].map { $0 / 32 }, 1e-12))
    }

    /// Logits far apart: −log p is their difference, in either order, and nothing overflows.
    @Test(arguments: [1e2, 1e4, 1e30] as [Double]) func crossEntropyOfFarLogits(_ size: Double) {
        let loss = CrossEntropy<Float>(labels: [0, 1])
        let outputs = Matrix<Float>(rows: 2, columns: 2)
        let cotangent = Matrix<Float>(rows: 2, columns: 2)
        outputs[0, 1] = Float(size)
        outputs[1, 1] = Float(size)
        let losses = loss.evaluate(
            outputs, examples: 0..<2, record: loss.makeRecord(examples: 2, outputs: 2), cotangent: cotangent)
        #expect(abs(losses[0] / Double(Float(size)) - 1) < 1e-7 && losses[1] >= 0 && losses[1] < 1e-40)
        #expect(cotangent.array.allSatisfy { $0.isFinite } && abs(cotangent[0, 0] + 0.5) < 1e-6)
    }

    /// Of two logits the loss is log1p(exp(−gap)), which log Σ exp − f_y rounds to a multiple of the logit's eps, or to 0.
    @Test(arguments: [5, 20, 37, 100, 700] as [Double]) func crossEntropyKeepsItsDigitsWhereItIsSmall(_ gap: Double) {
        let loss = CrossEntropy<Double>(labels: [0])
        let outputs = matrix([[gap, 0]])
        let found = loss.evaluate(
            outputs, examples: 0..<1, record: loss.makeRecord(examples: 1, outputs: 2), cotangent: matrix([[0, 0]]))
        #expect(abs(found[0] / log1p(exp(-gap)) - 1) < 1e-12)
    }

    /// Fitted to 10⁻⁶ … 10⁻¹³, by the label or by another class: gradient and Hessian in single precision agree with those
    /// in double in relative terms, entry by entry. Logits are
    /// multiples of ¼, the same in both; ten roundings leave 10⁻⁶.
    @Test(arguments: [14, 20, 30] as [Double]) func crossEntropyOfFittedExamples(_ gap: Double) {
        let logits: [Double] = [0.25, gap, -0.5, 1, gap, 0.75, 0, gap - 13, gap]
        let labels = [1, 0, 2]
        let direction: [Double] = [0.5, -2, 1, 3, 1, -1, 0.25, 2, 4]
        func found<Element: Scalar>(_: Element.Type) -> (gradient: [Double], product: [Double]) {
            let loss = CrossEntropy<Element>(labels: labels)
            let f = Vector<Element>(rounding: logits).matrix(rows: 3, columns: 3)
            let cotangent = Matrix<Element>(rows: 3, columns: 3)
            let product = Matrix<Element>(rows: 3, columns: 3)
            let record = loss.makeRecord(examples: 3, outputs: 3)
            _ = loss.evaluate(f, examples: 0..<3, record: record, cotangent: cotangent)
            let tangent = Vector<Element>(rounding: direction).matrix(rows: 3, columns: 3)
            loss.multiplyByHessian(tangent, examples: 0..<3, record: record, into: product)
            return (cotangent.elements.doubles, product.elements.doubles)
        }
        let single = found(Float.self)
        let double = found(Double.self)
        #expect(close(single.gradient, double.gradient, relative: 1e-6))
        #expect(close(single.product, double.product, relative: 1e-6))
        // Example 0 by hand: p₀ = e^(¼ − gap), p₂ = e^(−½ − gap) over a sum of 1 + p₀ + p₂.
        let a = exp(0.25 - gap)
        let c = exp(-0.5 - gap)
        let sum = 1 + a + c
        let gradient = [a, -(a + c), c].map { $0 / sum / 3 }
        #expect(close(Array(double.gradient[0..<3]), gradient, relative: 1e-13))
        // t relative to its entry 1 is (2.5, 0, 3).
        let mean = (2.5 * a + 3 * c) / sum
        let probabilities = [a / sum, 1 / sum, c / sum]
        let relative = [2.5, 0, 3]
        let product = zip(probabilities, relative).map { $0 * ($1 - mean) / 3 }
        #expect(close(Array(double.product[0..<3]), product, relative: 1e-13))
    }

    /// Only the output of the action taken has a loss: errors 1 and −4 of N = 2.
    @Test func temporalDifference() {
        let found = evaluate(TemporalDifference<Double>(actions: [1, 0], targets: [2, 5]), at: [[9, 3], [1, 9]])
        #expect(close(found.losses, [1, 16]) && close(found.gradient, [0, 1, -4, 0]))
        #expect(close(found.curvature, [0, 1, 1, 0]))
    }

    /// A loss sees one tile of its examples at a time: the second alone gives what it gives in the whole.
    @Test(arguments: [0, 1, 2, 3]) func tilesSeeTheirOwnExamples(_ which: Int) {
        let losses: [any Loss<Double>] = [
            SquaredError(targets: matrix([[0, 0], [1, 2], [3, 1]])),
            Huber(targets: matrix([[0, 0], [1, 2], [3, 1]])),
            CrossEntropy(labels: [0, 1, 0]), TemporalDifference(actions: [1, 0, 1], targets: [1, 2, 3]),
        ]
        let loss = losses[which]
        let outputs: [[Double]] = [[1, 2], [3, 5], [0.5, 0.2]]
        let whole = evaluate(loss, at: outputs)
        let part = evaluate(loss, at: Array(outputs[1...]), range: 1..<3)
        #expect(Array(whole.losses[1...]) == part.losses && Array(whole.gradient[2...]) == part.gradient)
        #expect(Array(whole.curvature[2...]) == part.curvature)
    }

    /// Names as commands and PyTorch write them.
    @Test func namesAreRead() {
        #expect(LossKind(named: "cross_entropy") == .crossEntropy && LossKind(named: "cross-entropy") == .crossEntropy)
        #expect(LossKind(named: "td") == .temporalDifference && LossKind(named: "two_hot") == .twoHot)
    }

    @Test func targetsThatDoNotFitAreRefused() throws {
        func text(_ kind: LossKind, _ targets: Targets<Double>) -> String {
            do throws(Fault) {
                _ = try kind.bound(to: targets, outputs: 2)
                return "nothing"
            } catch {
                return error.kind == .data ? error.description : "\(error.kind)"
            }
        }
        #expect(text(.crossEntropy, .labels([0, 2])).contains("label 2 of example 1"))
        #expect(text(.meanSquaredError, .labels([-1])).contains("label -1 of example 0"))
        #expect(text(.meanSquaredError, .values(matrix([[1, 2, 3]]))).contains("3 values an example"))
        #expect(text(.crossEntropy, .values(matrix([[1, 2]]))).contains("needs class labels"))
        #expect(text(.temporalDifference, .labels([0])).contains("needs transitions"))
        #expect(text(.temporalDifference, .selected(outputs: [2], values: [0])).contains("action 2"))
        #expect(
            text(.crossEntropy, .selected(outputs: [0], values: [0])).contains("loss cross-entropy cannot use"))
    }

    private func matrix(_ rows: [[Double]]) -> Matrix<Double> {
        Vector(rows.flatMap { $0 }).matrix(rows: rows.count, columns: rows[0].count)
    }

    /// Losses, gradient, and the Hessian times `tangent` (ones where nil).
    private func evaluate(
        _ loss: some Loss<Double>, at outputs: [[Double]], range: Range<Int>? = nil, tangent: [[Double]]? = nil
    ) -> (losses: [Double], gradient: [Double], curvature: [Double]) {
        let f = matrix(outputs)
        let gradient = matrix(outputs)
        let product = matrix(outputs)
        let range = range ?? 0..<outputs.count
        let record = loss.makeRecord(examples: f.rows, outputs: f.columns)
        let losses = loss.evaluate(f, examples: range, record: record, cotangent: gradient)
        let direction = matrix(tangent ?? outputs.map { $0.map { _ in 1 } })
        loss.multiplyByHessian(direction, examples: range, record: record, into: product)
        return (losses, gradient.array, product.array)
    }

    private func close(_ a: [Double], _ b: [Double], relative tolerance: Double) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * abs($1) }
    }

    private func close(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-15) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
    }
}

import Files
import Foundation
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Two-hot regression against its definition in scalar loops, PyTorch, and differences.
@Suite struct TwoHotTests {
    static let support = Support(low: -1, high: 3, atoms: 5)

    /// By hand: atoms −1, 0, 1, 2, 3. 0.25 is 0.75 · 0 + 0.25 · 1; what is outside goes to the ends.
    @Test func valuesBetweenAtomsHaveTwoAndEndsAreEnds() {
        #expect((0..<5).map { Self.support[$0] } == [-1, 0, 1, 2, 3])
        let loss = TwoHot<Double>(targets: matrix([[0.25, 1], [3, -1], [7, -1.5]]), support: Self.support)
        #expect(loss.clippedTargets == 2)
        // Logits 0: the gradient is (1/5 − t)/(NK), so t is read off it.
        let found = evaluate(loss, matrix([Double](repeating: 0, count: 30), rows: 3), 0..<3)
        let encodings = found.gradient.map { 0.2 - 6 * $0 }
        let expected: [Double] = [
            0, 0.75, 0.25, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0,
        ]
        #expect(zip(encodings, expected).allSatisfy { abs($0 - $1) < 1e-15 })
        #expect(found.losses.allSatisfy { abs($0 - log(5)) < 1e-15 })
        let ends = Support(low: -0.1, high: 0.7, atoms: 7)
        #expect(ends[0] == -0.1 && ends[6] == 0.7)
    }

    /// Oracle: PyTorch 2.13 in double precision: F.cross_entropy(f.reshape(-1, 5), t.reshape(-1, 5)) with t the two-hot
    /// encoding of (0.25, 2.5), f[i] = sin(i + 1), and its gradient.
    @Test func lossAndGradientAreThoseOfPyTorch() {
        let loss = TwoHot<Double>(targets: matrix([[0.25, 2.5]]), support: Self.support)
        let found = evaluate(loss, matrix((1...10).map { sin(Double($0)) }, rows: 1), 0..<1)
        let gradient: [Double] = [
            0.1704117743503693, -0.19262880330285007, -0.040405713103275204, 0.03446499703100882,
            0.028157745024747136, 0.050650551016862735, 0.12919878747869462, 0.18013811358625345,
            -0.1488621848698607, -0.21112526721195007,
        ]
        #expect(abs(found.losses[0] - 1.6384010521438408) < 1e-14)
        #expect(zip(found.gradient, gradient).allSatisfy { abs($0 - $1) < 1e-15 })
    }

    /// Oracle: the definition in scalar loops; sums of eleven numbers of order one, 1e-14.
    @Test(arguments: [false, true]) func lossAndDerivativesAreThoseOfTheDefinition(_ isSelected: Bool) {
        let support = Support(low: -2, high: 1.5, atoms: 11)
        let (examples, outputs) = (6, 3)
        let logits = normal(examples, outputs * 11, seed: 1)
        let tangent = normal(examples, outputs * 11, seed: 2)
        let targets = normal(examples, outputs, seed: 3)
        let actions = [0, 2, 1, 1, 2, 0]
        let loss =
            isSelected
            ? TwoHot<Double>(
                outputs: actions, targets: (0..<examples).map { targets[$0, actions[$0]] }, support: support)
            : TwoHot<Double>(targets: targets, support: support)
        let found = evaluate(loss, logits, 0..<examples, tangent: tangent)
        for example in 0..<examples {
            var expected = 0.0
            for output in 0..<outputs {
                let counts = !isSelected || actions[example] == output
                let weight = isSelected ? 1.0 : 1 / Double(outputs)
                let first = output * 11
                let exponentials = (0..<11).map { exp(logits[example, first + $0]) }
                let sum = exponentials.reduce(0, +)
                let p = exponentials.map { $0 / sum }
                let target = min(max(targets[example, output], -2), 1.5)
                // Triangles of the atoms' spacing around the target: the encoding, said otherwise.
                let t = (0..<11).map { max(0, 1 - abs(target - (-2 + 0.35 * Double($0))) / 0.35) }
                if counts { expected -= weight * zip(p, t).reduce(0) { $0 + $1.1 * log($1.0) } }
                let mean = (0..<11).reduce(0) { $0 + p[$1] * tangent[example, first + $1] }
                for atom in 0..<11 {
                    let place = example * outputs * 11 + first + atom
                    let factor = counts ? weight / Double(examples) : 0
                    #expect(abs(found.gradient[place] - factor * (p[atom] - t[atom])) < 1e-14)
                    let curvature = factor * p[atom] * (tangent[example, first + atom] - mean)
                    #expect(abs(found.product[place] - curvature) < 1e-14)
                }
            }
            #expect(abs(found.losses[example] - expected) < 1e-13)
        }
    }

    /// Oracle: cross-entropy with the atom as label, for a target on an atom; both keep the digits of small gradients in
    /// single precision, and agree to some roundings, entry by entry.
    @Test(arguments: [0.5, 14, 30] as [Double], 0..<5)
    func aTargetOnAnAtomIsALabel(_ gap: Double, _ atom: Int) {
        var logits: [Float] = [0.25, -0.5, 1, 0.75, 0]
        logits[atom] += Float(gap)
        let outputs = Vector(logits).matrix(rows: 1, columns: 5)
        let tangent = Vector<Float>([0.5, -2, 1, 3, 0.25]).matrix(rows: 1, columns: 5)
        func found(_ loss: some Loss<Float>) -> [Double] {
            let record = loss.makeRecord(examples: 1, outputs: 5)
            let (gradient, product) = (Matrix<Float>(rows: 1, columns: 5), Matrix<Float>(rows: 1, columns: 5))
            let losses = loss.evaluate(outputs, examples: 0..<1, record: record, cotangent: gradient)
            loss.multiplyByHessian(tangent, examples: 0..<1, record: record, into: product)
            return gradient.elements.doubles + product.elements.doubles + [1 + losses[0]]
        }
        let twoHot = found(
            TwoHot<Float>(outputs: [0], targets: [Self.support[atom]], support: Self.support))
        let expected = found(CrossEntropy<Float>(labels: [atom]))
        for (one, other) in zip(twoHot, expected) { #expect(abs(one - other) <= 1e-6 * abs(other)) }
    }

    /// Between atoms, fitted: logits are log t up to a constant, so the gradient is rounding alone, of logits (2⁻²⁴) and
    /// not of the difference: with q − τ in double it is 0 to the rounding of log in single.
    @Test func fittedBetweenAtomsTheGradientIsZero() {
        let logits = Vector<Double>([-800, log(0.75), log(0.25), -800, -800]).matrix(rows: 1, columns: 5)
        let loss = TwoHot<Double>(targets: matrix([[0.25]]), support: Self.support)
        let found = evaluate(loss, logits, 0..<1)
        #expect(found.gradient.allSatisfy { abs($0) < 1e-15 })
        #expect(abs(found.losses[0] + 0.75 * log(0.75) + 0.25 * log(0.25)) < 1e-15)
    }

    /// Oracle: Σ pⱼ zⱼ in a loop; logits far apart give the atom itself, and workers change no byte.
    @Test func valuesAreMeansOverTheSupport() {
        let logits = normal(70, 10, seed: 4)
        let values = Self.support.values(of: logits, workers: Workers(3))
        #expect(values.array == Self.support.values(of: logits).array && values.columns == 2)
        for example in 0..<70 {
            for output in 0..<2 {
                let exponentials = (0..<5).map { exp(logits[example, 5 * output + $0]) }
                let mean = (0..<5).reduce(0) { $0 + exponentials[$1] * Double($1 - 1) } / exponentials.reduce(0, +)
                #expect(abs(values[example, output] - mean) < 1e-14)
            }
        }
        let far = Vector<Float>([0, 0, 1000, 0, 0]).matrix(rows: 1, columns: 5)
        #expect(Self.support.values(of: far).array == [1])
    }

    /// Oracle: differences of the loss and the gradient of a small network, whose errors fall with h²: 1e-4 leaves 1e-8.
    @Test(arguments: [false, true]) func aNetworksDerivativesAreThoseOfItsLoss(_ isSelected: Bool) throws {
        let network = try Network<Double>(
            Architecture(
                input: [4],
                layers: [.linear("a", in: 4, out: 6), LayerDescription("tanh"), .linear("b", in: 6, out: 15)]))
        let targets: Targets<Double> =
            isSelected
            ? .selected(outputs: [2, 0, 1, 1, 0], values: [0.3, 4, -1, 2, 1.7]) : .values(normal(5, 3, seed: 5))
        let loss = try LossKind.twoHot.bound(to: targets, outputs: 15, support: Self.support)
        let fresh = Parameters<Double>(initialising: network.layout, seed: 1)
        let v = normal(1, network.layout.count, seed: 6).elements
        v.scale(by: 1 / v.norm)
        func at(_ h: Double) throws -> LinearisedNetwork<Double> {
            let parameters = fresh.copy()
            parameters.vector.add(h, v)
            return try LinearisedNetwork(
                network, at: parameters, inputs: normal(5, 4, seed: 7), loss: loss, directions: 1, workers: .one)
        }
        let h = 1e-4
        let (ahead, behind, here) = try (at(h), at(-h), at(0))
        let slope = (ahead.lossValue - behind.lossValue) / (2 * h)
        #expect(abs(here.gradient().dot(v) - slope) < 1e-8)
        let product = Vector<Double>(count: v.count)
        here.multiply(.hessian, by: [v], into: [product])
        let difference = ahead.gradient()
        difference.add(-1, behind.gradient())
        difference.scale(by: 1 / (2 * h))
        #expect(relativeError(difference, product) < 1e-7 && product.norm > 1e-3)
    }

    /// A tile sees its own examples: the last two alone give what they give in the whole.
    @Test(arguments: [false, true]) func tilesSeeTheirOwnExamples(_ isSelected: Bool) {
        let targets = normal(5, 2, seed: 8)
        let loss =
            isSelected
            ? TwoHot<Double>(outputs: [0, 1, 1, 0, 1], targets: (0..<5).map { targets[$0, 0] }, support: Self.support)
            : TwoHot<Double>(targets: targets, support: Self.support)
        let logits = normal(5, 10, seed: 9)
        let whole = evaluate(loss, logits, 0..<5)
        let part = evaluate(loss, logits.rows(3..<5), 3..<5)
        #expect(Array(whole.losses[3...]) == part.losses && Array(whole.gradient[30...]) == part.gradient)
        #expect(Array(whole.product[30...]) == part.product)
    }

    /// What is no number makes the loss none, and does not end the program.
    @Test func notANumberShowsInTheLoss() {
        let loss = TwoHot<Double>(outputs: [0], targets: [.nan], support: Self.support)
        #expect(evaluate(loss, normal(1, 5, seed: 1), 0..<1).losses[0].isNaN)
    }

    @Test func supportsAndTargetsThatDoNotFitAreRefused() {
        func text(_ targets: Targets<Double>, outputs: Int = 10, _ support: Support? = Self.support) -> String {
            do throws(Fault) {
                _ = try LossKind.twoHot.bound(to: targets, outputs: outputs, support: support)
                return "nothing"
            } catch {
                return error.description
            }
        }
        let values = Targets<Double>.values(matrix([[1, 2]]))
        #expect(text(values) == "nothing" && text(.labels([1])) == "nothing")
        #expect(text(values, nil).contains("needs the support"))
        #expect(text(values, outputs: 12).contains("12 outputs are no whole number of supports of 5 atoms"))
        #expect(text(values, outputs: 15).contains("targets of 2 values an example do not fit a network of 3 outputs"))
        #expect(text(.selected(outputs: [2], values: [0])).contains("action 2"))
        #expect(text(.labels([2])).contains("label 2"))
        #expect(text(values, Support(low: 1, high: 1, atoms: 5)).contains("from 1.0 to 1.0"))
        #expect(text(values, Support(low: 0, high: .infinity, atoms: 5)).contains("goes from"))
        #expect(text(values, Support(low: 0, high: 1, atoms: 1)).contains("1 atoms"))
        #expect(Support(largestReward: 1, discount: 0.75, atoms: 3) == Support(low: -4, high: 4, atoms: 3))
        #expect(Support(largestReward: 1, discount: 0.99) == Support(low: -100, high: 100, atoms: 101))
        #expect(Support(largestReward: 1, discount: 1) == nil)
    }

    private func evaluate(
        _ loss: TwoHot<Double>, _ outputs: Matrix<Double>, _ range: Range<Int>, tangent: Matrix<Double>? = nil
    ) -> (losses: [Double], gradient: [Double], product: [Double]) {
        let record = loss.makeRecord(examples: outputs.rows, outputs: outputs.columns)
        let gradient = Matrix<Double>(rows: outputs.rows, columns: outputs.columns)
        let product = Matrix<Double>(rows: outputs.rows, columns: outputs.columns)
        // Whatever stood there before goes.
        gradient.fill(.nan)
        product.fill(.nan)
        let losses = loss.evaluate(outputs, examples: range, record: record, cotangent: gradient)
        loss.multiplyByHessian(tangent ?? outputs, examples: range, record: record, into: product)
        return (losses, gradient.array, product.array)
    }

    private func matrix(_ rows: [[Double]]) -> Matrix<Double> { matrix(rows.flatMap { $0 }, rows: rows.count) }

    private func matrix(_ numbers: [Double], rows: Int) -> Matrix<Double> {
        Vector(numbers).matrix(rows: rows, columns: numbers.count / rows)
    }

    private func normal(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix<Double> {
        let result = Matrix<Double>(rows: rows, columns: columns)
        var source = RandomSource(seed: seed, stream: "two-hot")
        result.elements.fillNormal(using: &source)
        return result
    }
}

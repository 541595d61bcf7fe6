import LinearAlgebra
import Networks
import Testing

@testable import Agents

@Suite struct BrownianTwinTests {
    private static func parameters(_ widths: [Int]) throws -> Parameters<Float> {
        let network = try Network<Float>(.perceptron(input: [1, 4, 4], widths: widths, outputs: 10))
        return Parameters(initialising: network.layout, seed: 3)
    }

    private static func place(of twin: BrownianTwin) -> [Double] {
        zip(twin.parameters.vector.doubles, twin.rest.doubles).map { $0 + $1 }
    }

    private static func difference(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 - $1 } }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    /// Oracle: the length asked for. A place of two floats is rounded to 2⁻⁴⁸ of itself at each parameter, so a step is
    /// that of its length to 2⁻⁴⁷ ‖θ‖, and Σ z² is right to 1e-13: also for steps far below the spacing of floats.
    @Test(arguments: [1.0, 1e-3, 1e-6, 1e-9])
    func stepsHaveTheirLength(_ length: Double) throws {
        let start = try Self.parameters([400, 300])
        let twin = BrownianTwin(1, startingAt: start, seed: 5)
        let scratch = Vector<Float>(count: start.vector.count)
        var before = Self.place(of: twin)
        for step in 1...3 {
            twin.step(step, length: length, scratch: scratch, workers: .one)
            let after = Self.place(of: twin)
            let moved = Self.difference(after, before)
            let found = Self.dot(moved, moved).squareRoot()
            #expect(abs(found - length) <= 1e-13 * length + 0x1p-47 * (start.vector.norm + length))
            before = after
        }
        twin.step(4, length: 0, scratch: scratch, workers: .one)
        #expect(Self.place(of: twin) == before)
    }

    /// Oracle: the uniform distribution on the sphere of n dimensions, within five standard errors over k steps: E uᵢ = 0
    /// (variance 1/n), E uᵢuⱼ = δᵢⱼ/n (variance 1/(n(n+2)) off the diagonal, 3/(n(n+2)) − 1/n² on it).
    @Test func directionsAreIsotropic() throws {
        let layout = try Network<Float>(.perceptron(input: [1, 1, 1], widths: [3], outputs: 3)).layout
        let dimension = layout.count
        let start = Parameters<Float>(layout: layout, vector: Vector(count: dimension))
        let scratch = Vector<Float>(count: dimension)
        let steps = 40_000
        var sums = [Double](repeating: 0, count: dimension)
        var products = [Double](repeating: 0, count: dimension * dimension)
        let twin = BrownianTwin(1, startingAt: start, seed: 8)
        for step in 1...steps {
            twin.assign(start)
            twin.step(step, length: 1, scratch: scratch, workers: .one)
            let direction = twin.parameters.vector.doubles
            for i in 0..<dimension {
                sums[i] += direction[i]
                for j in 0...i { products[i * dimension + j] += direction[i] * direction[j] }
            }
        }
        let (n, k) = (Double(dimension), Double(steps))
        for i in 0..<dimension {
            #expect(abs(sums[i] / k) <= 5 / (n * k).squareRoot(), "mean \(i)")
            for j in 0...i {
                let variance = i == j ? 3 / (n * (n + 2)) - 1 / (n * n) : 1 / (n * (n + 2))
                let mean = i == j ? 1 / n : 0
                #expect(
                    abs(products[i * dimension + j] / k - mean) <= 5 * (variance / k).squareRoot(),
                    "covariance \(i), \(j)")
            }
        }
    }

    /// Oracle: the cosine of independent directions has mean 0 and variance 1/n: between twins, between steps, between
    /// seeds; within five standard errors over k pairs.
    @Test func twinsStepsAndSeedsAreIndependent() throws {
        let start = try Self.parameters([10])
        let origin = Parameters<Float>(layout: start.layout, vector: Vector(count: start.vector.count))
        let scratch = Vector<Float>(count: start.vector.count)
        func direction(_ number: Int, _ step: Int, seed: UInt64) -> [Double] {
            let twin = BrownianTwin(number, startingAt: origin, seed: seed)
            twin.step(step, length: 1, scratch: scratch, workers: .one)
            return twin.parameters.vector.doubles
        }
        let steps = 400
        let bound = 5 / Double(steps * origin.vector.count).squareRoot()
        let base = (0...steps).map { direction(1, $0, seed: 1) }
        let cosines = { (others: (Int) -> [Double]) in
            (0..<steps).reduce(0) { $0 + Self.dot(base[$1], others($1)) } / Double(steps)
        }
        #expect(abs(cosines { direction(2, $0, seed: 1) }) <= bound)
        #expect(abs(cosines { base[$0 + 1] }) <= bound)
        #expect(abs(cosines { direction(1, $0, seed: 2) }) <= bound)
        #expect(abs(cosines { base[$0] } - 1) < 1e-6)
    }

    /// Oracle: E‖θₖ − θ₀‖² = k r², with variance 2k(k − 1)r⁴/n, for k steps of length r, here a tenth of floats' spacing
    /// at most parameters; five standard errors. Rounded at each step, the walk would stand still.
    @Test func smallStepsAddUpToABrownianMotion() throws {
        let start = try Self.parameters([100])
        let count = start.vector.count
        let ones = Parameters<Float>(layout: start.layout, vector: Vector([Float](repeating: 1, count: count)))
        let twin = BrownianTwin(1, startingAt: ones, seed: 4)
        let scratch = Vector<Float>(count: count)
        let length = 1e-8 * Double(count).squareRoot()
        let steps = 400
        for step in 1...steps { twin.step(step, length: length, scratch: scratch, workers: .one) }
        let moved = Self.difference(Self.place(of: twin), ones.vector.doubles)
        let ratio = Self.dot(moved, moved) / (Double(steps) * length * length)
        #expect(abs(ratio - 1) <= 5 * (2 / Double(count)).squareRoot())
    }

    /// Pieces are cut by the place alone: many pieces, and one worker or five, give the same bytes.
    @Test func workersDoNotMatter() throws {
        let start = try Self.parameters([400, 300])
        let scratch = Vector<Float>(count: start.vector.count)
        let places = [1, 5].map { count in
            let twin = BrownianTwin(1, startingAt: start, seed: 6)
            for step in 1...3 { twin.step(step, length: 0.1, scratch: scratch, workers: Workers(count)) }
            return (twin.parameters.vector.array, twin.rest.array)
        }
        #expect(places[0].0 == places[1].0 && places[0].1 == places[1].1)
        #expect(
            BrownianTwin.distance(start.vector, scratch, workers: .one)
                == BrownianTwin.distance(start.vector, scratch, workers: Workers(5)))
    }
}

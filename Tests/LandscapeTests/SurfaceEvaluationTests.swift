import LinearAlgebra
import TestSupport
import Testing

@testable import Networks

/// The loss over lines and planes of parameters, over random architectures of all kinds.
@Suite struct SurfaceEvaluationTests {
    static let seeds = Array(1...6 as ClosedRange<UInt64>)

    private func evaluation<Element: Scalar>(
        _ problem: RandomProblem, _ span: ParameterSpan<Element>, sums: Bool = true, workers: Int = 1,
        memory: Int? = nil
    ) throws -> SpanEvaluation<Element> {
        try SpanEvaluation(
            problem.network(), over: span, inputs: problem.inputs(), loss: problem.loss(),
            SpanConfiguration(
                mode: problem.mode, memoryLimit: memory, sumsFirstLayers: sums, workers: Workers(workers)))
    }

    private func plane<Element: Scalar>(_ problem: RandomProblem) throws -> ParameterSpan<Element> {
        ParameterSpan([try problem.parameters()], along: try (0..<2).map { try problem.direction($0) })
    }

    /// Oracle: `LinearisedNetwork` at parameters that plain additions make. In double precision both roundings, of the
    /// summed outputs and of the summed weights, are below what reference cases are held to.
    @Test(arguments: ArchitectureFamily.allCases, seeds)
    func lossesAreThoseOfTheNetworkThere(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed)
        let span: ParameterSpan<Double> = try plane(problem)
        let points = [(0.0, 0.0), (0.5, 0), (0, -1), (-0.75, 0.3), (2, 1.5)]
        for sums in [true, false] {
            let values = try evaluation(problem, span, sums: sums).values(at: points.map { [1, $0.0, $0.1] })
            for (value, point) in zip(values, points) {
                let there = span.points[0].vector.copy()
                there.add(point.0, span.directions[0])
                there.add(point.1, span.directions[1])
                let expected = try problem.linearised(at: there, directions: 0).lossValue
                #expect(abs(value.loss - expected) <= 1e-10 * max(1, abs(expected)), "\(point) \(sums)")
            }
        }
    }

    /// Oracle: the bits of `LinearisedNetwork.lossValue`, at the point and at both ends of a line through two; with
    /// running statistics and with those of the examples, in both precisions, for one worker and several.
    @Test(arguments: ArchitectureFamily.allCases, seeds)
    func pointsOfTheSpanHaveTheirOwnLossToTheBit(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        for mode in [PassMode.analysis, .batchStatistics] {
            let problem = try RandomProblem(family, seed: seed, examples: 70, mode: mode)
            try checkPoints(problem, Float.self)
            try checkPoints(problem, Double.self)
        }
    }

    private func checkPoints<Element: Scalar>(_ problem: RandomProblem, _: Element.Type) throws {
        let plane: ParameterSpan<Element> = try plane(problem)
        let first = plane.points[0]
        let second = first.copy()
        second.vector.add(1, plane.directions[0])
        let ends = try [first, second].map {
            try LinearisedNetwork(
                problem.network(), at: $0, inputs: problem.inputs(), loss: problem.loss(),
                LinearisationConfiguration(directions: 0, mode: problem.mode, workers: .one)
            ).lossValue
        }
        for workers in 1...3 {
            let centre = try evaluation(problem, plane, workers: workers).values(at: [[1, 0, 0]])
            #expect(centre.map(\.loss) == [ends[0]])
            let line = ParameterSpan([first, second])
            let values = try evaluation(problem, line, workers: workers).values(at: [[1, 0], [0, 1]])
            #expect(values.map(\.loss) == ends)
        }
    }

    /// Oracle: the bytes of one worker without a limit. The limit leaves memory for one point at a time.
    @Test(arguments: ArchitectureFamily.allCases, [7, 8] as [UInt64])
    func workersAndMemoryChangeNoByte(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed, examples: 300)
        let span: ParameterSpan<Float> = try plane(problem)
        let points = (0..<9).map { [1, Double($0 % 3) - 1, Double($0 / 3) - 1] }
        let expected = try evaluation(problem, span).values(at: points).map(\.loss.bitPattern)
        var least = 1 << 10
        while (try? evaluation(problem, span, memory: least)) == nil { least += least / 8 }
        for (workers, memory) in [(2, nil), (3, nil), (3, least), (1, least)] as [(Int, Int?)] {
            let found = try evaluation(problem, span, workers: workers, memory: memory)
            #expect(memory == nil || found.pointsAtOnce == 1)
            #expect(found.values(at: points).map(\.loss.bitPattern) == expected)
            // The same memory once more, in another order.
            #expect(found.values(at: points.reversed()).map(\.loss.bitPattern) == expected.reversed())
        }
    }

    /// Oracle: the layers' definitions. The head ends before the first product of two things that depend on θ.
    @Test func headsEndWhereTheOutputBends() throws {
        func prefix(_ layers: [LayerDescription], _ input: [Int]) throws -> [Int] {
            let network = try Network<Double>(Architecture(input: input, layers: layers))
            return [network.layers.constantPrefix, network.layers.affinePrefix, network.layers.layers.count]
        }
        let first = LayerDescription.linear("a", in: 6, out: 4)
        let second = LayerDescription.linear("b", in: 4, out: 2)
        #expect(try prefix([.flatten, first, .relu, second], [2, 3]) == [1, 2, 4])
        #expect(try prefix([.relu, first, second], [6]) == [1, 2, 3])
        #expect(try prefix([first], [6]) == [0, 1, 1])
        var normed = first
        normed.keys["spectral_norm"] = .flag(true)
        #expect(try prefix([normed, second], [6]) == [0, 0, 2])
        let convolution = LayerDescription(
            "conv2d", ["name": .text("c"), "in": .integer(2), "out": .integer(3), "kernel": .integer(1)])
        // The image's axes are moved before the convolution and before the flatten, which both are affine.
        #expect(try prefix([convolution, .flatten, .linear("d", in: 12, out: 2)], [2, 2, 2]) == [1, 4, 5])
        let average = LayerDescription("global_avg_pool")
        #expect(try prefix([convolution, average, LayerDescription("tanh")], [2, 2, 2]) == [1, 3, 4])
        #expect(try prefix([convolution, .relu, average], [2, 2, 2]) == [1, 2, 4])
    }

    /// Oracle: double precision, and the standard bound of an inner product in single. One linear layer with K inputs,
    /// the mean squared error: each output's error is at most γ Σ|c| |x|·|w| over the span's terms, γ = (K + 4) eps,
    /// whichever way it is summed; that of the loss (1/NO) Σ (f − y)² then at most (1/NO) Σ (2|f − y| δ + δ²) and its
    /// own rounding.
    @Test func singlePrecisionIsOffByItsRounding() throws {
        let (count, inner, outputs) = (40, 60, 3)
        let architecture = Architecture(input: [inner], layers: [.linear("w", in: inner, out: outputs)])
        func random<Element: Scalar>(_ rows: Int, _ columns: Int, _ stream: String) -> Matrix<Element> {
            let result = Matrix<Double>(rows: rows, columns: columns)
            var source = RandomSource(seed: 3, stream: stream)
            result.elements.fillNormal(using: &source)
            let single = Vector<Float>(converting: result.elements)
            return Vector<Element>(converting: single).matrix(rows: rows, columns: columns)
        }
        func losses<Element: Scalar>(_: Element.Type, sums: Bool) throws -> [Double] {
            let network = try Network<Element>(architecture)
            let vectors: [Vector<Element>] = (0..<3).map { random(1, network.layout.count, "vector \($0)").elements }
            let evaluation = try SpanEvaluation(
                network,
                over: ParameterSpan(
                    [Parameters(layout: network.layout, vector: vectors[0])], along: Array(vectors[1...])),
                inputs: random(count, inner, "inputs"), loss: SquaredError(targets: random(count, outputs, "targets")),
                SpanConfiguration(sumsFirstLayers: sums))
            return evaluation.values(at: Self.exactPoints).map(\.loss)
        }
        let exact = try losses(Double.self, sums: false)
        let x: Matrix<Double> = random(count, inner, "inputs")
        let y: Matrix<Double> = random(count, outputs, "targets")
        let layout = try Network<Double>(architecture).layout
        let vectors: [Vector<Double>] = (0..<3).map { random(1, layout.count, "vector \($0)").elements }
        for sums in [true, false] {
            let found = try losses(Float.self, sums: sums)
            for (index, point) in Self.exactPoints.enumerated() {
                var bound = 0.0
                for row in 0..<count {
                    for output in 0..<outputs {
                        var (value, size) = (0.0, 0.0)
                        for (factor, vector) in zip(point, vectors) {
                            let bias = vector[outputs * inner + output]
                            let terms = (0..<inner).map { x[row, $0] * vector[output * inner + $0] } + [bias]
                            value += factor * terms.reduce(0, +)
                            size += abs(factor) * terms.reduce(0) { $0 + abs($1) }
                        }
                        let error = Double(inner + 4) * Double(Float.ulpOfOne) * size
                        bound += 2 * abs(value - y[row, output]) * error + error * error
                    }
                }
                bound = bound / Double(count * outputs) + 4 * Double(Float.ulpOfOne) * exact[index]
                #expect(abs(found[index] - exact[index]) <= bound)
                // The bound is a worst case; what is seen is far below it, and not nothing.
                #expect(abs(found[index] - exact[index]) > 0)
            }
        }
    }

    /// Coordinates that single precision holds exactly.
    private static let exactPoints: [[Double]] = [[1, 0, 0], [1, 0.5, -0.25], [1, -1, 2], [1, 0.125, 0]]

    /// Oracle: plain loops over the outputs' definition of the largest.
    @Test func rightExamplesAreCounted() throws {
        let network = try Network<Float>(
            Architecture(input: [2], layers: [.linear("w", in: 2, out: 2)]))
        let identity = Parameters(layout: network.layout, vector: Vector<Float>([1, 0, 0, 1, 0, 0]))
        let inputs = Vector<Float>([1, 0, 0, 1, 2, 2, 3, 1]).matrix(rows: 4, columns: 2)
        // Outputs (1, 0), (0, 1), (2, 2), (3, 1): the first of equal ones is taken.
        let values = try SpanEvaluation(
            network, over: ParameterSpan([identity]), inputs: inputs, loss: CrossEntropy(labels: [0, 0, 0, 0]),
            labels: [0, 1, 1, 1], SpanConfiguration()
        ).values(at: [[1]])
        #expect(values[0].correct == 2)
    }

    /// Oracle: single precision ends at 3.4e38. What leaves it is said to be no number, and the points beside it are
    /// right.
    @Test func whatOverflowsIsNoNumber() throws {
        let network = try Network<Float>(Architecture(input: [1], layers: [.linear("w", in: 1, out: 1)]))
        let origin = Parameters(layout: network.layout, vector: Vector<Float>([1, 0]))
        let evaluation = try SpanEvaluation(
            network, over: ParameterSpan([origin], along: [Vector<Float>([3e38, 0])]),
            inputs: Vector<Float>([1]).matrix(rows: 1, columns: 1),
            loss: SquaredError(targets: Vector<Float>([0]).matrix(rows: 1, columns: 1)), SpanConfiguration())
        let values = evaluation.values(at: [[1, 0], [1, 1e10], [1, 0]])
        #expect(values[0].loss == 1 && values[2].loss == 1 && !values[1].loss.isFinite)
    }
}

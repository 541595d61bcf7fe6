import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Neither memory nor threads change a byte, over random architectures with more examples than one tile holds.
@Suite struct MemoryPropertyTests {
    static let families = ArchitectureFamily.allCases
    static let seeds = Array(41...44 as ClosedRange<UInt64>)

    /// Oracle: the bytes of one worker with all tiles in memory. Limits of one, two and three tiles of four let some
    /// stay, or none, and the tiles that share memory are one or several, so that all but one or all are recomputed.
    @Test(arguments: families, seeds)
    func memoryAndWorkersChangeNoByte(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try Self.problem(family, seed: seed)
        let all: LinearisedNetwork<Float> = try problem.linearised(directions: 2)
        let tile = all.memory.bytesForAll / 4
        let expected = try bytes(all, problem)
        for (workers, tiles) in [(2, nil), (3, nil), (5, nil), (1, 3), (2, 3), (5, 3), (2, 2), (3, 1), (1, 1)] {
            let limited: LinearisedNetwork<Float> = try problem.linearised(
                LinearisationConfiguration(
                    directions: 2, memoryLimit: tiles.map { $0 * tile }, workers: Workers(workers)))
            #expect(limited.memory.recomputes == (tiles != nil))
            #expect(limited.memory.residentTiles == tiles.map { $0 - min(workers, $0) } ?? 4)
            let found = try bytes(limited, problem)
            for (name, values) in expected {
                #expect(
                    found[name]!.elementsEqual(values) { $0.bitPattern == $1.bitPattern },
                    "\(name) with \(workers) workers in \(tiles ?? 4) tiles")
            }
        }
    }

    /// Oracle: the bytes with all tiles in memory. The tiles of wide networks are the longer the more examples there are;
    /// those that are recomputed, though fewer, must keep the length that all have.
    @Test func lengthOfTilesIsThatOfAllExamples() throws {
        let architecture = Architecture(
            input: [1, 64, 64],
            layers: [
                LayerDescription(
                    "conv2d",
                    [
                        "name": .text("conv"), "in": .integer(1), "out": .integer(8), "kernel": .integer(3),
                        "padding": .integer(1),
                    ]), LayerDescription("tanh"), LayerDescription("global_avg_pool"),
                .linear("fc", in: 8, out: 3),
            ])
        let network = try Network<Float>(architecture)
        let count = 128
        #expect(network.tileLength(examples: count) == 32 && network.tileLength(examples: count / 4) == 8)
        let inputs = Matrix<Float>(rows: count, columns: network.inputCount)
        var source = RandomSource(seed: 5)
        inputs.elements.fillNormal(using: &source)
        let results = try [nil, 3, 2, 1].map { tiles in
            func linearised(_ limit: Int?) throws -> LinearisedNetwork<Float> {
                try LinearisedNetwork(
                    network, at: Parameters(initialising: network.layout, seed: 6), inputs: inputs,
                    loss: CrossEntropy(labels: (0..<count).map { $0 % 3 }),
                    LinearisationConfiguration(memoryLimit: limit, workers: Workers(2)))
            }
            let tile = try linearised(nil).memory.bytesForAll / 4
            let found = try linearised(tiles.map { $0 * tile })
            let v = Vector<Float>(count: network.layout.count)
            v.fill(1)
            let product = Vector<Float>(count: network.layout.count)
            found.multiply(.hessian, by: [v], into: [product])
            return product.array + found.gradient().array + found.gradientInnerProducts().array
        }
        for result in results.dropFirst() { #expect(result == results[0]) }
    }

    /// Oracle: means over all examples are weighted means over parts of them, with tiles of their own. Sums of a few
    /// hundred examples agree to some tens of roundings, which normalisation may amplify.
    @Test(arguments: families, seeds)
    func tilesAddUp(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try Self.problem(family, seed: seed)
        let v: Vector<Double> = try problem.direction(1)
        let whole: LinearisedNetwork<Double> = try problem.linearised()
        let third = problem.examples / 3
        var gradient = [Double](repeating: 0, count: v.count)
        var product = gradient
        var loss = 0.0
        for part in [0..<third, third..<third + 7, third + 7..<problem.examples] {
            let alone = try problem.linearised(part, directions: 1)
            let share = Double(part.count) / Double(problem.examples)
            gradient = zip(gradient, alone.gradient().doubles).map { $0 + share * $1 }
            product = zip(product, alone.times(.hessian, v).doubles).map { $0 + share * $1 }
            loss += share * alone.lossValue
        }
        let scale = max(norm(gradient), norm(product))
        #expect(abs(loss - whole.lossValue) <= 1e-13 * abs(loss))
        #expect(distance(gradient, whole.gradient().doubles) <= 1e-12 * scale)
        #expect(distance(product, whole.times(.hessian, v).doubles) <= 1e-12 * scale)
    }

    /// Oracle: the bytes of a linearised network that was asked nothing else. Products, gradients and inner products
    /// leave nothing behind that another would find.
    @Test(arguments: families, seeds)
    func orderOfQuestionsChangesNoByte(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed)
        let v: Vector<Double> = try problem.direction(1)
        func fresh() throws -> LinearisedNetwork<Double> { try problem.linearised(directions: 3) }
        let gradient = try fresh().gradient().array
        let gram = try fresh().gradientInnerProducts().array
        let products = try Curvature.allCases.map { try fresh().times($0, v).array }
        let asked = try fresh()
        for _ in 0..<2 {
            for (index, curvature) in Curvature.allCases.enumerated().reversed() {
                #expect(asked.times(curvature, v).array == products[index], "\(curvature)")
            }
            #expect(asked.gradientInnerProducts().array == gram)
            #expect(asked.gradient().array == gradient)
        }
    }

    /// Everything that there is to ask, by name.
    private func bytes(
        _ linearised: LinearisedNetwork<Float>, _ problem: RandomProblem
    ) throws -> [String: [Float]] {
        let vectors: [Vector<Float>] = try (1...3).map { try problem.direction($0) }
        var result = ["outputs": linearised.outputs.array, "losses": linearised.exampleLosses.map { Float($0) }]
        for curvature in Curvature.allCases {
            result[curvature.rawValue] = linearised.times(curvature, vectors).flatMap { $0.array }
        }
        result["gradient"] = linearised.gradient().array
        result["inner products"] = linearised.gradientInnerProducts().array
        result["gradient again"] = linearised.gradient().array
        result["product again"] = linearised.times(.hessian, vectors[0]).array
        return result
    }

    /// A problem of four tiles, the last one short.
    private static func problem(
        _ family: ArchitectureFamily, seed: UInt64
    ) throws -> RandomProblem {
        let network: Network<Float> = try RandomProblem(family, seed: seed, mostParameters: 400).network()
        let examples = 3 * network.tileLength(examples: 1) + 5
        return try RandomProblem(family, seed: seed, examples: examples, mostParameters: 400)
    }
}

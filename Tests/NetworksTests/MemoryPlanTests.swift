import Files
import LinearAlgebra
import TestSupport
import Testing

@testable import Networks

@Suite struct MemoryPlanTests {
    struct Case: Sendable {
        let limit: Int?
        let workers: Int
        let resident: Int
        let shared: Int
    }

    /// Oracle: by hand, for ten tiles of 100 bytes. As many stay as fit, less one for each worker to share.
    @Test(arguments: [
        Case(limit: nil, workers: 4, resident: 10, shared: 0), Case(limit: 5000, workers: 4, resident: 10, shared: 0),
        Case(limit: 1000, workers: 4, resident: 10, shared: 0), Case(limit: 999, workers: 4, resident: 5, shared: 4),
        Case(limit: 999, workers: 1, resident: 8, shared: 1), Case(limit: 500, workers: 4, resident: 1, shared: 4),
        Case(limit: 400, workers: 4, resident: 0, shared: 4), Case(limit: 399, workers: 4, resident: 0, shared: 3),
        Case(limit: 199, workers: 4, resident: 0, shared: 1), Case(limit: 100, workers: 1, resident: 0, shared: 1),
    ])
    func asManyTilesStayAsFit(_ given: Case) throws {
        let plan = try MemoryPlan(tiles: 10, tileBytes: 100, limit: given.limit, workers: given.workers)
        #expect(plan.residentTiles == given.resident && plan.sharedTiles == given.shared)
        #expect(plan.bytes == 100 * (given.resident + given.shared) && plan.bytesForAll == 1000)
        #expect(plan.recomputes == (given.shared > 0))
        #expect(plan.bytes <= given.limit ?? 1000)
    }

    @Test(arguments: [0, 99]) func lessThanOneTileIsRefused(_ limit: Int) {
        let fault = #expect(throws: Fault.self) {
            try MemoryPlan(tiles: 10, tileBytes: 100, limit: limit, workers: 2)
        }
        #expect(fault?.kind == .data && fault?.description.contains("memory") == true)
    }

    /// Oracle: the numbers that the parts of one tile hold, counted by hand: a linear layer 3 → 5 and a relu on 7
    /// examples with two directions.
    @Test func bytesAreThoseOfTheTilesArrays() throws {
        let network = try Network<Float>(
            Architecture(input: [3], layers: [.linear("fc", in: 3, out: 5), .relu]))
        let configuration = LinearisationConfiguration(directions: 2, workers: .one)
        let plan = try MemoryPlan(network, examples: 7, configuration)
        // Constant inputs; values and cotangents with two tangents each; σ′.
        #expect(plan.bytesForAll == 4 * (7 * 3 + 7 * 5 * 3 + 7 * 5 * 3 + 7 * 5))
        // 256 examples are a tile of this narrow network: 1000 are four.
        let four = try MemoryPlan(network, examples: 1000, configuration)
        #expect(four.residentTiles == 4 && four.bytesForAll == 4 * (256 * 3 + 256 * 5 * 7) * 4)
    }

    /// A limit that the configuration sets reaches the passes: with less than a tile there is no linearised network.
    @Test func aLinearisedNetworkKeepsToItsLimit() throws {
        let problem = try RandomProblem(.mlp, seed: 3)
        let needed = (try problem.linearised() as LinearisedNetwork<Double>).memory.bytesForAll
        func limited(_ limit: Int) throws -> LinearisedNetwork<Double> {
            try problem.linearised(LinearisationConfiguration(memoryLimit: limit, workers: .one))
        }
        #expect(try limited(needed).memory.recomputes == false)
        #expect(throws: Fault.self) { try limited(needed - 1) }
    }
}

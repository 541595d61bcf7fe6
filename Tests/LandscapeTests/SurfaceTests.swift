import Checkpoints
import Files
import Krylov
import LinearAlgebra
import Networks
import Synchronization
import TestSupport
import Testing

@testable import Landscape

/// Surfaces through a checkpoint: directions, values, certificates, resumption.
@Suite struct SurfaceTests {
    private func problem<Element: Scalar>(
        _ architecture: Architecture = Bench.mlp(2, 12, 3, "tanh"), examples: Int = 40, workers: Int = 1
    ) throws -> Problem<Element> {
        let bench = try Bench()
        var configuration = ProblemConfiguration(
            checkpoint: try bench.checkpoint("c.safetensors", architecture, nil as [Element]?),
            data: try bench.data("d.safetensors") { writer in
                var source = RandomSource(seed: 9)
                try writer.add("inputs", (0..<2 * examples).map { _ in Float(source.normal()) }, shape: [examples, 2])
                try writer.add("targets", (0..<examples).map { Int64($0 % 2) }, shape: [examples])
            }, loss: .crossEntropy)
        configuration.workers = Workers(workers)
        return try Problem(configuration)
    }

    private func directions<Element: Scalar>(
        _ problem: Problem<Element>, _ scale: DirectionScale = .filter
    ) -> [SurfaceDirection<Element>] {
        (1...2).map { .random($0, scale: scale, at: problem.parameters, seed: 4) }
    }

    /// Oracle: norms in plain double sums. Rounding of a scaled vector of n numbers: (n + 2) eps.
    @Test func filtersAreAsLongAsThePoints() throws {
        let convolution = LayerDescription(
            "conv2d", ["name": .text("c"), "in": .integer(2), "out": .integer(3), "kernel": .integer(3)])
        let norm = LayerDescription("group_norm", ["name": .text("g"), "groups": .integer(3), "channels": .integer(3)])
        // Gains of three extents, which are no filters for all that.
        let gains = LayerDescription("layer_norm", ["name": .text("l"), "shape": .integers([3, 3, 3])])
        let network = try Network<Float>(
            Architecture(
                input: [2, 5, 5],
                layers: [convolution, norm, gains, .relu, .flatten, .linear("w", in: 27, out: 4)]))
        let point = Parameters<Float>(initialising: network.layout, seed: 5)
        // A dead filter.
        point["c.weight"]![0..<18].fill(0)
        for scale in DirectionScale.allCases {
            let vector = SurfaceDirection<Float>.random(1, scale: scale, at: point, seed: 6).vector
            let other = SurfaceDirection<Float>.random(2, scale: scale, at: point, seed: 6).vector
            #expect(vector.array == SurfaceDirection<Float>.random(1, scale: scale, at: point, seed: 6).vector.array)
            #expect(abs(vector.dot(other)) < 0.5 * vector.norm * other.norm)
            guard scale != .none else {
                #expect(abs(vector.norm - 1) < 1e-5 && vector.array.allSatisfy { $0 != 0 })
                continue
            }
            for entry in network.layout.entries {
                let (d, w) = (vector[entry.range], point.vector[entry.range])
                guard ["c.weight", "w.weight"].contains(entry.name) else {
                    #expect(d.array.allSatisfy { $0 == 0 }, "\(entry.name)")
                    continue
                }
                let filters = scale == .filter ? entry.shape[0] : 1
                let length = d.count / filters
                for filter in 0..<filters {
                    let range = filter * length..<(filter + 1) * length
                    let tolerance = Double(length + 2) * Double(Float.ulpOfOne)
                    #expect(abs(d[range].norm - w[range].norm) <= tolerance * w[range].norm)
                    #expect(d[range].array.contains { $0 != 0 } == (w[range].norm > 0))
                }
            }
        }
    }

    /// Oracle: the mean squared error of one linear layer is a quadratic form in the parameters, so on a plane it is a
    /// polynomial of degree 2 with 6 coefficients: fitted at 6 points, it gives all others. Loss about 1, coordinates
    /// up to 2: rounding below 1e-12.
    @Test func aLinearNetworksSurfaceIsQuadratic() throws {
        let bench = try Bench()
        let problem = try Problem<Double>(
            ProblemConfiguration(
                checkpoint: try bench.checkpoint("c", Bench.linear, [0.3, -0.8, 0.5, 0.1] as [Double]),
                data: try bench.labelled("d", count: 6), loss: .meanSquaredError))
        let surface = try LossSurface(
            problem, along: directions(problem, .none),
            axes: [SurfaceAxis(low: -2, high: 2, points: 9), SurfaceAxis(low: -1, high: 2, points: 7)])
        #expect(surface.values.losses.count == 63 && !surface.isPartial && surface.warnings.isEmpty)
        let (x, y) = (surface.coordinates[0], surface.coordinates[1])
        func value(_ column: Int, _ row: Int) -> Double { surface.values.losses[row * 9 + column] }
        // Newton's form on the corner (0, 0), (1, 0), (2, 0), (0, 1), (0, 2), (1, 1) of the grid.
        let (h, k) = (x[1] - x[0], y[1] - y[0])
        let (a, b) = (value(1, 0) - value(0, 0), value(0, 1) - value(0, 0))
        let aa = value(2, 0) - 2 * value(1, 0) + value(0, 0)
        let bb = value(0, 2) - 2 * value(0, 1) + value(0, 0)
        let ab = value(1, 1) - value(1, 0) - value(0, 1) + value(0, 0)
        let scale = surface.values.losses.max()!
        for row in 0..<7 {
            for column in 0..<9 {
                let (s, t) = ((x[column] - x[0]) / h, (y[row] - y[0]) / k)
                let fit = value(0, 0) + s * a + t * b + s * (s - 1) / 2 * aa + t * (t - 1) / 2 * bb + s * t * ab
                // The differences' rounding grows with the coefficients, 28 and 21 at most.
                #expect(abs(fit - value(column, row)) < 200 * Double.ulpOfOne * scale)
            }
        }
        #expect(aa > 0 && bb > 0)
    }

    /// Oracle: `LinearisedNetwork`, to the bit; and with axes that miss the centre.
    @Test func theCentreIsTheLossThere() throws {
        let problem: Problem<Float> = try problem()
        let expected = try problem.linearised(directions: 0).lossValue
        let surface = try LossSurface(
            problem, along: directions(problem), axes: [SurfaceAxis(points: 5), SurfaceAxis(points: 3)])
        #expect(surface.centre == expected && surface.expectedCentre == expected)
        #expect(surface.values[7] == expected && surface.coordinates[0][2] == 0 && surface.coordinates[1][1] == 0)
        #expect(surface.values.correct?.count == 15)
        // Corners differ by the rounding of single precision, some eps times the loss's condition.
        #expect(surface.cornerDifference! < 1e-5)
        let aside = try LossSurface(
            problem, along: [directions(problem)[0]], axes: [SurfaceAxis(low: 0.5, high: 1, points: 4)])
        #expect(aside.centre == expected && aside.cosine == nil && aside.coordinates == [aside.coordinates[0]])
    }

    /// Oracle: the second derivative of the loss along an eigenvector is its eigenvalue. Central differences with h and
    /// 2h, extrapolated, are off by h⁴; with h = 1/64 and derivatives of about 10, below 1e-5; rounding by 5e-16/h² =
    /// 2e-12.
    @Test func theSurfaceBendsByTheEigenvalues() throws {
        let problem: Problem<Double> = try problem()
        let directions = try problem.eigenvectors(2, tolerance: 1e-8, seed: 1)
        #expect(abs(directions[0].cosine(with: directions[1])) < 1e-6)
        for direction in directions {
            let axis = SurfaceAxis(low: -1.0 / 32, high: 1.0 / 32, points: 5)
            let losses = try LossSurface(problem, along: [direction], axes: [axis]).values.losses
            let near = (losses[3] - 2 * losses[2] + losses[1]) * 64 * 64
            let far = (losses[4] - 2 * losses[2] + losses[0]) * 32 * 32
            let bend = (4 * near - far) / 3
            #expect(abs(bend - direction.eigenvalue!.value) < 1e-5 * max(1, abs(bend)))
        }
    }

    /// Oracle: the definition. What is orthogonal stays as long as it was, and what is parallel has no such part.
    @Test func orthogonalDirections() throws {
        let problem: Problem<Double> = try problem()
        let pair = directions(problem)
        let made = try #require(pair[1].orthogonal(to: pair[0]))
        #expect(abs(made.cosine(with: pair[0])) < 1e-15)
        #expect(abs(made.vector.norm / pair[1].vector.norm - 1) < 1e-14)
        let parallel = pair[0].vector.copy()
        parallel.scale(by: -3)
        #expect(SurfaceDirection(parallel, origin: "").orthogonal(to: pair[0]) == nil)
    }

    /// Oracle: the losses of an undisturbed run, to the bit, for one worker and several; and from every snapshot that a
    /// run offers.
    @Test func resumedSurfacesHaveTheSameBytes() throws {
        struct Killed: Error {}
        let axes = [SurfaceAxis(points: 7), SurfaceAxis(points: 6)]
        let whole: Problem<Float> = try problem()
        let expected = try LossSurface(whole, along: directions(whole), axes: axes).values
        for workers in 1...3 {
            let problem: Problem<Float> = try problem(workers: workers)
            var state: Snapshot<Double>?
            var kills = 0
            var result: LossSurface?
            while result == nil {
                let kept = Mutex<Snapshot<Double>?>(nil)
                do {
                    result = try LossSurface(
                        problem, along: directions(problem), axes: axes,
                        control: RunControl(
                            resumed: state,
                            offer: { make in
                                kept.withLock { $0 = make() }
                                throw Killed()
                            }))
                } catch is Killed {
                    kills += 1
                    state = kept.withLock { $0 }
                }
            }
            #expect(kills >= 2 && result?.values == expected, "\(workers) workers, \(kills) kills")
        }
    }

    /// Oracle: what was computed is what the whole run has; the rest is nil, and said.
    @Test func aRunThatIsOverIsPartial() throws {
        let problem: Problem<Float> = try problem()
        let axes = [SurfaceAxis(points: 7), SurfaceAxis(points: 6)]
        let whole = try LossSurface(problem, along: directions(problem), axes: axes)
        let part = try LossSurface(
            problem, along: directions(problem), axes: axes, control: RunControl(isOver: { true }))
        let done = part.values.losses.count
        #expect(part.isPartial && done > 0 && done < 42 && part.values[done] == nil && part.values[0] != nil)
        #expect(part.values.losses == Array(whole.values.losses[..<done]))
        #expect(part.warnings.contains { $0.hasPrefix("\(done) of 42 points") } && !whole.isPartial)
        let fault = #expect(throws: Fault.self) {
            try LossSurface(
                problem, along: directions(problem), axes: axes,
                control: RunControl(resumed: Snapshot(numbers: ["losses": [1], "correct": [], "points": [41]])))
        }
        #expect(fault?.kind == .data)
    }

    /// Oracle: the other checkpoint's loss, reached by its difference; a checkpoint of other layers is refused by name.
    @Test func differencesLeadToTheOtherCheckpoint() throws {
        let problem: Problem<Double> = try problem()
        let bench = try Bench()
        let network = problem.network
        let moved = Parameters<Double>(initialising: network.layout, seed: 77)
        let path = try bench.checkpoint("b", network.architecture, moved.vector.array)
        let other = try problem.parameters(of: path)
        let line = try LossSurface(
            problem, along: [problem.difference(to: other, named: "b")],
            axes: [SurfaceAxis(low: 0, high: 1, points: 2)])
        let expected = try problem.loss(at: other)
        #expect(abs(line.values.losses[1] - expected) < 1e-13 && line.values.losses[0] == line.centre)
        let wrong = try bench.checkpoint("w", Bench.mlp(2, 5, 3), nil as [Double]?)
        let fault = #expect(throws: Fault.self) { try problem.parameters(of: wrong) }
        #expect(fault?.description.contains("another architecture") == true)
    }
}

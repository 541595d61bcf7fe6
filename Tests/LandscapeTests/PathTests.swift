import Checkpoints
import Files
import Krylov
import LinearAlgebra
import Networks
import TestSupport
import Testing

@testable import Landscape

/// Lines between checkpoints, and trajectories in their principal plane.
@Suite struct PathTests {
    /// f = u v x with one number each: two linear layers without bias.
    private static let product: Architecture = {
        var layers = [LayerDescription.linear("u", in: 1, out: 1), .linear("v", in: 1, out: 1)]
        for index in layers.indices { layers[index].keys["bias"] = .flag(false) }
        return Architecture(input: [1], layers: layers)
    }()

    private func productProblem<Element: Scalar>(_ u: Element, _ v: Element) throws -> Problem<Element> {
        let bench = try Bench()
        return try Problem(
            ProblemConfiguration(
                checkpoint: try bench.checkpoint("a", Self.product, [u, v]),
                data: try bench.data("d") { writer in
                    try writer.add("inputs", [1, 2, -1] as [Float], shape: [3, 1])
                    try writer.add("targets", [1, 2, -1] as [Float], shape: [3, 1])
                }, loss: .meanSquaredError))
    }

    /// Oracle: with targets y = x and E = mean x² = 2 the loss is E (1 − u v)². From (1, 1) to (−1, −1) both ends are 0
    /// and u = v = 1 − 2t, so the loss is 2 (1 − (1 − 2t)²)²: a barrier of 2 in the middle.
    @Test func theBarrierOfASignFlip() throws {
        try checkFlip(Double.self)
        try checkFlip(Float.self)
    }

    private func checkFlip<Element: Scalar>(_: Element.Type) throws {
        let problem: Problem<Element> = try productProblem(1, 1)
        let other = Parameters(layout: problem.network.layout, vector: Vector<Element>([-1, -1]))
        let line = try LossInterpolation(problem, to: other, points: 41)
        #expect(line.barrier == .init(height: 2, position: 0.5) && line.heightOverMean == line.barrier)
        #expect(abs(line.distance - 2 * 2.0.squareRoot()) < 1e-6 && line.warnings.isEmpty)
        for (t, loss) in zip(line.positions, line.values.losses) {
            let flat = 1 - (1 - 2 * t) * (1 - 2 * t)
            #expect(abs(loss - 2 * flat * flat) <= 16 * Double(Element.ulpOfOne))
        }
    }

    /// Oracle: the definitions, over ends of unequal loss: (1, 1) to (−2, 0) has the losses 0 and 2.
    @Test func unequalEnds() throws {
        let problem: Problem<Double> = try productProblem(1, 1)
        let other = Parameters(layout: problem.network.layout, vector: Vector<Double>([-2, 0]))
        let line = try LossInterpolation(problem, to: other, points: 21)
        #expect(line.values.losses.first == 0 && line.values.losses.last == 2)
        let exact = line.positions.map { t in 2 * (1 - (1 - 3 * t) * (1 - t)) * (1 - (1 - 3 * t) * (1 - t)) }
        let heights = zip(line.positions, exact).map { $1 - 2 * $0 }
        #expect(abs(line.barrier!.height - heights.max()!) < 1e-14)
        #expect(line.barrier!.position == line.positions[heights.indices.max { heights[$0] < heights[$1] }!])
        #expect(abs(line.heightOverMean!.height - (exact.max()! - 1)) < 1e-14)
        // Without its far end a line has no barrier.
        let part = try LossInterpolation(problem, to: other, points: 21, control: RunControl(isOver: { true }))
        #expect(part.isPartial && part.barrier == nil && part.heightOverMean == nil && part.warnings.count == 1)
    }

    private func path(_ count: Int, seed: UInt64 = 2) throws -> (Network<Double>, [Parameters<Double>]) {
        let network = try Network<Double>(Bench.mlp(2, 6, 2, "tanh"))
        return (network, (0..<count).map { Parameters(initialising: network.layout, seed: seed + UInt64($0)) })
    }

    /// Oracle: eigenvalues and eigenvectors of the P × P matrices MᵀM and MᵀCM, formed in plain loops.
    @Test(arguments: [false, true]) func principalDirectionsAreSingularVectors(_ isCentred: Bool) throws {
        let (network, points) = try path(6)
        let plane = try TrajectoryPlane(points, isCentred: isCentred, workers: Workers(2))
        let last = points[5].vector
        var rows = points.dropLast().map { point in (0..<last.count).map { point.vector[$0] - last[$0] } }
        let plain = rows
        if isCentred {
            let mean = (0..<last.count).map { column in rows.reduce(0) { $0 + $1[column] } / 5 }
            rows = rows.map { row in zip(row, mean).map { $0 - $1 } }
        }
        let scatter = Matrix<Double>(rows: last.count, columns: last.count)
        for i in 0..<last.count {
            for j in 0..<last.count { scatter[i, j] = rows.reduce(0) { $0 + $1[i] * $1[j] } }
        }
        let system = try SymmetricEigenvalues.system(of: scatter)
        let total = system.values.reduce(0, +)
        let count = network.layout.count
        for direction in 0..<2 {
            #expect(abs(plane.explained[direction] - system.values[count - 1 - direction] / total) < 1e-12)
            let exact = system.vectors.row(count - 1 - direction).array
            let sign = exact.max { abs($0) < abs($1) }! > 0 ? 1.0 : -1.0
            let found = plane.directions[direction].vector.array
            // Gaps between these eigenvalues are about a tenth of the largest: vectors are right to some 1e-14.
            #expect(relativeError(found, exact.map { sign * $0 }) < 1e-11)
            for (row, values) in plain.enumerated() {
                let product = zip(values, exact).reduce(0) { $0 + $1.0 * $1.1 } * sign
                #expect(abs(plane.projections[row][direction] - product) < 1e-11)
            }
        }
        for (row, values) in plain.enumerated() {
            let square = values.reduce(0) { $0 + $1 * $1 }
            let inside = plane.projections[row].reduce(0) { $0 + $1 * $1 }
            #expect(abs(plane.distances[row] - (square - inside).squareRoot()) < 1e-7)
        }
        #expect(plane.projections[5] == [0, 0] && plane.distances[5] == 0)
        #expect(abs(plane.explained.reduce(0, +) - 1) < 1e-12)
    }

    @Test func checkpointsOnALineHaveNoPlane() throws {
        let (network, points) = try path(2)
        let line = [0.0, 0.5, 1].map { t in
            let vector = points[0].vector.copy()
            vector.scale(by: 1 - t)
            vector.add(t, points[1].vector)
            return Parameters(layout: network.layout, vector: vector)
        }
        for path in [line, Array(line.prefix(2))] {
            let fault = #expect(throws: Fault.self) { try TrajectoryPlane(path) }
            #expect(fault?.kind == .data)
        }
    }

    /// Oracle: `LinearisedNetwork` at every checkpoint and at its projection. A path within a plane loses nothing; any
    /// other differs from its picture.
    @Test func theLossOnThePathStandsBesideThePictures() throws {
        let bench = try Bench()
        let (network, points) = try path(4)
        let problem = try Problem<Double>(
            ProblemConfiguration(
                checkpoint: try bench.checkpoint("last", network.architecture, points[3].vector.array),
                data: try bench.labelled("d", count: 12), loss: .crossEntropy))
        let flat = (0..<4).map { index in
            let vector = points[3].vector.copy()
            for (weight, point) in zip([[1, 0], [0.4, 0.8], [0, 0.5], [0, 0]][index], points) {
                vector.add(weight, point.vector)
                vector.add(-weight, points[3].vector)
            }
            return Parameters(layout: network.layout, vector: vector)
        }
        for (path, isFlat) in [(points, false), (flat, true)] {
            let plane = try TrajectoryPlane(path)
            let found = try LossTrajectory(
                problem,
                path: .init(names: ["0", "1", "2", "3"], steps: [0, 10, 20, nil], parameters: path), plane: plane,
                points: 5)
            #expect(found.surface.values.losses.count == 25 && found.warnings.isEmpty)
            for (index, stop) in found.stops.enumerated() {
                let linearised = try LinearisedNetwork(
                    network, at: path[index], inputs: problem.inputs, loss: problem.loss, directions: 0,
                    workers: .one)
                #expect(stop.loss == linearised.lossValue)
                let projected = path[3].vector.copy()
                for (place, direction) in zip(stop.position, plane.directions) {
                    projected.add(place, direction.vector)
                }
                let there = Parameters(layout: network.layout, vector: projected)
                #expect(abs(stop.projectedLoss! - (try problem.loss(at: there))) < 1e-12)
                #expect(!isFlat || abs(stop.difference!) < 1e-12 && stop.distance < 1e-6)
            }
            #expect(found.stops[3].difference == 0)
            #expect(isFlat || found.stops.contains { abs($0.difference!) > 1e-3 })
            // The axes hold the whole path.
            for axis in 0..<2 {
                let coordinates = found.surface.coordinates[axis]
                #expect(found.stops.allSatisfy { (coordinates[0]...coordinates[4]).contains($0.position[axis]) })
            }
        }
    }
}

import Checkpoints
import Files
import Krylov
import LinearAlgebra
import Networks
import TestSupport
import Testing

@testable import Landscape

/// Oracle: the dense Hessian, column by column, and LAPACK's eigenvectors of it.
@Suite struct EvolutionFindingTests {
    private let bench: Bench
    private let configuration: EvolutionConfiguration

    init() throws {
        bench = try Bench()
        var configuration = EvolutionConfiguration(top: 3, probes: 40, steps: 22, seed: 2)
        configuration.tolerance = 1e-9
        self.configuration = configuration
    }

    /// 22 parameters, 30 examples, drawn anew for each name.
    private func problem(_ name: String, seed: UInt64) throws -> Problem<Double> {
        var random = RandomSource(seed: 1, stream: "evolution inputs")
        let inputs = Vector<Double>(count: 60)
        inputs.fillNormal(using: &random)
        let data = try bench.data("data") { writer in
            try writer.add("inputs", inputs.array, shape: [30, 2])
            try writer.add("targets", (0..<30).map { Int64($0 % 2) }, shape: [30])
        }
        let architecture = Bench.mlp(2, 4, 2, "tanh")
        let network = try Network<Double>(architecture)
        var run = RunRecord()
        run.step = Int(seed)
        let parameters = Parameters<Double>(initialising: network.layout, seed: seed)
        let path = try bench.checkpoint(name, architecture, parameters.vector.array, run: run)
        return try Problem(ProblemConfiguration(checkpoint: path, data: data, loss: .meanSquaredError))
    }

    private func hessian(_ linearised: LinearisedNetwork<Double>) -> Matrix<Double> {
        let count = linearised.parameters.vector.count
        let matrix = Matrix<Double>(rows: count, columns: count)
        for index in 0..<count {
            let unit = Vector<Double>(count: count)
            unit[index] = 1
            linearised.multiply(.hessian, by: [unit], into: [matrix.row(index)])
        }
        return matrix
    }

    private func find(
        _ problem: Problem<Double>
    ) throws -> (EvolutionFinding<Double>, values: [Double], vectors: Matrix<Double>, LinearisedNetwork<Double>) {
        let linearised = try problem.linearised(directions: 4)
        let system = try SymmetricEigenvalues.system(of: hessian(linearised))
        // Ascending: the last rows are the top.
        let top = Matrix<Double>(rows: 3, columns: linearised.parameters.vector.count)
        for row in 0..<3 { top.row(row).assign(system.vectors.row(top.columns - 1 - row)) }
        let finding = try #require(try EvolutionFinding(problem, linearised, configuration))
        return (finding, system.values, top, linearised)
    }

    @Test func everyNumberIsTheDenseMatrixs() throws {
        let problem = try problem("a", seed: 5)
        let (finding, values, top, linearised) = try find(problem)
        let point = finding.point
        #expect(point.step == 5 && point.dimensions == 3 && point.largest.count == 4)
        for (index, found) in point.largest.enumerated() {
            #expect(abs(found.value - values[values.count - 1 - index]) < 1e-8 * values.last!)
        }
        #expect(abs(try #require(point.smallest).value - values[0]) < 1e-8 * values.last!)
        #expect(abs(try #require(point.gap) - (values[values.count - 3] - values[values.count - 4])) < 1e-8)
        // Converged to 1e-9 |θ|: the angle is within the residual over the gap.
        let angles = try PrincipalAngles(between: top, and: finding.vectors)
        #expect(angles.angles[2] <= (try #require(point.subspaceError)) + 1e-12)
        #expect(angles.angles[2] < 1e-6)
        let gradient = linearised.gradient()
        let inner = (0..<3).map { gradient.dot(top.row($0)) }
        let share = inner.reduce(0) { $0 + $1 * $1 } / gradient.dot(gradient)
        #expect(abs(try #require(point.gradientInTopSubspace) - share) < 1e-6)
        #expect(abs(point.gradientNorm - gradient.norm) < 1e-14)
        // 40 probes, four standard errors.
        let trace = try #require(point.trace)
        #expect(abs(trace.value - values.reduce(0, +)) < 4 * trace.standardError!)
        let covariance = try GradientCovariance(linearised)
        #expect(point.covariance?.effectiveRank == covariance.effectiveRank)
    }

    @Test func comparisonIsTheDenseMatrixs() throws {
        let found = try [5, 6, 7].map { try find(problem("p\($0)", seed: $0)) }
        let comparison = try SubspaceComparison(count: 3) { found[$0].0.vectors }
        for row in 0..<3 {
            for column in 0..<3 {
                let exact = try PrincipalAngles(between: found[row].vectors, and: found[column].vectors)
                #expect(abs(comparison.overlaps[row][column] - exact.overlap) < 1e-6)
            }
        }
        #expect(comparison.consecutive.map { [$0.from, $0.to] } == [[0, 1], [1, 2]])
        #expect(comparison.withFirst.map { [$0.from, $0.to] } == [[0, 1], [0, 2]])
        #expect(comparison.withLast.map { [$0.from, $0.to] } == [[0, 2], [1, 2]])
        for pair in comparison.consecutive + comparison.withFirst + comparison.withLast {
            let exact = try PrincipalAngles(between: found[pair.from].vectors, and: found[pair.to].vectors)
            for (one, other) in zip(pair.angles.angles, exact.angles) { #expect(abs(one - other) < 1e-6) }
        }
        // With no memory to hold vectors, and other workers: the same bits.
        var reads = 0
        let poor = try SubspaceComparison(count: 3, within: 0, workers: Workers(2)) { index in
            reads += 1
            return found[index].0.vectors
        }
        #expect(poor == comparison)
        #expect(reads > 3)
    }

    @Test func findingComesBackFromItsFile() throws {
        let (finding, _, _, _) = try find(problem("a", seed: 5))
        let file = RunFile<Double>(bench.folder.file("state"), identity: RunIdentity(command: "e", version: "1"))
        #expect(try EvolutionFinding(reading: file) == nil)
        try finding.write(to: file)
        let read = try #require(try EvolutionFinding(reading: file))
        #expect(read.point == finding.point)
        #expect(read.vectors.array == finding.vectors.array)
        try file.write(Snapshot(numbers: ["step": [1]]))
        #expect(throws: Fault.self) { try EvolutionFinding(reading: file) }
    }

    /// An agent's checkpoints each carry their own transitions; all are seen on those of one.
    @Test func examplesAreOfOneCheckpoint() throws {
        let paths = try ["first", "last"].map { name in
            var run = RunRecord()
            run.transitions = "\(name).transitions"
            return try bench.checkpoint(name, Bench.linear, [1, 2, 3, 4] as [Float], run: run)
        }
        let found = try [EvolutionExamples.last, .first, .own].map { try $0.data(for: paths, architecture: nil) }
        #expect(found == [bench.folder.file("last.transitions"), bench.folder.file("first.transitions"), nil])
        var trained = RunRecord()
        trained.data = "digits"
        let supervised = try bench.checkpoint("s", Bench.linear, [1, 2, 3, 4] as [Float], run: trained)
        #expect(try EvolutionExamples.last.data(for: [supervised], architecture: nil) == "digits")
    }

    @Test func tooCloseNeighboursAreSaid() {
        let sharp = EvolutionAngleTests.point(
            [.init(value: 2, residual: 1e-6, converged: true), .init(value: 1, residual: 1e-6, converged: true)], 1)
        let close = EvolutionAngleTests.point(
            [.init(value: 2, residual: 0.2, converged: true), .init(value: 1, residual: 1e-6, converged: true)], 1)
        let comparison = try? SubspaceComparison(count: 2) { _ in Matrix<Float>(rows: 0, columns: 3) }
        func warnings(_ points: [EvolutionPoint]) -> [String] {
            EvolutionReport(points, comparison, configuration, parameters: 10, sharesExamples: true).warnings
        }
        #expect(warnings([sharp, sharp]) == [])
        #expect(warnings([sharp, close]).first?.hasPrefix("at 1 of 2 checkpoints") == true)
    }
}

import Checkpoints
import Files
import Krylov
import LinearAlgebra
import Networks
import Synchronization
import TestSupport
import Testing

@testable import Landscape

/// Long runs of `HessianAnalysis`, cut short and taken up again, and densities of halves of the examples.
@Suite struct HessianRunTests {
    private struct Stop: Error {}

    /// Keeps each stage's last snapshot, and stops the run at an offer of choice.
    private final class Tape: Sendable {
        private let kept = Mutex<[String: Snapshot<Float>]>([:])
        private let offers = Mutex<[String: Int]>([:])

        /// - Parameter death: the stage and the number of the offer at which the run dies.
        func control(dyingAt death: (stage: HessianStage, offer: Int)?) -> HessianControl<Float> {
            { [self] stage, number in
                let name = "\(stage) \(number)"
                let resumed = kept.withLock { $0[name] }
                return RunControl(
                    resumed: resumed,
                    offer: { make in
                        let count = self.keep(make(), as: name)
                        if let death, death.stage == stage, death.offer == count { throw Stop() }
                    })
            }
        }

        /// - Returns: how many were kept of that name.
        private func keep(_ snapshot: Snapshot<Float>, as name: String) -> Int {
            // Views of the run's own memory: to be kept they are copied.
            let copies = snapshot.matrices.mapValues { matrix in
                Vector(matrix.array).matrix(rows: matrix.rows, columns: matrix.columns)
            }
            kept.withLock { $0[name] = Snapshot(matrices: copies, numbers: snapshot.numbers) }
            return offers.withLock { offers in
                offers[name, default: 0] += 1
                return offers[name] ?? 0
            }
        }
    }

    /// Says after so many questions that time is over.
    private final class Clock: Sendable {
        private let asked = Atomic<Int>(0)
        private let limit: Int

        init(_ limit: Int) { self.limit = limit }

        var isOver: Bool { asked.add(1, ordering: .relaxed).newValue > limit }
    }

    private var wish: HessianConfiguration {
        var wish = HessianConfiguration(top: 4, probes: 5, steps: 15, seed: 4)
        wish.exact = .never
        wish.density.estimators = .both
        return wish
    }

    /// Oracle: the run that nothing disturbed, to the bit, products and all.
    @Test(arguments: [(HessianStage.extremes, 1), (.density, 3), (.density, 20), (.comparison, 2)])
    func aRunGoesOnToTheSameResult(_ stage: HessianStage, _ offer: Int) throws {
        let linearised: LinearisedNetwork<Float> = try ReferenceCase("mlp_medium_spectrum").linearised(directions: 3)
        let whole = try HessianAnalysis(linearised, wish)
        let tape = Tape()
        #expect(throws: Stop.self) {
            try HessianAnalysis(linearised, wish, control: tape.control(dyingAt: (stage, offer)))
        }
        let resumed = try HessianAnalysis(linearised, wish, control: tape.control(dyingAt: nil))
        #expect(resumed.eigenvalues == whole.eigenvalues && resumed.density == whole.density)
        #expect(resumed.comparison == whole.comparison && resumed.products == whole.products)
        #expect(resumed.certificates == whole.certificates && resumed.warnings == whole.warnings)
        #expect(!resumed.isPartial)
    }

    /// Oracle: what is over before it begins has no result; what is over in its midst has a part of one.
    @Test func aTimeLimitGivesWhatThereIs() throws {
        let linearised: LinearisedNetwork<Float> = try ReferenceCase("mlp_medium_spectrum").linearised(directions: 3)
        func control(_ last: HessianStage, after count: Int) -> HessianControl<Float> {
            let clock = Clock(count)
            return { stage, _ in
                RunControl(isOver: {
                    stage == last ? clock.isOver : HessianStage.order(stage) > HessianStage.order(last)
                })
            }
        }
        let early = try HessianAnalysis(linearised, wish, control: control(.extremes, after: 10))
        #expect(early.isPartial && early.density == nil && early.search?.stop == "ended")
        #expect(early.warnings.contains { $0.contains("no density") })
        // What is told of eigenvalues holds, converged or not: one lies within each residual.
        let exact = try ReferenceCase("mlp_medium_spectrum").expected.doubles("hessian_eigenvalues")
        let slack = 1e-4 * exact.map(abs).max()!
        for eigenvalue in early.eigenvalues {
            #expect(exact.contains { abs($0 - eigenvalue.value) <= eigenvalue.residual + slack })
        }
        let late = try HessianAnalysis(linearised, wish, control: control(.density, after: 20))
        #expect(late.isPartial && late.eigenvalues.allSatisfy(\.converged) && late.comparison == nil)
        #expect(late.density?.isPartial == true && late.density!.probes.count == 3)
        #expect(late.certificates.failed == [])
    }

    /// A linear map under mse: tr H = 2 ⟨|x|²⟩, a mean over examples, whose standard error s/√N the halves must find: from
    /// 40 of them to a factor of 1 ± 0.11, and four times that is allowed. Of the probes' part nothing may be in it.
    @Test func halvesOfTheDataFindTheStandardError() throws {
        let bench = try Bench()
        var source = RandomSource(seed: 3)
        let count = 60
        let inputs = (0..<2 * count).map { _ in Float(source.normal()) }
        let data = try bench.data("data.safetensors") { writer in
            try writer.add("inputs", inputs, shape: [count, 2])
            try writer.add("targets", inputs, shape: [count, 2])
        }
        let checkpoint = try bench.checkpoint("linear.safetensors", Bench.linear, [1, 0, 0, 1] as [Double])
        let problem = try Problem<Double>(
            ProblemConfiguration(checkpoint: checkpoint, data: data, loss: .meanSquaredError))
        let squares = (0..<count).map { row in
            2 * (0..<2).reduce(0.0) { $0 + Double(inputs[2 * row + $1]) * Double(inputs[2 * row + $1]) }
        }
        let truth = Estimate(mean: squares)
        var wish = HessianConfiguration(top: 0, probes: 60, steps: 4, seed: 2)
        wish.resamples = 40
        var found = try HessianAnalysis(problem.linearised(directions: 8), wish)
        #expect(found.method == .dense && abs(found.trace!.value - truth.value) < 1e-9)
        try found.resample(problem, wish)
        let resamples = try #require(found.resamples)
        #expect(resamples.count == 40 && resamples.examples == 30 && resamples.probes == 20)
        let error = try #require(truth.standardError)
        #expect(resamples.trace.dataDeviation > 0.55 * error && resamples.trace.dataDeviation < 1.45 * error)
        // The mean over 40 halves has the deviation of both parts over √40; five of them.
        #expect(abs(resamples.trace.mean.value - truth.value) <= 5 * resamples.trace.totalDeviation / 40.0.squareRoot())
        let again = try HessianAnalysis(problem.linearised(directions: 8), wish)
        #expect(again.resamples == nil && !again.isPartial)
    }
}

extension HessianStage {
    fileprivate static func order(_ stage: HessianStage) -> Int { allCases.firstIndex(of: stage)! }
}

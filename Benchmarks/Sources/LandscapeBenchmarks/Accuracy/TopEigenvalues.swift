import Foundation
import Krylov
import LinearAlgebra

/// The ten eigenvalues of largest magnitude: seconds until all are right to 1e-3.
struct TopEigenvalues {
    let problem: SpectrumProblem
    /// Ascending.
    let exact: [Double]
    let scope: AccuracyScope
    private let count = 10
    private let bound = 1e-3

    init(problem: SpectrumProblem, exact: [Double], scope: AccuracyScope) {
        self.problem = problem
        self.exact = exact
        self.scope = scope
    }

    private var seeds: Int { scope.isQuick ? 1 : 5 }

    func markdown(_ peers: [SpectrumPeer], _ quiet: inout Quiet) throws -> String {
        quiet.wait()
        var rows = [try ours()]
        for peer in peers {
            quiet.wait()
            rows.append(try first(of: peer))
        }
        return Markdown.table(["10 eigenvalues to 1e-3", "setting", "largest relative error", "seconds"], rows)
    }

    /// The worst of several seeds' errors, and the median of their seconds.
    private func row(_ name: String, _ setting: String, _ runs: [(seconds: Double, values: [Double])]) -> [String] {
        let error = runs.map { self.error($0.values) }.max()!
        let seconds = String(format: "%.3f", Timing.median(runs.map(\.seconds)))
        return [name, setting, Markdown.error(error), error <= bound ? seconds : "**\(seconds), not reached**"]
    }

    private func ours() throws -> [String] {
        let target = try problem.hessian(directions: 8, workers: scope.workers)
        let runs = try (0..<seeds).map { seed in
            let clock = ContinuousClock()
            let start = clock.now
            let found = try extremeEigenpairs(
                of: target, count: count,
                ExtremeConfiguration(tolerance: bound, seed: UInt64(seed), workers: scope.workers))
            return (seconds: start.duration(to: clock.now) / .seconds(1), values: found.pairs.map(\.value))
        }
        return row("landscape", "tolerance 1e-3", runs)
    }

    /// The library's first setting, from cheap to dear, that is right for all seeds.
    private func first(of peer: SpectrumPeer) throws -> [String] {
        var last: [String] = [peer.name, "–", "–", "–"]
        var setting = 0
        while true {
            var runs: [(seconds: Double, values: [Double])] = []
            var name = ""
            for seed in 0..<seeds {
                guard let found = try peer.top(count, setting: setting, seed: seed) else { return last }
                runs.append((found.seconds, found.values))
                name = found.setting
            }
            last = row(peer.name, name, runs)
            if runs.allSatisfy({ error($0.values) <= bound }) { return last }
            setting += 1
        }
    }

    /// max |θ − λ| / |λ| over the ten, both sorted.
    private func error(_ values: [Double]) -> Double {
        let wanted = exact.sorted { abs($0) > abs($1) }.prefix(count).sorted()
        guard values.count == count else { return .infinity }
        return zip(values.sorted(), wanted).map { abs($0 - $1) / abs($1) }.max()!
    }
}

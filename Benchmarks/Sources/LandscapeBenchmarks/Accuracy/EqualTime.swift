import Krylov
import Landscape
import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A density's Wasserstein-1 error at equal time, and time to equal error.
struct EqualTime {
    let problem: SpectrumProblem
    /// Ascending.
    let exact: [Double]
    let scope: AccuracyScope

    private var budgets: [Double] { scope.isQuick ? [0.2] : [0.1, 0.3, 1, 3] }
    private var errors: [Double] { [1e-3, 3e-4, 1e-4, 3e-5] }
    private var seeds: Int { scope.isQuick ? 1 : 3 }
    private var steps: [Int] { scope.isQuick ? [20] : [10, 20, 40, 80, 160] }

    /// What one setting of one contender reaches, seed by seed: error after so many seconds.
    private typealias Runs = [[(seconds: Double, error: Double)]]

    func markdown(_ peers: [SpectrumPeer], _ quiet: inout Quiet) throws -> String {
        let norm = max(abs(exact.first!), abs(exact.last!))
        var found: [String: [Runs]] = [:]
        var names: [String] = []
        func note(_ name: String, _ runs: Runs) {
            if found[name] == nil { names.append(name) }
            found[name, default: []].append(runs)
        }
        let longest = budgets.last!
        for setting in OwnDensity.settings(steps: steps) {
            quiet.wait()
            note(
                setting.family,
                try (0..<seeds).map { seed in
                    try setting.curve(
                        problem, exact: exact, seconds: longest, seed: UInt64(seed), workers: scope.workers
                    ).map { ($0.seconds, $0.distance / norm) }
                })
        }
        for peer in peers {
            for count in steps {
                quiet.wait()
                note(
                    peer.name,
                    try (0..<seeds).map { seed in
                        try peer.density(steps: count, seed: seed, seconds: longest, most: 4096).map {
                            ($0.seconds, $0.density.distance(to: exact) / norm)
                        }
                    })
            }
        }
        return atEqualTime(names, found) + "\n\n" + toEqualError(names, found)
    }

    private static let own = "landscape"

    private func atEqualTime(_ names: [String], _ found: [String: [Runs]]) -> String {
        func errors(_ name: String) -> [Double?] { budgets.map { best(found[name]!, within: $0) } }
        var rows = names.map { [$0] + errors($0).map { $0.map(Markdown.error) ?? "–" } }
        let others = names.filter { !$0.hasPrefix(Self.own) }.map(errors)
        if let ours = found[Self.own] {
            rows.append(
                ["the best of the others is so many times farther"]
                    + budgets.indices.map { index in
                        guard let mine = best(ours, within: budgets[index]),
                            let theirs = others.compactMap({ $0[index] }).min()
                        else { return "–" }
                        return Texts.number(theirs / mine)
                    })
        }
        return Markdown.table(["W₁ / ‖A‖ after"] + budgets.map { "\($0) s" }, rows)
    }

    private func toEqualError(_ names: [String], _ found: [String: [Runs]]) -> String {
        // From 5 ms on in steps of a tenth.
        let times = (0...100).map { 0.005 * pow(1.1, Double($0)) }.filter { $0 <= budgets.last! }
        let rows = names.map { name in
            [name]
                + errors.map { error in
                    times.first { time in (best(found[name]!, within: time) ?? .infinity) <= error }
                        .map(Texts.number) ?? "–"
                }
        }
        return Markdown.table(["seconds to W₁ / ‖A‖ of"] + errors.map(Markdown.error), rows)
    }

    private func best(_ runs: [Runs], within budget: Double) -> Double? {
        runs.compactMap { error(of: $0, within: budget) }.min()
    }

    /// The median over the seeds of what each has reached by then; nil where one has nothing yet.
    private func error(of runs: Runs, within budget: Double) -> Double? {
        let reached = runs.compactMap { run in run.last { $0.seconds <= budget }?.error }
        return reached.count == runs.count ? Timing.median(reached) : nil
    }
}

/// Our own densities, as `accuracy_peer.py` makes the others': more and more probes until the time is over.
struct OwnDensity {
    let family: String
    let steps: Int
    /// How many eigenpairs are found first and taken out; the search is part of the time.
    let deflated: Int

    static func settings(steps: [Int]) -> [OwnDensity] {
        steps.map { OwnDensity(family: "landscape, quadrature alone", steps: $0, deflated: 0) }
            + steps.filter { (20...80).contains($0) }.flatMap { count in
                [10, 40, 100].map { OwnDensity(family: "landscape", steps: count, deflated: $0) }
            }
    }

    func curve(
        _ problem: SpectrumProblem, exact: [Double], seconds: Double, seed: UInt64, workers: Workers
    ) throws -> [(seconds: Double, distance: Double)] {
        let target = try problem.hessian(directions: 8, workers: workers)
        var points: [(seconds: Double, distance: Double)] = []
        var probes = 1
        while points.last.map({ $0.seconds < seconds }) ?? true {
            let clock = ContinuousClock()
            let start = clock.now
            var deflation: Deflation<Float>?
            if deflated > 0 {
                let pairs = try extremeEigenpairs(
                    of: target, count: deflated,
                    ExtremeConfiguration(tolerance: 1e-2, seed: seed, workers: workers))
                deflation = Deflation(pairs.pairs, dimension: target.dimension)
            }
            let found = try spectralDensity(
                of: target, deflating: deflation,
                SpectralDensityConfiguration(
                    probes: probes, seed: seed,
                    lanczos: LanczosConfiguration(steps: steps, probesAtOnce: min(8, probes), workers: workers)))
            let time = start.duration(to: clock.now) / .seconds(1)
            points.append(
                (
                    time,
                    deflated > 0
                        ? found.spreadWassersteinDistance(to: exact) : found.wassersteinDistance(to: exact)
                ))
            probes *= 2
        }
        return points
    }
}

import Krylov
import Landscape
import LinearAlgebra
import Networks
import Synchronization

/// `mlp-density`: stochastic Lanczos quadrature of the Hessian, 10 probes of 80 steps.
enum DensityWork {
    /// How large the work is.
    struct Size {
        let probes: Int
        let steps: Int

        static let whole = Size(probes: 10, steps: 80)
        /// Enough to see that everything runs.
        static let quick = Size(probes: 2, steps: 12)
    }

    /// Our side of the work, and where its time went in the last run.
    final class Run {
        private let timed: TimedOperator<CurvatureOperator<Float>>
        private let configuration: SpectralDensityConfiguration
        private(set) var found: SpectralDensity?
        private(set) var seconds = 0.0
        private(set) var productSeconds = 0.0

        init(_ reorthogonalisation: Reorthogonalisation, _ size: Size, workers: Workers) throws {
            let problem = try BenchmarkProblem<Float>()
            let asCommand = HessianConfiguration(top: 0, probes: size.probes, steps: size.steps)
            let block = asCommand.blockSize(for: problem.network, examples: HessianProductWork.batch)
            let linearised = try problem.linearisedRegression(
                batch: HessianProductWork.batch, directions: block, workers: workers)
            timed = TimedOperator(CurvatureOperator(.hessian, of: linearised))
            let lanczos = LanczosConfiguration(
                steps: size.steps, reorthogonalisation: reorthogonalisation, probesAtOnce: block, workers: workers)
            configuration = SpectralDensityConfiguration(probes: size.probes, seed: 0, lanczos: lanczos)
        }

        func run() throws {
            let clock = ContinuousClock()
            let start = clock.now
            timed.reset()
            found = try spectralDensity(of: timed, configuration)
            seconds = start.duration(to: clock.now) / .seconds(1)
            productSeconds = timed.seconds
        }

        var remark: String {
            let rest = seconds - productSeconds
            return "last run: products \(Texts.number(productSeconds)) s, reorthogonalisation and the rest "
                + "\(Texts.number(rest)) s (\(Verdict.percent(rest / seconds))), "
                + "\(found?.reorthogonalisations ?? 0) reorthogonalisations, "
                + "loss of orthogonality \(found.map { String($0.orthogonalityLoss) } ?? "–")"
        }
    }

    static func run(on bench: Bench) throws {
        let size = bench.isQuick ? Size.quick : .whole
        let probes = size.probes
        let steps = size.steps
        let partial = try Run(.partial, size, workers: bench.workers)
        let full = try Run(.full, size, workers: bench.workers)
        let layers = BenchmarkProblem<Float>.layerOperations
        let peerProbes = 1
        let arguments = ["--probes", String(peerProbes), "--steps", String(steps)]
        var comparison = Comparison(
            work: "mlp-density", title: "spectral density, \(probes) probes × \(steps) steps, single", unit: .seconds,
            ours: OwnContender("landscape (partial, as the command)") { try partial.run() }, rounds: bench.rounds(3))
        comparison.variants = [OwnContender("landscape (full)") { try full.run() }]
        comparison.operations =
            Double(probes * steps * HessianProductWork.batch) * (6 * layers.reduce(0, +) - 4 * layers[0])
        comparison.peers = [
            ("torch", "by hand, full twice"), ("pyhessian", "full once"), ("curvlinops", "none"),
            ("hessian-eigenthings", "full once"),
        ].map {
            PeerRequest(
                work: "density", library: $0.0, arguments: arguments, factor: Double(probes / peerProbes), remark: $0.1)
        }
        comparison.targets = [.faster(1.5, than: ["torch"]), .faster(2.5, than: ["pyhessian"])]
        comparison.memoryWork = bench.isQuick ? nil : "mlp-density"
        bench.run(comparison) {
            [
                "peers run \(peerProbes) probe, their time is scaled to \(probes); brackets: reorthogonalisation",
                "partial, \(partial.remark)", "full, \(full.remark)",
            ]
        }
    }
}

/// An operator whose products are timed.
final class TimedOperator<Base: SymmetricOperator>: SymmetricOperator {
    typealias Element = Base.Element

    private let base: Base
    private let nanoseconds = Atomic<Int64>(0)

    var dimension: Int { base.dimension }
    var seconds: Double { Double(nanoseconds.load(ordering: .relaxed)) * 1e-9 }

    init(_ base: Base) { self.base = base }

    func reset() { nanoseconds.store(0, ordering: .relaxed) }

    func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        let time = try ContinuousClock().measure { try base.apply(to: vectors, into: results) }
        nanoseconds.add(Int64(time / .nanoseconds(1)), ordering: .relaxed)
    }
}

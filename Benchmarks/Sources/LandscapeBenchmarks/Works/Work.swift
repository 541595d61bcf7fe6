import Krylov
import LinearAlgebra

/// The works by the names that `--only` and `--measure-memory` know.
enum Work: String, CaseIterable {
    case hvp, density, gradcov, adam, command

    func run(on bench: Bench) throws {
        switch self {
        case .hvp: try HessianProductWork.run(on: bench)
        case .density: try DensityWork.run(on: bench)
        case .gradcov: try GradientCovarianceWork.run(on: bench)
        case .adam: try AdamWork.run(on: bench)
        case .command: try CommandWork.run(on: bench)
        }
    }

    /// Does our part of a work once, in a process whose memory is then the work's.
    static func once(_ name: String, workers: Workers) throws {
        switch name {
        case "hvp": try HessianProductWork.once(workers: workers)
        case "density": try DensityWork.Run(.partial, .whole, workers: workers).run()
        case "gradcov-512": try GradientCovarianceWork.contender(examples: 512, workers: workers)()
        case "gradcov-4096": try GradientCovarianceWork.contender(examples: 4096, workers: workers)()
        case "adam-32": try AdamWork.contender(batch: 32, workers: workers)()
        case "adam-128": try AdamWork.contender(batch: 128, workers: workers)()
        default: throw HarnessFailure("no work is called \(name)")
        }
    }
}

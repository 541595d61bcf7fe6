import Krylov
import LinearAlgebra

/// The works by the names that `--only` and `--measure-memory` know: the network and what is done with it.
enum Work: String, CaseIterable {
    case hvp = "mlp-hvp"
    case density = "mlp-density"
    case gradcov = "mlp-gradcov"
    case surface = "mlp-surface"
    case adam = "mlp-adam"
    case probe = "mlp-probe"
    case agent = "mlp-agent"
    case command = "mlp-command"
    case cnnHessian = "cnn-hvp"
    case cnnCovariance = "cnn-gradcov"
    case cnnTraining = "cnn-dqn"
    case cnnAgent = "cnn-agent"
    case resnet18Hessian = "resnet18-hvp"
    case resnet18Covariance = "resnet18-gradcov"
    case vitHessian = "vit-hvp"
    case vitCovariance = "vit-gradcov"

    /// The works that a word chooses: one by its name, or all of a network (`cnn`) or a kind (`hvp`).
    static func chosen(by word: String) -> [Work] {
        allCases.filter { $0.rawValue == word || $0.rawValue.split(separator: "-").contains(Substring(word)) }
    }

    func run(on bench: Bench) throws {
        switch self {
        case .hvp: try HessianProductWork.run(on: bench)
        case .density: try DensityWork.run(on: bench)
        case .gradcov: try GradientCovarianceWork.run(on: bench)
        case .surface: try SurfaceWork.run(on: bench)
        case .adam: try AdamWork.run(on: bench)
        case .probe: try ProbeWork.run(on: bench)
        case .agent: try AgentWork.run(.mlp, on: bench)
        case .command: try CommandWork.run(on: bench)
        case .cnnHessian: try NetworkWork.runHessian(.cnn, on: bench)
        case .cnnCovariance: try NetworkWork.runCovariance(.cnn, on: bench)
        case .cnnTraining: try NetworkDQNWork.run(on: bench)
        case .cnnAgent: try AgentWork.run(.cnn, on: bench)
        case .resnet18Hessian: try NetworkWork.runHessian(.resnet18, on: bench)
        case .resnet18Covariance: try NetworkWork.runCovariance(.resnet18, on: bench)
        case .vitHessian: try NetworkWork.runHessian(.vit, on: bench)
        case .vitCovariance: try NetworkWork.runCovariance(.vit, on: bench)
        }
    }

    /// Does our part of a work once, in a process whose memory is then the work's.
    static func once(_ name: String, workers: Workers) throws {
        switch name {
        case "mlp-hvp": try HessianProductWork.once(workers: workers)
        case "mlp-density": try DensityWork.Run(.partial, .whole, workers: workers).run()
        case "mlp-gradcov-512": try GradientCovarianceWork.contender(examples: 512, workers: workers)()
        case "mlp-gradcov-4096": try GradientCovarianceWork.contender(examples: 4096, workers: workers)()
        case "mlp-surface": try SurfaceWork.contender(workers: workers)()
        case "mlp-adam-32": try AdamWork.contender(batch: 32, workers: workers)()
        case "mlp-adam-128": try AdamWork.contender(batch: 128, workers: workers)()
        case "mlp-probe-1": try ProbeWork.contender(tasks: 1, workers: workers)()
        case "mlp-probe-10": try ProbeWork.contender(tasks: 10, workers: workers)()
        case "cnn-dqn-32": try NetworkDQNWork.once(batch: 32, workers: workers)
        case "cnn-dqn-512": try NetworkDQNWork.once(batch: 512, workers: workers)
        default:
            let parts = name.split(separator: "-").map(String.init)
            if parts.count == 3, parts[1] == "agent", let network = NetworkName(rawValue: parts[0]),
                let batch = Int(parts[2])
            {
                return try AgentWork.once(network, batch: batch, workers: workers)
            }
            guard parts.count == 2, let network = NetworkName(rawValue: parts[0]) else {
                throw HarnessFailure("no work is called \(name)")
            }
            try NetworkWork.once(parts[1], network, workers: workers)
        }
    }
}

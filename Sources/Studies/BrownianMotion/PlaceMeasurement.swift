import Checkpoints
import Files
import Foundation
import Krylov
import Landscape
import LinearAlgebra
import Networks

/// The Hessian of a new task's loss, ℓ(θ) = mean (f(θ, X) − sg[f(θ₀, X) + ε])² at θ = θ₀, as it was found in one place.
struct ProbeSpectrum: Codable, Sendable {
    /// The largest eigenvalues, descending.
    var eigenvalues: [Double]
    var trace: Double
    /// ‖H‖_F.
    var frobeniusNorm: Double
    /// The eigenvalues above `threshold`: those found one by one, and what the density has there beside them.
    var outliers: Double
    /// λ₁ at step 0, of the same run.
    var threshold: Double
    /// The density's axis, and the density on it.
    var grid: [Double]
    var density: [Double]
    var warnings: [String]

    enum CodingKeys: String, CodingKey {
        case eigenvalues, trace
        case frobeniusNorm = "frobenius_norm"
        case outliers, threshold, grid, density, warnings
    }
}

/// The cosines between the gradients of single transitions' losses, in a few numbers.
struct GradientCosines: Codable, Sendable {
    /// The mean of the entries off the diagonal.
    var meanOffDiagonal: Double
    /// The share of the entries off the diagonal that are negative.
    var negativeFraction: Double
    /// The mean of min(cosine, 0) off the diagonal: how much examples hinder each other, rather than how many pairs do.
    var interference: Double
    var effectiveRank: Double
    var zeroGradients: Int
    /// The share of negative TD errors. Where nearly all have one sign, gradients that point one way for every transition
    /// cannot hinder each other.
    var negativeErrors: Double

    enum CodingKeys: String, CodingKey {
        case meanOffDiagonal = "mean_off_diagonal"
        case negativeFraction = "negative_fraction"
        case interference
        case effectiveRank = "effective_rank"
        case zeroGradients = "zero_gradients"
        case negativeErrors = "negative_errors"
    }
}

/// A place's cosines under either target network.
struct PlaceCosines: Codable, Sendable {
    /// θ′ of the agent: the same loss function for the agent and its twins.
    var agentTarget: GradientCosines
    /// The network itself: each as an agent is that has just renewed its target network.
    var ownTarget: GradientCosines

    enum CodingKeys: String, CodingKey {
        case agentTarget = "agent_target"
        case ownTarget = "own_target"
    }
}

/// Takes measurements at checkpoints.
struct PlaceMeasurement {
    let study: BrownianMotion
    let workers: Workers

    /// - Parameter threshold: above which eigenvalues are outliers; nil for λ₁ itself.
    func spectrum(of checkpoint: String, threshold: Double?) throws(Fault) -> ProbeSpectrum {
        try Self.faults(at: checkpoint) {
            let point = try Problem<Float>(
                ProblemConfiguration(
                    checkpoint: checkpoint, loss: .probe, examples: study.hessianExamples, workers: workers))
            var wish = HessianConfiguration(top: study.top, probes: study.probes, steps: study.lanczosSteps)
            wish.end = .largest
            wish.exact = .never
            let linearised = try point.linearised(
                directions: wish.blockSize(for: point.network, examples: point.examples),
                reserving: wish.vectorBytes(for: point.network, examples: point.examples))
            let found = try HessianAnalysis(linearised, wish)
            guard let largest = found.eigenvalues.first?.value, let density = found.density,
                let smoothed = found.smoothed
            else {
                throw Fault(.software, "no eigenvalue was found", at: "Hessian")
            }
            let bound = threshold ?? largest
            let above = (1 - density.cumulativeEstimate(at: bound).value) * Double(found.dimension)
            let thin = stride(from: 0, to: smoothed.grid.count, by: 5)
            return ProbeSpectrum(
                eigenvalues: found.eigenvalues.map(\.value), trace: found.trace?.value ?? 0,
                frobeniusNorm: max(0, found.frobeniusNormSquared?.value ?? 0).squareRoot(),
                outliers: max(0, above), threshold: bound, grid: thin.map { smoothed.grid[$0] },
                density: thin.map { smoothed.values[$0] }, warnings: found.warnings)
        }
    }

    /// The cosines, and their matrix with rows and columns by clusters, `[k, k]`.
    func cosines(
        of checkpoint: String, target: TargetNetwork
    ) throws(Fault) -> (numbers: GradientCosines, matrix: Matrix<Float>) {
        try Self.faults(at: checkpoint) {
            var configuration = ProblemConfiguration(
                checkpoint: checkpoint, examples: study.covarianceExamples, workers: workers)
            configuration.target = target
            let point = try Problem<Float>(configuration)
            let covariance = try GradientCovariance(
                point.linearised(
                    directions: 0, reserving: GradientCovariance<Float>.bytes(examples: point.examples)))
            let order = try Arrangement(.kmeans, of: covariance.matrix, labels: nil, seed: 0)
            let numbers = GradientCosines(
                meanOffDiagonal: covariance.meanOffDiagonal, negativeFraction: covariance.negativeFraction,
                interference: Self.interference(covariance.matrix), effectiveRank: covariance.effectiveRank,
                zeroGradients: covariance.zeroGradients, negativeErrors: try Self.negativeErrors(point))
            return (numbers, order.applied(to: covariance.matrix))
        }
    }

    private static func negativeErrors(_ point: Problem<Float>) throws -> Double {
        guard let loss = point.loss as? TemporalDifference<Float> else {
            throw Fault(
                .software, "the loss is \(point.loss.kind.rawValue), not of temporal differences", at: "cosines")
        }
        let passes = Backpropagation(point.network, examples: point.examples, workers: point.workers)
        passes.load(point.inputs)
        passes.forward(at: point.parameters)
        let outputs = passes.outputs
        let negative = zip(loss.actions, loss.targets).enumerated().count { row, pair in
            Double(outputs[row, pair.0]) < pair.1
        }
        return Double(negative) / Double(point.examples)
    }

    private static func interference(_ matrix: Matrix<Float>) -> Double {
        let count = matrix.rows
        let sum = (0..<count).reduce(0.0) { sum, row in
            sum + matrix.row(row).doubles.enumerated().reduce(0) { $0 + ($1.offset == row ? 0 : min(0, $1.element)) }
        }
        return count > 1 ? sum / Double(count * (count - 1)) : 0
    }

    private static func faults<Result>(at checkpoint: String, _ body: () throws -> Result) throws(Fault) -> Result {
        do {
            return try body()
        } catch let fault as Fault {
            throw fault.within(checkpoint)
        } catch {
            throw Fault(.software, "\(error)", at: checkpoint)
        }
    }
}

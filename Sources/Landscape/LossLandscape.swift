public import Checkpoints
import Files
public import Krylov
public import LinearAlgebra
public import Networks

/// The whole way from a checkpoint to a report, one noun after another.
///
/// ```
/// Checkpoint → Parameters → LinearisedNetwork → CurvatureOperator → LanczosDecomposition → SpectralDensity → Report
/// ```
///
/// The commands go the same way with progress, extremes and options (`HessianAnalysis`); this is the shortest path.
public enum LossLandscape {
    /// The Hessian's spectral density at a checkpoint.
    ///
    /// - Parameters:
    ///   - inputs: `[N, inputs]`.
    ///   - loss: of N examples.
    /// - Throws: `Fault`, `KrylovFailure` or `FactorisationFailure`.
    public static func spectralDensity<Element: Scalar>(
        of checkpoint: Checkpoint, inputs: Matrix<Element>, loss: any Loss<Element>,
        _ configuration: SpectralDensityConfiguration
    ) throws -> SpectralDensity {
        let network = try Network<Element>(checkpoint.architecture)
        let parameters: Parameters<Element> = try checkpoint.parameters(of: network)
        let linearised: LinearisedNetwork<Element> = try LinearisedNetwork(
            network, at: parameters, inputs: inputs, loss: loss, workers: configuration.lanczos.workers)
        let hessian = CurvatureOperator(.hessian, of: linearised)
        let probes: [Vector<Element>] = (0..<configuration.probes).map {
            configuration.distribution.probe($0, dimension: hessian.dimension, seed: configuration.seed)
        }
        let decompositions: [LanczosDecomposition<Element>] = try lanczos(
            hessian, starts: probes, configuration.lanczos)
        return try SpectralDensity(decompositions, dimension: hessian.dimension)
    }
}

import Agents
import Checkpoints
public import Files
import Foundation
import Krylov

extension BrownianMotion {
    /// What was found, by quantity and iteration.
    public struct Outcome: Encodable, Sendable {
        /// Of the probe loss's Hessian.
        var spectra: [TwinContrast]
        /// Of the gradients' cosines.
        var cosines: [TwinContrast]
        /// What the analyses warned of.
        var warnings: [String]
        /// Not in `result.json`: the files beside it have them.
        var densities: [Density] = []
        var matrices: [CosineMatrix] = []

        enum CodingKeys: String, CodingKey { case spectra, cosines, warnings }

        /// The contrast of a quantity after the last iteration at which it was taken.
        func last(_ quantity: Quantity) -> TwinContrast? {
            (spectra + cosines).last { $0.quantity == quantity.rawValue }
        }
    }

    /// A density of the first agent or a twin of it.
    struct Density: Sendable {
        var iteration: Int
        var twin: Int?
        var grid: [Double]
        var values: [Double]
    }

    struct CosineMatrix: Sendable {
        var iteration: Int
        var twin: Int?
        var entries: [Double]
    }

    /// What is compared, by the names in `result.json`.
    enum Quantity: String {
        case largest = "largest_eigenvalue"
        case outliers
        case frobenius = "frobenius_norm"
        case trace
        case meanOffDiagonal = "mean_off_diagonal"
        case interference
        case negativeFraction = "negative_fraction"
        case effectiveRank = "effective_rank"
        case negativeErrors = "negative_errors"
        case ownInterference = "interference_own_target"
        case ownNegativeFraction = "negative_fraction_own_target"
        case ownNegativeErrors = "negative_errors_own_target"
    }

    public func outcome(in folder: StudyFolder) throws(Fault) -> Outcome {
        var outcome = Outcome(spectra: [], cosines: [], warnings: [])
        for iteration in hessianIterations {
            let found: [[ProbeSpectrum]] = try bySeed(iteration) { place throws(Fault) in
                // At step 0 the twins are where the agent is.
                try read(spectrumPath(iteration == 0 ? Place(seed: place.seed, iteration: 0) : place, in: folder))
            }
            outcome.spectra += [
                Self.contrast(.largest, iteration, found) { $0.eigenvalues[0] },
                Self.contrast(.outliers, iteration, found, \.outliers),
                Self.contrast(.frobenius, iteration, found, \.frobeniusNorm),
                Self.contrast(.trace, iteration, found, \.trace),
            ]
            outcome.warnings += Set(found.flatMap { $0.flatMap(\.warnings) }).sorted()
            for (index, spectrum) in found[0].enumerated() where iteration > 0 || index == 0 {
                outcome.densities.append(
                    Density(
                        iteration: iteration, twin: walkers[index], grid: spectrum.grid, values: spectrum.density))
            }
        }
        for iteration in covarianceIterations {
            let found: [[PlaceCosines]] = try bySeed(iteration) { place throws(Fault) in
                try read(cosinesPath(place, in: folder))
            }
            outcome.cosines += [
                Self.contrast(.meanOffDiagonal, iteration, found, \.agentTarget.meanOffDiagonal),
                Self.contrast(.interference, iteration, found, \.agentTarget.interference),
                Self.contrast(.negativeFraction, iteration, found, \.agentTarget.negativeFraction),
                Self.contrast(.effectiveRank, iteration, found, \.agentTarget.effectiveRank),
                Self.contrast(.negativeErrors, iteration, found, \.agentTarget.negativeErrors),
                Self.contrast(.ownInterference, iteration, found, \.ownTarget.interference),
                Self.contrast(.ownNegativeFraction, iteration, found, \.ownTarget.negativeFraction),
                Self.contrast(.ownNegativeErrors, iteration, found, \.ownTarget.negativeErrors),
            ]
            for twin in [nil, 1] as [Int?] {
                let path = matrixPath(Place(seed: 0, iteration: iteration, twin: twin), in: folder)
                let entries = try SafetensorsFile(reading: path).floats("cosines")
                outcome.matrices.append(
                    CosineMatrix(iteration: iteration, twin: twin, entries: entries.map { Double($0) }))
            }
        }
        outcome.warnings = Set(outcome.warnings).sorted()
        return outcome
    }

    /// What `read` finds of every agent and its twins, `[seeds][walkers]`.
    private func bySeed<Value>(
        _ iteration: Int, _ read: (Place) throws(Fault) -> Value
    ) throws(Fault) -> [[Value]] {
        var found: [[Value]] = []
        for seed in 0..<seeds {
            var row: [Value] = []
            for twin in walkers { row.append(try read(Place(seed: seed, iteration: iteration, twin: twin))) }
            found.append(row)
        }
        return found
    }

    private static func contrast<Value>(
        _ quantity: Quantity, _ iteration: Int, _ found: [[Value]], _ value: (Value) -> Double
    ) -> TwinContrast {
        TwinContrast(
            quantity.rawValue, iteration: iteration, agents: found.map { value($0[0]) },
            twins: found.map { $0.dropFirst().map(value) })
    }
}

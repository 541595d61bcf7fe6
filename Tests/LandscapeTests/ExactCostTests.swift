import Foundation
import Krylov
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// What exact spectra of larger networks cost; slow, so only where asked for.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LANDSCAPE_LONG_TESTS"] != nil))
struct ExactCostTests {
    /// Oracles: the trace as P · mean of vᵀGv over 40 random signs (Hutchinson), within five of its standard errors; and
    /// the largest eigenvalue by Lanczos, within its residual and what the spectrum says of itself.
    @Test func spectrumOfAPerceptronOf669706Parameters() throws {
        let layers: [LayerDescription] = [
            .linear("fc1", in: 784, out: 512), .relu, .linear("fc2", in: 512, out: 512), .relu,
            .linear("fc3", in: 512, out: 10),
        ]
        let network = try Network<Float>(Architecture(input: [784], layers: layers))
        let inputs = Matrix<Float>(rows: 512, columns: 784)
        var source = RandomSource(seed: 1)
        inputs.elements.fillNormal(using: &source)
        let linearised = try LinearisedNetwork(
            network, at: Parameters(initialising: network.layout, seed: 1), inputs: inputs,
            loss: CrossEntropy(labels: (0..<512).map { $0 % 10 }), directions: 8, workers: Workers(2))
        let ggn = OperatorConfiguration(.gaussNewton)
        for arithmetic in [ExactArithmetic.network, .double] {
            var configuration = ExactConfiguration(ggn)
            configuration.arithmetic = arithmetic
            let clock = ContinuousClock()
            let start = clock.now
            let found = try ExactSpectrum(linearised, configuration)
            print(
                "\(arithmetic.rawValue): \(start.duration(to: clock.now)), order \(found.eigenvalues.count), λ₁ "
                    + "\(found.spectralNorm) ± \(found.errors.total), trace \(found.trace), \(found.costs[1])")
            #expect(found.method == .gram && found.dimension == network.layout.count)
            #expect(found.eigenvalues.count == 512 * 9 && found.impliedZeros == found.dimension - 512 * 9)
            let target = try ggn.make(of: linearised)
            var trace = SpectralDensityConfiguration(probes: 40, distribution: .rademacher, seed: 2)
            trace.lanczos.probesAtOnce = 8
            let estimate = try traceEstimate(of: target, trace)
            #expect(abs(estimate.value - found.trace) <= 5 * estimate.standardError!)
            let extremes = try extremeEigenpairs(
                of: target, count: 1,
                ExtremeConfiguration(
                    end: .largestMagnitude, tolerance: 1e-6, maximumSteps: 300, seed: 3, workers: Workers(2)))
            let largest = extremes.pairs[0]
            #expect(abs(largest.value - found.spectralNorm) <= largest.residual + found.errors.total)
        }
    }
}

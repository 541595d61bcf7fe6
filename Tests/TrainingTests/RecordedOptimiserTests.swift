import Checkpoints
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import Training

/// Our optimisers against what PyTorch's and optax's made of the same gradients, recorded in double precision by
/// `Benchmarks/peers/record_optimisers.py`.
@Suite struct RecordedOptimiserTests {
    /// The recorded cases, by name.
    static let cases = [
        "sgd", "sgd_decay", "momentum", "nesterov", "rmsprop", "rmsprop_in_root", "rmsprop_uncentred",
        "rmsprop_uncentred_in_root", "adam", "adam_in_root", "adam_decay", "adamw", "adagrad", "adagrad_in_root",
    ]

    /// Oracle: the libraries, step for step: their `eps` is our ε, optax's `eps_root` (and its `eps` inside the root of
    /// RMSProp and AdaGrad) our ε̄. A dozen steps of some ten operations each, in another order than ours: a few 1e-16 of
    /// θ each, beyond which v − m² loses by cancellation what v/(v − m²) says (at least once v = m² in the first step,
    /// where it is 1/(1 − β₂) = 5): 1e-13 of the largest parameter.
    @Test(arguments: cases)
    func stepsAreThoseOfPyTorchAndOptax(_ name: String) throws {
        let file = try SafetensorsFile(reading: Fixtures.path("optimisers.safetensors"))
        let constants = try JSONDecoder().decode(
            [String: OptimiserConfiguration].self, from: Data(try #require(file.metadata["cases"]).utf8))
        #expect(Set(constants.keys) == Set(Self.cases))
        let start = try file.doubles("parameters")
        let gradients = try file.doubles("gradients")
        let count = start.count
        var compared = 0
        for library in ["torch", "optax"] where file.metadata["versions"] != nil {
            guard let recorded = try? file.doubles("\(name).\(library)") else { continue }
            compared += 1
            let optimiser = try Optimiser<Double>(#require(constants[name]), parameterCount: count)
            let parameters = Vector<Double>(start)
            for step in 0..<recorded.count / count {
                let range = step * count..<(step + 1) * count
                optimiser.beginStep().apply(
                    to: parameters, gradient: Vector(Array(gradients[range])), range: 0..<count)
                let largest = recorded[range].reduce(0) { max($0, abs($1)) }
                let error = zip(parameters.array, recorded[range]).reduce(0) { max($0, abs($1.0 - $1.1)) }
                #expect(error < 1e-13 * largest, "\(library), step \(step + 1)")
            }
        }
        #expect(compared > 0)
    }
}

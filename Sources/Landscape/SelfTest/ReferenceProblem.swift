import Checkpoints
import Files
import LinearAlgebra
import Networks

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The reference case that ships inside the program: a tanh network under cross-entropy, with its gradient, products and
/// inner products as PyTorch computed them in double precision.
struct ReferenceProblem {
    let checkpoint: Checkpoint
    let expected: SafetensorsFile

    init() throws(Fault) {
        checkpoint = try Checkpoint(
            parsing: Data(PackageResources.mlp_tanh_cross_entropy_checkpoint_safetensors), from: "reference case")
        expected = try SafetensorsFile(
            parsing: Data(PackageResources.mlp_tanh_cross_entropy_expected_safetensors), from: "reference case")
    }

    func linearised<Element: Scalar>(_ workers: Workers) throws(Fault) -> LinearisedNetwork<Element> {
        let network = try Network<Element>(checkpoint.architecture)
        let inputs = Vector<Element>(rounding: try expected.doubles("inputs"))
        return try LinearisedNetwork(
            network, at: checkpoint.parameters(of: network),
            inputs: inputs.matrix(rows: inputs.count / network.inputCount, columns: network.inputCount),
            loss: CrossEntropy(labels: expected.integers("targets")), workers: workers)
    }

    /// The tensors `<prefix>/<parameter>` end to end, in the layout's order.
    func numbers(_ prefix: String, _ layout: ParameterLayout) throws(Fault) -> [Double] {
        var numbers: [Double] = []
        for entry in layout.entries { numbers += try expected.doubles("\(prefix)/\(entry.name)") }
        return numbers
    }

    func vector<Element: Scalar>(_ prefix: String, _ layout: ParameterLayout) throws(Fault) -> Vector<Element> {
        Vector(rounding: try numbers(prefix, layout))
    }
}

public import Checkpoints
import Files
import Foundation
public import LinearAlgebra
public import Networks

/// A small network with everything there is to know about its loss at one point, computed independently in PyTorch in
/// double precision. See `Fixtures/README.md`.
public struct ReferenceCase: Sendable {
    /// The cases whose layers this version knows.
    public static let names = [
        "mlp_relu_mse", "mlp_tanh_cross_entropy", "mlp_medium_spectrum", "mlp_spectral_norm_mse",
        "mlp_layernorm_gelu_huber", "cnn_relu_maxpool_mse", "cnn_tanh_avgpool_cross_entropy",
        "resnet_batchnorm_mse", "resnet_groupnorm_cross_entropy", "vit_class_token_cross_entropy",
        "vit_mean_tokens_mse",
    ]

    public let name: String
    public let checkpoint: Checkpoint
    public let expected: SafetensorsFile

    public init(_ name: String) throws {
        self.name = name
        checkpoint = try Checkpoint(reading: Fixtures.path(name + ".checkpoint.safetensors"))
        expected = try SafetensorsFile(reading: Fixtures.path(name + ".expected.safetensors"))
    }

    public func network<Element: Scalar>() throws -> Network<Element> { try Network(checkpoint.architecture) }

    /// `[N, inputs]`.
    public func inputs<Element: Scalar>() throws -> Matrix<Element> { try matrix("inputs") }

    public func loss<Element: Scalar>() throws -> any Loss<Element> {
        guard let kind = LossKind(named: expected.metadata["loss"] ?? "") else {
            throw Fault(.data, "names no loss", at: name)
        }
        let outputs = try expected.entry(named: "outputs").shape[1]
        let isLabelled = try expected.entry(named: "targets").dtype == .i64
        let targets: Targets<Element> =
            isLabelled ? .labels(try expected.integers("targets")) : .values(try matrix("targets"))
        let threshold = expected.metadata["huber_delta"].flatMap(Double.init) ?? 1
        return try kind.bound(to: targets, outputs: outputs, huberThreshold: threshold)
    }

    public func linearised<Element: Scalar>(
        directions: Int = 1, workers: Workers = .one
    ) throws -> LinearisedNetwork<Element> {
        let network: Network<Element> = try network()
        return try LinearisedNetwork(
            network, at: checkpoint.parameters(of: network), inputs: inputs(), loss: loss(), directions: directions,
            workers: workers)
    }

    /// The tensors `<prefix>/<parameter>` as one flat vector in the layout's order.
    public func vector<Element: Scalar>(_ prefix: String, _ layout: ParameterLayout) throws -> Vector<Element> {
        Vector(rounding: try layout.entries.flatMap { try expected.doubles("\(prefix)/\($0.name)") })
    }

    private func matrix<Element: Scalar>(_ tensor: String) throws -> Matrix<Element> {
        let shape = try expected.entry(named: tensor).shape
        return Vector(rounding: try expected.doubles(tensor)).matrix(
            rows: shape[0], columns: shape.dropFirst().reduce(1, *))
    }
}

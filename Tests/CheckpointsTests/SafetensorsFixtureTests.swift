import Checkpoints
import Files
import Foundation
import Testing

/// The reference cases, which `safetensors.torch` wrote.
@Suite struct SafetensorsFixtureTests {
    /// What a case's file holds.
    struct Case: CustomTestStringConvertible {
        let name: String
        let tensors: Int
        let elements: Int
        /// Exclusive or of the bits of all F64 elements.
        let bits: UInt64
        /// Sum of all I64 elements.
        let sum: Int

        init(_ name: String, _ tensors: Int, _ elements: Int, _ bits: UInt64, _ sum: Int) {
            (self.name, self.tensors, self.elements, self.bits, self.sum) = (name, tensors, elements, bits, sum)
        }

        var testDescription: String { name }
    }

    /// Oracle: computed from the files with `safetensors.torch.load_file` 0.8.0 and NumPy.
    static let cases = [
        Case("mlp_layernorm_gelu_huber.checkpoint", 10, 387, 0xBF39_0CD1_6D2E_BAB7, 0),
        Case("mlp_layernorm_gelu_huber.expected", 113, 6397, 0x39B1_4CB2_074A_487F, 0),
        Case("mlp_medium_spectrum.checkpoint", 6, 3050, 0x00DD_41B3_3D07_AF8B, 0),
        Case("mlp_medium_spectrum.expected", 73, 50276, 0x77D5_7326_905B_28B4, 237),
        Case("mlp_relu_mse.checkpoint", 6, 565, 0x3F34_1DB3_0B3A_13B3, 0),
        Case("mlp_relu_mse.expected", 73, 9099, 0x42C5_6249_FEE2_E5F8, 0),
        Case("mlp_spectral_norm_mse.checkpoint", 12, 362, 0x0013_BD52_FDD6_5A0D, 0),
        Case("mlp_spectral_norm_mse.expected", 73, 4725, 0xC464_22E2_6742_296C, 0),
        Case("mlp_tanh_cross_entropy.checkpoint", 6, 367, 0xBFFC_85B3_7178_DAFF, 0),
        Case("mlp_tanh_cross_entropy.expected", 73, 5933, 0xBE6C_518B_BB83_C2E3, 38),
    ]

    @Test(arguments: cases) func theCaseReads(_ expected: Case) throws {
        let file = try SafetensorsFile(reading: "\(fixtures)/\(expected.name).safetensors")
        #expect(file.entries.count == expected.tensors)
        #expect(file.metadata.count == 3)
        #expect(file.entries.reduce(0) { $0 + $1.count } == expected.elements)
        var bits: UInt64 = 0
        var sum = 0
        for entry in file.entries {
            if entry.dtype == .f64 {
                bits = try file.doubles(entry.name).reduce(bits) { $0 ^ $1.bitPattern }
            } else {
                sum += try file.integers(entry.name).reduce(0, +)
            }
        }
        #expect(bits == expected.bits)
        #expect(sum == expected.sum)
    }

    /// Oracle: the shapes of the networks, from their architectures.
    @Test func namesAndShapesAreThoseOfTheNetwork() throws {
        let file = try SafetensorsFile(reading: fixtures + "/mlp_relu_mse.checkpoint.safetensors")
        let shapes = Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, $0.shape) })
        #expect(
            shapes == [
                "fc1.weight": [16, 12], "fc1.bias": [16], "fc2.weight": [16, 16], "fc2.bias": [16],
                "fc3.weight": [5, 16], "fc3.bias": [5],
            ])
        #expect(file.metadata["format"] == "pt" && file.metadata["landscape.format_version"] == "1")
    }
}

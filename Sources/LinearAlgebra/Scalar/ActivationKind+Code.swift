import CElementwise

extension ActivationKind {
    /// The number by which the loops know this activation.
    var code: Int32 {
        let code =
            switch self {
            case .relu: activation_relu
            case .leakyRelu: activation_leaky_relu
            case .tanh: activation_tanh
            case .sigmoid: activation_sigmoid
            case .silu: activation_silu
            case .geluErf: activation_gelu_erf
            case .geluTanh: activation_gelu_tanh
            }
        return Int32(code.rawValue)
    }
}

import Files

/// The networks without branches. Layers are named `conv1`, `conv2`, …, `fc1`, `fc2`, …, the last the output, and layer
/// norms `ln1`, `ln2`, … in their order.
extension NetworkPreset {
    /// `mlp`: `flatten`, then hidden layers with rectifiers.
    func buildPerceptron(_ stack: inout LayerStack) throws(Fault) {
        stack.flatten()
        for width in widths ?? Array(repeating: 512, count: depth ?? 2) { hidden(try scaled(width), &stack) }
    }

    /// `cnn`: a 5×5 convolution and 3×3 ones, each with stride 2 and padding k/2, which halves the image; two hidden
    /// layers. The paper gives the kernels and the channels; stride and padding are a choice of ours.
    func buildConvolutional(_ stack: inout LayerStack) throws(Fault) {
        let channels = try scaled(64)
        let units = try scaled(256)
        for index in 0..<(depth ?? 2) {
            let kernel = index == 0 ? 5 : 3
            try convolution(index, channels, kernel: kernel, stride: 2, padding: kernel / 2, &stack)
        }
        stack.flatten()
        hidden(units, &stack)
        hidden(units, &stack)
    }

    /// `nature`: Mnih et al. 2015, Methods, for frames `[4, 84, 84]`; any image of at least 36 × 36 fits.
    func buildNature(_ stack: inout LayerStack) throws(Fault) {
        try convolution(0, try scaled(32), kernel: 8, stride: 4, padding: 0, &stack)
        try convolution(1, try scaled(64), kernel: 4, stride: 2, padding: 0, &stack)
        try convolution(2, try scaled(64), kernel: 3, stride: 1, padding: 0, &stack)
        stack.flatten()
        hidden(try scaled(512), &stack)
    }

    private func convolution(
        _ index: Int, _ channels: Int, kernel: Int, stride: Int, padding: Int, _ stack: inout LayerStack
    ) throws(Fault) {
        try stack.convolution("conv\(index + 1)", channels, kernel: kernel, stride: stride, padding: padding)
        activate(&stack)
    }

    private func hidden(_ units: Int, _ stack: inout LayerStack) {
        stack.linear("fc\(stack.linearCount + 1)", units, spectralNorm: isSpectral(after: stack))
        activate(&stack)
    }

    /// Whether the next fully connected layer is the first, and has spectral norm.
    func isSpectral(after stack: LayerStack) -> Bool { spectralNorm && stack.linearCount == 0 }

    /// Layer norm is before the activation: what the rectifier sees is centred, so that no unit is dead on all of a batch
    /// for its bias alone. Over all of an example, `[C, H, W]` after a convolution: the paper does not say over what.
    private func activate(_ stack: inout LayerStack) {
        if layerNorm { stack.layerNorm("ln\(stack.layerNormCount + 1)") }
        if crelu { stack.pairedRectifier() } else { stack.append(.relu) }
    }
}

extension Architecture {
    /// A multilayer perceptron with rectifiers, the preset `mlp` of these widths: `flatten`, then `fc1`, `fc2`, …, the
    /// last of `outputs`.
    public static func perceptron(input: [Int], widths: [Int], outputs: Int) -> Architecture {
        var preset = NetworkPreset(.mlp)
        preset.widths = widths
        do throws(Fault) {
            return try preset.architecture(input: input, outputs: outputs)
        } catch {
            preconditionFailure(error.description)
        }
    }
}

public import Files

/// A network of the paper by its name, with what may be changed about it; it becomes an `Architecture` where the shape
/// of an example and the number of outputs are known.
///
/// | preset | layers | sizes |
/// | --- | --- | --- |
/// | `mlp` | fully connected | two hidden layers of 512 units |
/// | `cnn` | convolutions, fully connected | 5×5×64, 3×3×64, both with stride 2 and padding k/2; two of 256 units |
/// | `resnet18` | residual blocks | 64, 128, 256, 512 channels, two blocks each; 3×3 stem, no max-pooling |
/// | `vit` | vision transformer | patch 3, width 256, feed-forward 1024, one block, 4 heads, class token, dropout 0.1 |
/// | `nature` | the network of DQN on Atari | 8×8×32 /4, 4×4×64 /2, 3×3×64 /1; 512 units |
///
/// An option left nil, or false, is the preset's own. Source: Lyle et al. 2023, sections 3.2, 5.1 and A.2; `resnet18` He
/// et al. 2016, `vit` Dosovitskiy et al. 2021, `nature` Mnih et al. 2015. The paper leaves the strides and paddings of the
/// `cnn`, the stem of `resnet18` and the heads and class token of `vit` open: those are choices of ours.
public struct NetworkPreset: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case mlp, cnn, resnet18, vit, nature
    }

    public var kind: Kind
    /// Units of each hidden layer, from the input on; the standard is 512 and 512.
    public var widths: [Int]?
    /// Factor on all channels and units but the outputs, which are rounded to the nearest whole number.
    public var width: Double?
    /// How many hidden layers (`mlp`, each of 512), convolutions (`cnn`, all but the first 3×3) or blocks (`vit`).
    public var depth: Int?
    /// Layer norm after every convolution and every fully connected layer but the last, before the activation; after a
    /// convolution it is over channels and positions together, `[C, H, W]`.
    public var layerNorm = false
    /// Spectral norm on the first fully connected layer, as in the paper.
    public var spectralNorm = false
    /// Concatenated rectifiers, [max(x, 0), max(−x, 0)], in place of rectifiers: what comes after has twice the inputs.
    public var crelu = false
    /// Atoms of the support on which each output is a categorical distribution: the last layer then has
    /// outputs × atoms logits, one output's atoms side by side.
    public var twoHotAtoms: Int?
    /// The probability of dropping; 0 leaves the dropout layers out.
    public var dropout: Double?
    /// Height and width of a patch in pixels, which is the stride as well: pixels beyond the last whole patch are unused.
    public var patch: Int?
    /// Heads of an attention; they divide its width.
    public var heads: Int?
    /// Group norm of so many groups in place of batch norm; they divide the channels.
    public var groupNormGroups: Int?

    public init(_ kind: Kind) { self.kind = kind }

    /// The layers for examples of shape `input` and as many outputs.
    ///
    /// - Throws: `Fault` of kind `usage` as `validate`, and for a size that the options make impossible together; of kind
    ///   `data` where the preset needs images `[channels, height, width]`, or larger ones.
    public func architecture(input: [Int], outputs: Int) throws(Fault) -> Architecture {
        try validate()
        let size = input.reduce(1) { partial, extent in
            extent > 0 && partial > 0 && partial <= LayerStack.mostSize / extent ? partial * extent : 0
        }
        guard !input.isEmpty, size > 0 else {
            throw Fault(.data, "input shape \(input) is not a shape of one example", at: place)
        }
        let logits = outputs.multipliedReportingOverflow(by: twoHotAtoms ?? 1)
        guard outputs > 0, !logits.overflow, logits.partialValue <= LayerStack.mostSize else {
            throw Fault(.usage, "cannot have \(outputs) outputs of \(twoHotAtoms ?? 1) numbers each", at: place)
        }
        if kind != .mlp, input.count != 3 {
            throw Fault(
                .data, "needs images [channels, height, width] and gets examples of shape \(input)", at: place,
                remedy: "Take the preset mlp for these")
        }
        var stack = LayerStack(input: input, place: place)
        switch kind {
        case .mlp: try buildPerceptron(&stack)
        case .cnn: try buildConvolutional(&stack)
        case .resnet18: try buildResidual(&stack)
        case .vit: try buildTransformer(&stack)
        case .nature: try buildNature(&stack)
        }
        stack.linear(headName(after: stack), logits.partialValue, spectralNorm: isSpectral(after: stack))
        return Architecture(input: input, layers: stack.layers)
    }

    /// Where a fault lies.
    var place: String { "preset \(kind.rawValue)" }

    /// The last layer is named as in the libraries that the network comes from.
    private func headName(after stack: LayerStack) -> String {
        switch kind {
        case .mlp, .cnn, .nature: "fc\(stack.linearCount + 1)"
        case .resnet18: "fc"
        case .vit: "head"
        }
    }

    /// `standard` units or channels times `width`, at least one.
    ///
    /// - Throws: `Fault` of kind `usage` where they would be more than a layer may have.
    func scaled(_ standard: Int) throws(Fault) -> Int {
        let size = (Double(standard) * (width ?? 1)).rounded()
        guard size <= Double(LayerStack.mostSize) else {
            throw Fault(.usage, "the width \(width ?? 1) makes a layer of \(standard) too wide", at: place)
        }
        return max(1, Int(size))
    }
}

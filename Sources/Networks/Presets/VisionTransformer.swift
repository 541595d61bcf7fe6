import Files

/// `vit`: Dosovitskiy et al. 2021 with the paper's sizes, and timm's names of tensors and ε of layer norm.
///
/// Dropout is where Dosovitskiy et al. have it (appendix B.1): after the position embedding, and after every linear layer
/// of a block but that of queries, keys and values. Patches are cut as a strided convolution does: of a 32 × 32 image 10 ×
/// 10 patches of 3, of a 28 × 28 one 9 × 9, and the last pixels of a row are unused.
extension NetworkPreset {
    func buildTransformer(_ stack: inout LayerStack) throws(Fault) {
        let width = try scaled(256)
        let patch = patch ?? 3
        try stack.convolution("patch_embed.proj", width, kernel: patch, stride: patch)
        stack.tokens()
        stack.classTokenAndPositions("cls_token", "pos_embed")
        drop(&stack)
        for block in 0..<(depth ?? 1) {
            try attentionBlock("blocks.\(block)", &stack)
            try feedForwardBlock("blocks.\(block)", &stack)
        }
        normaliseTokens("norm", &stack)
        stack.selectClassToken()
    }

    /// x + attention(norm1(x))
    private func attentionBlock(_ name: String, _ stack: inout LayerStack) throws(Fault) {
        let width = stack.shape[1]
        let heads = heads ?? 4
        guard width.isMultiple(of: heads) else {
            throw Fault(
                .usage, "\(heads) heads do not divide the width \(width)", at: place,
                remedy: "Choose heads, or the width, so that each head has as much")
        }
        var body = stack.branch()
        normaliseTokens("\(name).norm1", &body)
        body.append(
            LayerDescription(
                "attention", ["name": .text("\(name).attn"), "dim": .integer(width), "heads": .integer(heads)]))
        drop(&body)
        stack.residual(body)
    }

    /// x + fc2(gelu(fc1(norm2(x)))), four times as wide inside
    private func feedForwardBlock(_ name: String, _ stack: inout LayerStack) throws(Fault) {
        var body = stack.branch()
        normaliseTokens("\(name).norm2", &body)
        body.linear("\(name).mlp.fc1", try scaled(1024))
        body.append(LayerDescription("gelu"))
        drop(&body)
        body.linear("\(name).mlp.fc2", stack.shape[1])
        drop(&body)
        stack.residual(body)
    }

    private func normaliseTokens(_ name: String, _ stack: inout LayerStack) {
        stack.layerNorm(name, over: [stack.shape[1]], epsilon: 1e-6)
    }

    private func drop(_ stack: inout LayerStack) {
        let probability = dropout ?? 0.1
        if probability > 0 { stack.append(LayerDescription("dropout", ["p": .number(probability)])) }
    }
}

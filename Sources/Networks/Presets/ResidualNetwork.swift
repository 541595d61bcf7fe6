import Files

/// `resnet18`: He et al. 2016 for small images, with torchvision's names of tensors.
///
/// The stem is one 3×3 convolution of stride 1 without max-pooling, where the network for ImageNet has a 7×7 one of stride
/// 2 with it: images of 32 × 32 would be 8 × 8 before the first block. A choice of ours; the paper says "standard".
extension NetworkPreset {
    func buildResidual(_ stack: inout LayerStack) throws(Fault) {
        try stack.convolution("conv1", try scaled(64), kernel: 3, padding: 1, bias: false)
        try normalise("bn1", &stack)
        stack.append(.relu)
        for (stage, channels) in [64, 128, 256, 512].enumerated() {
            for block in 0..<2 {
                try basicBlock(
                    "layer\(stage + 1).\(block)", try scaled(channels), stride: stage > 0 && block == 0 ? 2 : 1, &stack)
            }
        }
        stack.poolAllPositions()
    }

    /// relu(body(x) + shortcut(x)); the shortcut is a 1×1 convolution where the shape changes.
    private func basicBlock(_ name: String, _ channels: Int, stride: Int, _ stack: inout LayerStack) throws(Fault) {
        var body = stack.branch()
        try body.convolution("\(name).conv1", channels, kernel: 3, stride: stride, padding: 1, bias: false)
        try normalise("\(name).bn1", &body)
        body.append(.relu)
        try body.convolution("\(name).conv2", channels, kernel: 3, padding: 1, bias: false)
        try normalise("\(name).bn2", &body)
        if stride == 1, stack.shape[0] == channels {
            stack.residual(body)
        } else {
            var shortcut = stack.branch()
            try shortcut.convolution("\(name).downsample.0", channels, kernel: 1, stride: stride, bias: false)
            try normalise("\(name).downsample.1", &shortcut)
            stack.residual(body, shortcut: shortcut)
        }
        stack.append(.relu)
    }

    /// Batch norm, or group norm under the same name, as torchvision's `norm_layer` puts it.
    private func normalise(_ name: String, _ stack: inout LayerStack) throws(Fault) {
        let channels = stack.shape[0]
        guard let groups = groupNormGroups else {
            stack.append(LayerDescription("batch_norm2d", ["name": .text(name), "channels": .integer(channels)]))
            return
        }
        guard channels.isMultiple(of: groups) else {
            throw Fault(
                .usage, "group_norm \(groups) does not divide the \(channels) channels of \(name)", at: place,
                remedy: "Take a number of groups that divides all channels, such as 1")
        }
        stack.append(
            LayerDescription(
                "group_norm", ["name": .text(name), "groups": .integer(groups), "channels": .integer(channels)]))
    }
}

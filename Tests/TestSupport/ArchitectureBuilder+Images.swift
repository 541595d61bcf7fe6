import LinearAlgebra
import Networks

/// Layers on images, `[channels, height, width]`.
extension ArchitectureBuilder {
    /// A convolution of any geometry that leaves at least one pixel.
    mutating func convolution() {
        let padding = size(0...2)
        let kernel = size(1...min(4, 2 * padding + min(shape[1], shape[2])))
        convolution(out: features(1...5), kernel: kernel, stride: size(1...3), padding: padding)
    }

    mutating func convolution(out: Int, kernel: Int, stride: Int = 1, padding: Int = 0) {
        var keys: [String: LayerDescription.Value] = [
            "name": name("conv"), "in": .integer(shape[0]), "out": .integer(out), "kernel": .integer(kernel),
        ]
        if stride != 1 || chance(2) { keys["stride"] = .integer(stride) }
        if padding != 0 || chance(2) { keys["padding"] = .integer(padding) }
        if chance(4) { keys["bias"] = .flag(false) }
        if chance(4) { keys["spectral_norm"] = .flag(true) }
        append("conv2d", keys, shape: [out] + windows(kernel, stride, padding))
    }

    mutating func pool() {
        let kind = isSmooth || chance(2) ? "avg_pool2d" : "max_pool2d"
        let kernel = size(1...min(3, shape[1], shape[2]))
        let padding = size(0...kernel / 2)
        pool(kind, kernel: kernel, stride: chance(2) ? nil : size(1...3), padding: padding)
    }

    /// - Parameter stride: nil leaves it to the default, the kernel.
    mutating func pool(_ kind: String, kernel: Int, stride: Int?, padding: Int) {
        var keys: [String: LayerDescription.Value] = ["kernel": .integer(kernel)]
        keys["stride"] = stride.map { .integer($0) }
        if padding > 0 { keys["padding"] = .integer(padding) }
        append(kind, keys, shape: [shape[0]] + windows(kernel, stride ?? kernel, padding))
    }

    mutating func imageNorm() {
        switch pick(["layer", "layer", "group", "group", "batch"]) {
        case "layer": layerNorm(trailing: size(1...3))
        case "group":
            let groups = pick((1...shape[0]).filter { shape[0] % $0 == 0 })
            append(
                "group_norm",
                ["name": name("norm"), "groups": .integer(groups), "channels": .integer(shape[0])].with(epsilon()))
        default: batchNorm()
        }
    }

    mutating func batchNorm() {
        append("batch_norm2d", ["name": name("norm"), "channels": .integer(shape[0])].with(epsilon()))
    }

    /// Normalises over the last `trailing` dimensions.
    mutating func layerNorm(trailing: Int = 1) {
        append("layer_norm", ["name": name("norm"), "shape": .integers(shape.suffix(trailing))].with(epsilon()))
    }

    /// A branch of layers that keep the size of the image, or that all divide it by the same stride.
    mutating func imageResidual(depth: Int) {
        residual(
            { builder in
                if builder.chance(3) { builder.imageNorm() }
                let stride = builder.chance(3) ? 2 : 1
                let kernel = builder.pick([1, 3])
                builder.convolution(
                    out: builder.chance(2) ? builder.shape[0] : builder.features(1...4), kernel: kernel, stride: stride,
                    padding: kernel / 2)
                builder.doubling()
                for _ in 0..<builder.size(0...2) { builder.sameSize(depth: depth) }
            },
            project: { builder, shape in builder.project(to: shape) })
    }

    /// A layer that leaves the image's height and width as they are.
    mutating func sameSize(depth: Int) {
        switch pick(["conv", "norm", "activation", "pool", "linear", "residual"]) {
        case "conv": convolution(out: features(1...4), kernel: 3, padding: 1)
        case "norm": imageNorm()
        case "pool":
            pool(isSmooth || chance(2) ? "avg_pool2d" : "max_pool2d", kernel: 3, stride: 1, padding: 1)
        // On the last dimension: it wants its axes as they are written, the layers around it channels last.
        case "linear": linear(out: shape[2])
        case "residual" where depth > 0: imageResidual(depth: depth - 1)
        default: activation()
        }
    }

    /// The shortcut of a branch that ends in `target`.
    mutating func project(to target: [Int]) {
        let strides = (1...16).filter { stride in
            (1...2).allSatisfy { (shape[$0] - 1) / stride + 1 == target[$0] }
        }
        if shape == target && chance(3) {
            linear(out: shape[2])
        } else {
            convolution(out: target[0], kernel: 1, stride: strides[0])
        }
        if chance(3) { imageNorm() }
    }

    private mutating func epsilon() -> [String: LayerDescription.Value] {
        chance(2) ? [:] : ["eps": .number(pick([1e-3, 0.1]))]
    }

    private func windows(_ kernel: Int, _ stride: Int, _ padding: Int) -> [Int] {
        shape[1...].map { ($0 + 2 * padding - kernel) / stride + 1 }
    }
}

extension [String: LayerDescription.Value] {
    func with(_ others: Self) -> Self { merging(others) { $1 } }
}

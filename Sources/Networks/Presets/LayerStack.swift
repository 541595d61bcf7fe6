import Files

/// Layers one upon the other, with the shape of what leaves the last: what presets are built in.
struct LayerStack {
    /// The most that a size in an architecture may be.
    static let mostSize = 1 << 24

    private(set) var layers: [LayerDescription] = []
    /// The shape of an example after the layers.
    private(set) var shape: [Int]
    private(set) var linearCount = 0
    private(set) var layerNormCount = 0
    /// Where a fault lies.
    let place: String

    init(input: [Int], place: String) {
        shape = input
        self.place = place
    }

    mutating func append(_ layer: LayerDescription) { layers.append(layer) }

    /// The concatenated rectifier, which doubles an image's channels, or the last dimension.
    mutating func pairedRectifier() {
        append(.crelu)
        shape[shape.count == 3 ? 0 : shape.count - 1] *= 2
    }

    mutating func flatten() {
        append(.flatten)
        shape = [shape.reduce(1, *)]
    }

    /// A linear layer on the last dimension.
    mutating func linear(_ name: String, _ outputs: Int, spectralNorm: Bool = false) {
        var layer = LayerDescription.linear(name, in: shape[shape.count - 1], out: outputs)
        if spectralNorm { layer.keys["spectral_norm"] = .flag(true) }
        append(layer)
        shape[shape.count - 1] = outputs
        linearCount += 1
    }

    /// A convolution with a square kernel on `[C, H, W]`; extents become ⌊(extent + 2·padding − kernel) / stride⌋ + 1.
    ///
    /// - Throws: `Fault` of kind `data` where the kernel is larger than the padded image.
    mutating func convolution(
        _ name: String, _ channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, bias: Bool = true
    ) throws(Fault) {
        let images = shape
        guard images[1] + 2 * padding >= kernel, images[2] + 2 * padding >= kernel else {
            throw Fault(
                .data,
                "the \(kernel)×\(kernel) kernel of \(name) does not fit into its input of shape \(images)"
                    + (padding == 0 ? "" : " with \(padding) of padding"),
                at: place, remedy: "Take larger images, or another preset")
        }
        var keys: [String: LayerDescription.Value] = [
            "name": .text(name), "in": .integer(images[0]), "out": .integer(channels), "kernel": .integer(kernel),
        ]
        if stride != 1 { keys["stride"] = .integer(stride) }
        if padding != 0 { keys["padding"] = .integer(padding) }
        if !bias { keys["bias"] = .flag(false) }
        append(LayerDescription("conv2d", keys))
        shape = [channels] + images[1...].map { ($0 + 2 * padding - kernel) / stride + 1 }
    }

    /// Layer norm over all of an example, or over the trailing dimensions `over`.
    mutating func layerNorm(_ name: String, over: [Int]? = nil, epsilon: Double? = nil) {
        var keys: [String: LayerDescription.Value] = ["name": .text(name), "shape": .integers(over ?? shape)]
        if let epsilon { keys["eps"] = .number(epsilon) }
        append(LayerDescription("layer_norm", keys))
        layerNormCount += 1
    }

    /// Layers that begin where these end, as a body or a shortcut does.
    func branch() -> LayerStack { LayerStack(input: shape, place: place) }

    /// body(x) + shortcut(x), with x itself where there is no shortcut.
    mutating func residual(_ body: LayerStack, shortcut: LayerStack? = nil) {
        var keys: [String: LayerDescription.Value] = ["body": .layers(body.layers)]
        if let shortcut { keys["shortcut"] = .layers(shortcut.layers) }
        append(LayerDescription("residual", keys))
        shape = body.shape
    }

    /// `[C, H, W]` → `[H·W, C]`
    mutating func tokens() {
        append(LayerDescription("tokens"))
        shape = [shape[1] * shape[2], shape[0]]
    }

    /// A class token before the tokens and the embedding of their positions.
    mutating func classTokenAndPositions(_ token: String, _ positions: String) {
        let width = shape[1]
        append(LayerDescription("class_token", ["name": .text(token), "dim": .integer(width)]))
        shape[0] += 1
        append(
            LayerDescription(
                "position_embedding",
                ["name": .text(positions), "tokens": .integer(shape[0]), "dim": .integer(width)]))
    }

    /// The class token alone: `[T, D]` → `[D]`
    mutating func selectClassToken() {
        append(LayerDescription("select_token", ["index": .integer(0)]))
        shape = [shape[1]]
    }

    /// `[C, H, W]` → `[C]`
    mutating func poolAllPositions() {
        append(LayerDescription("global_avg_pool"))
        shape = [shape[0]]
    }
}

import LinearAlgebra
import Networks

extension ArchitectureBuilder {
    /// body(x) + shortcut(x) around layers that `fill` appends; `project` makes a shortcut to a shape that is not the
    /// input's.
    ///
    /// Bodies may begin or end in layers in place, or be nothing else, and so may shortcuts: these are the places where
    /// memory is shared.
    mutating func residual(
        _ fill: (inout ArchitectureBuilder) -> Void, project: (inout ArchitectureBuilder, [Int]) -> Void
    ) {
        let body = list { builder in
            if builder.chance(3) { builder.activation() }
            fill(&builder)
            if builder.layers.isEmpty || builder.chance(3) { builder.activation() }
        }
        var keys: [String: LayerDescription.Value] = ["body": .layers(body.layers)]
        if body.shape != shape || chance(4) {
            let shortcut = list { builder in
                if builder.chance(4) { builder.activation() }
                project(&builder, body.shape)
                if builder.chance(4) { builder.activation() }
            }
            keys["shortcut"] = .layers(shortcut.layers)
        } else if chance(4) {
            keys["shortcut"] = .layers(list { $0.activation() }.layers)
        }
        append("residual", keys, shape: body.shape)
    }

    /// A branch of linear layers on the last dimension, with branches inside it while `depth` lasts.
    mutating func linearResidual(depth: Int) {
        residual(
            { builder in
                for _ in 0..<builder.size(0...2) {
                    if depth > 0 && builder.chance(3) {
                        builder.linearResidual(depth: depth - 1)
                    } else {
                        builder.linear(out: builder.size(1...6))
                        if builder.chance(2) { builder.activation() }
                        // The shortcut's linear layer could not follow an image's channels.
                        if builder.shape.count < 3 { builder.doubling() }
                    }
                }
            },
            project: { builder, shape in builder.linear(out: shape[shape.count - 1]) })
    }
}

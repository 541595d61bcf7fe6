public import LinearAlgebra

extension Backpropagation {
    /// What layer number `layer` of the architecture gave in the last forward pass, `[n, width]` for each tile in the
    /// order of the examples; an image's channels touch where the layer leaves them so.
    ///
    /// Views, good until the next `load`. A layer in place (an activation) shares its output with the layer before it,
    /// so ask for the last layer that wrote there.
    public func outputs(ofLayer layer: Int) -> [Matrix<Element>] { outputs(at: [layer]).values }

    /// As above, for a layer that may be inside others, and the shape of one example there.
    ///
    /// - Parameter path: the number of a layer of the architecture, then, for one inside it, which of its lists that is in
    ///   (of `residual`, 0 the body and 1 the shortcut) and its number there, and so on.
    public func outputs(at path: [Int]) -> (values: [Matrix<Element>], shape: ExampleShape) {
        let leaf = network.layers.leaf(at: path[...])
        return (tiles.map { $0.leaves[leaf].output.value }, leaves[leaf].outputShape)
    }
}

extension Sequential {
    /// Where the layer at `path` stands among `leaves`.
    fileprivate func leaf(at path: ArraySlice<Int>) -> Int {
        guard let number = path.first, places.indices.contains(number) else {
            preconditionFailure("layer \(path) among \(places.count)")
        }
        let before = layers[..<places[number]].reduce(0) { $0 + 1 + Self.leafCount($1.sequences) }
        let inside = path.dropFirst()
        guard let list = inside.first else { return before }
        let sequences = layers[places[number]].sequences
        precondition(sequences.indices.contains(list), "list \(list) of \(sequences.count)")
        return before + 1 + Self.leafCount(Array(sequences[..<list])) + sequences[list].leaf(at: inside.dropFirst())
    }

    private static func leafCount(_ sequences: [Sequential]) -> Int {
        sequences.reduce(0) { $0 + $1.leaves.count }
    }
}

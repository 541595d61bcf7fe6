public import LinearAlgebra

extension Backpropagation {
    /// What layer number `layer` gave in the last forward pass, `[n, width]` for each tile in the order of the examples.
    ///
    /// Views, good until the next `load`. A layer in place (an activation) shares its output with the layer before it,
    /// so ask for the last layer that wrote there.
    public func outputs(ofLayer layer: Int) -> [Matrix<Element>] {
        precondition(network.layers.layers.indices.contains(layer), "layer \(layer) of \(network.layers.layers.count)")
        return tiles.map { $0.layers[layer].output.value }
    }
}

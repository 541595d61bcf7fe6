public import LinearAlgebra

extension Backpropagation {
    /// What layer number `layer` of the architecture gave in the last forward pass, `[n, width]` for each tile in the
    /// order of the examples; an image's channels touch where the layer leaves them so.
    ///
    /// Views, good until the next `load`. A layer in place (an activation) shares its output with the layer before it,
    /// so ask for the last layer that wrote there.
    public func outputs(ofLayer layer: Int) -> [Matrix<Element>] {
        let places = network.layers.places
        precondition(places.indices.contains(layer), "layer \(layer) of \(places.count)")
        return tiles.map { $0.layers[places[layer]].output.value }
    }
}

import LinearAlgebra
public import Networks

/// How a random direction is scaled to the point that it starts from.
public enum DirectionScale: String, Sendable, Codable, CaseIterable {
    /// Length 1; every parameter takes part. Its pictures of two networks cannot be compared: a network of ReLU's does
    /// the same with weights twice and half as large, and this scale does not know it.
    case none = "random"
    /// Every tensor of weights as long as the point's.
    case layer = "layer-normalised"
    /// Every filter as long as the point's.
    case filter = "filter-normalised"
}

extension SurfaceDirection {
    /// Number `number` of the directions that `seed` gives: standard normal, each tensor drawn from a stream of its
    /// own, and then scaled to the point.
    ///
    /// Filter normalisation: d_f ← (d_f / ‖d_f‖) ‖θ_f‖ for every filter f, where a filter is what one output unit of a
    /// convolution or linear layer holds (the row of a matrix): the stretch of one first index of the tensor. Tensors of
    /// one extent, which are biases and the scales and shifts of normalisation layers, are set to 0. So does the function
    /// of the authors' program by default (`ignore='biasbn'`; its command line has to ask for it, and else lays such
    /// tensors along themselves, d = θ). A filter that is 0 in θ has the direction 0.
    ///
    /// Source: Li et al. 2018, "Visualizing the loss landscape of neural nets", section 4.
    public static func random(
        _ number: Int, scale: DirectionScale, at parameters: Parameters<Element>, seed: UInt64
    ) -> SurfaceDirection {
        let vector = Vector<Element>(count: parameters.layout.count)
        for entry in parameters.layout.entries {
            var source = RandomSource(seed: seed, stream: "surface direction \(number) \(entry.name)")
            vector[entry.range].fillNormal(using: &source)
        }
        if scale == .none {
            vector.scale(by: Element(1 / vector.norm))
        } else {
            for entry in parameters.layout.entries {
                rescale(vector[entry.range], to: parameters.vector[entry.range], entry, by: scale)
            }
        }
        return SurfaceDirection(
            vector, origin: scale == .none ? "random, of length 1" : "random, \(scale.rawValue), biases and norms 0")
    }

    private static func rescale(
        _ tensor: Vector<Element>, to point: Vector<Element>, _ entry: ParameterLayout.Entry, by scale: DirectionScale
    ) {
        guard entry.role != .bias && entry.role != .gain else { return tensor.fill(0) }
        let filters = scale == .filter ? entry.shape[0] : 1
        let length = tensor.count / filters
        for filter in 0..<filters {
            let range = filter * length..<(filter + 1) * length
            let norm = tensor[range].norm
            tensor[range].scale(by: norm > 0 ? Element(point[range].norm / norm) : 0)
        }
    }
}

/// How simply a layer's output depends on the parameters.
public enum Affinity: Sendable {
    /// In no way that is known.
    case none
    /// Affine in the parameters for an input that does not depend on θ: `linear` and `conv2d` on the data.
    case inParameters
    /// Affine in input and parameters together, without a product of the two: what is affine in θ stays so.
    case jointly
}

extension Sequential {
    /// How many layers at the front give what does not depend on θ.
    var constantPrefix: Int { layers.firstIndex { $0.hasParameters } ?? layers.count }

    /// How many layers at the front give what is affine in θ, `constantPrefix` at least.
    var affinePrefix: Int {
        let first = constantPrefix
        guard first < layers.count, layers[first].affinity != .none else { return first }
        return layers[(first + 1)...].firstIndex { $0.affinity != .jointly } ?? layers.count
    }
}

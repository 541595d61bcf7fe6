public import LinearAlgebra
public import Networks

/// How far rounding may take a product from what it is in exact arithmetic: ‖fl(Av) − Av‖ ≤ ρ max(‖Av‖, floor · ‖v‖).
///
/// A sum of n terms, each rounded to u = eps/2 of itself with a sign of its own, is off by about u √n of its size (Higham
/// and Mary 2019, theorem 2.4: with probability near 1 below a small constant times that). A product goes through L layers,
/// four passes each, of which each is a few such sums; errors of independent signs add up more slowly than the allowance
/// of L of them. So ρ = 8 L u √n, where 8 is a safety, the one that the tests of single precision against double have.
///
/// Source: Higham and Mary 2019, "A new approach to probabilistic rounding error analysis".
public struct ProductRounding: Sendable, Equatable {
    /// ρ.
    public let relative: Double
    /// Of the matrix: products far below it (for ‖v‖ = 1) are what is left of terms that cancel.
    public let floor: Double

    /// - Parameters:
    ///   - sumLength: n, the terms of the longest sum.
    ///   - depth: L, how many sums follow one another.
    public init(unitRoundoff: Double, sumLength: Int, depth: Int, floor: Double = 0) {
        relative = 8 * Double(max(1, depth)) * unitRoundoff * Double(max(1, sumLength)).squareRoot()
        self.floor = floor
    }

    /// ‖E‖_F of a matrix made of products with the unit vectors, from the norms of its columns.
    func frobenius(ofColumns norms: [Double]) -> Double {
        relative * norms.reduce(0) { $0 + max($1, floor) * max($1, floor) }.squareRoot()
    }

    /// Of a curvature matrix: L the network's layers, n all numbers that one example puts on boundaries and twice the
    /// examples, over which gradients are summed; floor 10⁻² of the loss and its gradient, as the tests of precision have it.
    public init<Element: Scalar>(of linearised: LinearisedNetwork<Element>, gradientNorm: Double) {
        let network = linearised.network
        self.init(
            unitRoundoff: Double(Element.ulpOfOne) / 2,
            sumLength: network.layers.widthOfAllBoundaries + 2 * linearised.exampleCount,
            depth: network.architecture.depth, floor: 1e-2 * max(gradientNorm, abs(linearised.lossValue)))
    }
}

extension Architecture {
    /// How many layers there are, those inside others counted too.
    var depth: Int { layers.allLayers.count }

    /// Whether first derivatives have jumps somewhere: the rectifiers and the maxima.
    var hasKinks: Bool {
        layers.allLayers.contains { ["relu", "leaky_relu", "crelu", "max_pool2d"].contains($0.kind) }
    }
}

extension [LayerDescription] {
    /// The layers and those inside them.
    fileprivate var allLayers: [LayerDescription] {
        flatMap { layer in
            [layer]
                + layer.keys.sorted { $0.key < $1.key }.flatMap { entry in
                    if case .layers(let inner) = entry.value { inner.allLayers } else { [LayerDescription]() }
                }
        }
    }
}

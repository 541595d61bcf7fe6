import Files
import LinearAlgebra
import Networks

/// What a network's outputs stand for in a probe, and the loss by which they learn.
struct ProbeReadout: Sendable {
    /// Where outputs are categorical and fitted as such: what they are on.
    let support: Support?

    /// - Parameters:
    ///   - support: of the network's categorical outputs; nil where outputs are values.
    ///   - offset: a.
    init(_ head: ProbeHead, support: Support?, offset: Double) {
        self.support =
            switch head {
            case .trained: support
            case .centred: support.map { Support(low: offset - 1.5, high: offset + 1.5, atoms: $0.atoms) }
            case .outputs: nil
            }
    }

    /// The loss of a batch whose targets stand in `targets`, `[N, values]`.
    func loss<Element: Scalar>(_ targets: Matrix<Element>) -> any Loss<Element> {
        guard let support else { return SquaredError(targets: targets) }
        return TwoHot(targets: targets, support: support)
    }

    /// Whether `loss` must be made anew when the targets' matrix holds other numbers.
    var copiesTargets: Bool { support != nil }

    /// The values, `[N, values]`, that outputs stand for.
    func values<Element: Scalar>(_ outputs: Matrix<Element>, workers: Workers) -> Matrix<Element> {
        support?.values(of: outputs, workers: workers) ?? outputs
    }

    /// How many values a network of `outputs` outputs has.
    ///
    /// - Throws: `Fault` of kind `usage` where outputs that are values are to be laid on a support; `data` where they
    ///   are no whole number of supports.
    static func valueCount(_ head: ProbeHead, outputs: Int, support: Support?) throws(Fault) -> Int {
        guard let support else {
            guard head != .centred else {
                throw Fault(
                    .usage, "asks for categorical outputs, and the network's are values", at: "head \(head.rawValue)",
                    remedy: "Take the head as it was trained")
            }
            return outputs
        }
        guard head != .outputs else { return outputs }
        try support.validate()
        guard outputs % support.atoms == 0 else {
            throw Fault(
                .data, "\(outputs) outputs are no whole number of supports of \(support.atoms) atoms", at: "support",
                remedy: "Give the network's number of atoms")
        }
        return outputs / support.atoms
    }
}

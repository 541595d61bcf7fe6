public import Files
public import LinearAlgebra

/// The values on which a categorical output puts its probabilities: `atoms` of them, evenly spaced from `low` to `high`.
///
/// A network with categorical outputs has `atoms` logits for each, one output's side by side; the output's value is
/// Σ softmax(logits)ⱼ zⱼ.
public struct Support: Sendable, Equatable, Codable {
    /// z₀.
    public let low: Double
    /// z of the last atom.
    public let high: Double
    public let atoms: Int

    /// A choice of ours, so that whole returns are atoms of the default support; Lyle et al. 2023 leave the number open.
    public static let defaultAtoms = 101

    public init(low: Double, high: Double, atoms: Int = defaultAtoms) {
        self.low = low
        self.high = high
        self.atoms = atoms
    }

    /// ± the largest discounted return, r/(1 − γ), of rewards no larger than r in size; nil for γ = 1, which bounds none.
    /// 1/(1 − γ) is rounded to a millionth, so that 0.99 gives 100.
    public init?(largestReward: Double, discount: Double, atoms: Int = defaultAtoms) {
        guard discount < 1 else { return nil }
        let bound = largestReward * (1e6 / (1 - discount)).rounded() / 1e6
        self.init(low: -bound, high: bound, atoms: atoms)
    }

    /// - Throws: `Fault` of kind `usage` for ends that are not two finite numbers in their order, or fewer atoms than two.
    public func validate() throws(Fault) {
        guard low.isFinite, high.isFinite, low < high, (high - low).isFinite else {
            throw Fault(
                .usage, "goes from \(low) to \(high)", at: "support", remedy: "Give two numbers, the lower one first")
        }
        guard (2...1 << 20).contains(atoms) else {
            throw Fault(.usage, "has \(atoms) atoms", at: "support", remedy: "Give from 2 to \(1 << 20)")
        }
    }

    /// zⱼ; the ends are exact.
    public subscript(atom: Int) -> Double {
        let share = Double(atom) / Double(atoms - 1)
        return low * (1 - share) + high * share
    }

    /// The two atoms that `value` lies between, the first of them `lower`, and the second's share of the probability: the
    /// first has the rest, so that the mean is `value`; a value outside is moved to the end.
    /// What is not a number stays one, for whoever looks at the loss.
    func encoding(of value: Double) -> (lower: Int, share: Double) {
        guard !value.isNaN else { return (0, .nan) }
        let place = (min(max(value, low), high) - low) / (high - low) * Double(atoms - 1)
        let lower = min(Int(place), atoms - 2)
        return (lower, min(place - Double(lower), 1))
    }

    /// The outputs' values, `[N, outputs]`, of logits `[N, outputs · atoms]`; summed in double precision, rounded once.
    ///
    /// - Precondition: the logits' rows are whole outputs, and touch.
    public func values<Element: Scalar>(of logits: Matrix<Element>, workers: Workers = .one) -> Matrix<Element> {
        let result = Matrix<Element>(rows: logits.rows, columns: logits.columns / atoms)
        write(valuesOf: logits, into: result, scratch: Scratch(), workers: workers)
        return result
    }

    /// As above, in memory of the caller's.
    public func write<Element: Scalar>(
        valuesOf logits: Matrix<Element>, into result: Matrix<Element>, scratch: Scratch<Double>,
        workers: Workers = .one
    ) {
        precondition(logits.columns % atoms == 0, "\(logits.columns) logits an example for supports of \(atoms) atoms")
        // A row has the same value whichever rows are worked on with it.
        let length = 32
        workers.forEach((logits.rows + length - 1) / length) { block in
            let rows = block * length..<min(logits.rows, (block + 1) * length)
            let outputs = logits.rows(rows).reshaped(columns: atoms)
            let values = result.rows(rows).elements
            scratch.withMatrix(rows: 3, columns: atoms) { memory in
                let (positions, wide, probabilities) = (memory.row(0), memory.row(1), memory.row(2))
                for atom in 0..<atoms { positions[atom] = self[atom] }
                for output in 0..<outputs.rows {
                    wide.assign(widening: outputs.row(output))
                    _ = probabilities.assign(softmax: wide)
                    values[output] = Element(probabilities.dot(positions))
                }
            }
        }
    }
}

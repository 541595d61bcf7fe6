import Krylov
import LinearAlgebra
import Synchronization
import Testing

/// Expects the pairs to be the exact eigenvalues, each within its own error bound, with what goes with them.
///
/// Oracle: `expected`, the wanted eigenvalues in any order, and the operator for the vectors. A pair's bound holds for
/// the operator as it computes; its entries are rounded by ½ eps‖A‖ at most, and its products by eps‖A‖.
func expectExact<Operator: SymmetricOperator>(
    _ result: ExtremeEigenpairs<Operator.Element>, _ expected: [Double], of target: Operator, scale: Double,
    location: SourceLocation = #_sourceLocation
) throws {
    let rounding = 2 * Double(Operator.Element.ulpOfOne) * scale
    #expect(result.converged && result.pairs.count == expected.count, sourceLocation: location)
    let pairs = result.pairs.sorted { $0.value < $1.value }
    for (pair, exact) in zip(pairs, expected.sorted()) {
        #expect(
            abs(pair.value - exact) <= pair.errorBound + rounding,
            "\(pair.value) ± \(pair.errorBound) for \(exact)", sourceLocation: location)
        #expect(pair.converged, sourceLocation: location)
    }
    #expect(result.orthogonalityLoss <= Double(Operator.Element.ulpOfOne).squareRoot(), sourceLocation: location)
    for (index, pair) in result.pairs.enumerated() {
        for other in result.pairs[...index] {
            let product = pair.vector.dot(other.vector) - (other.vector.array == pair.vector.array ? 1 : 0)
            // 8 eps, and as much for sums in double; in what order they are added is not the search's.
            #expect(
                abs(product) <= 8 * Double(Operator.Element.ulpOfOne) + 512 * Double.ulpOfOne,
                sourceLocation: location)
        }
        let image = try target.product(with: pair.vector)
        image.add(Operator.Element(-pair.value), pair.vector)
        #expect(abs(image.norm - pair.residual) <= 2 * rounding, sourceLocation: location)
    }
}

/// What a resumed run must agree with to the byte.
struct ExtremeBytes: Equatable {
    let values: [[Double]]
    let vectors: [[Double]]
    let counts: [Int]
    let verification: Verification
    let stop: String

    init<Element: Scalar>(_ result: ExtremeEigenpairs<Element>) {
        values = result.pairs.map { [$0.value, $0.residual, $0.errorBound] }
        vectors = result.pairs.map { $0.vector.doubles }
        counts = [result.products, result.restarts]
        verification = result.verification
        stop = result.stop.rawValue
    }
}

/// Keeps copies of all snapshots that a run offers, and ends it after so many questions.
final class Recorder<Element: Scalar>: Sendable {
    private let kept = Mutex<[Snapshot<Element>]>([])
    private let questions = Mutex(0)

    var snapshots: [Snapshot<Element>] { kept.withLock { $0 } }

    func control(from snapshot: Snapshot<Element>? = nil, endingAfter limit: Int = .max) -> RunControl<Element> {
        RunControl(
            resumed: snapshot,
            isOver: {
                self.questions.withLock { count in
                    count += 1
                    return count > limit
                }
            },
            offer: { make in
                let offered = make()
                let copies = offered.matrices.mapValues { matrix in
                    let copy = Matrix<Element>(rows: matrix.rows, columns: matrix.columns)
                    copy.assign(matrix)
                    return copy
                }
                self.kept.withLock { $0.append(Snapshot(matrices: copies, numbers: offered.numbers)) }
            })
    }
}

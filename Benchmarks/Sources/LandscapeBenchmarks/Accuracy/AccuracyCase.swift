import Checkpoints
import Foundation
import Krylov
import Landscape
import LinearAlgebra
import Networks

/// An operator and its exact eigenvalues.
struct AccuracyCase: Sendable {
    let name: String
    let double: AnyOperator<Double>
    let single: AnyOperator<Float>
    /// Ascending.
    let eigenvalues: [Double]
    /// Whether several products may be under way at once.
    let isShareable: Bool
    private let formed: FormedDiagonal

    /// Of the matrix, from products with unit vectors.
    var diagonal: [Double] { formed.values(of: double) }

    var dimension: Int { eigenvalues.count }
    var trace: Double { eigenvalues.reduce(0, +) }
    var norm: Double { max(abs(eigenvalues.first!), abs(eigenvalues.last!)) }
    var frobeniusNormSquared: Double { eigenvalues.reduce(0) { $0 + $1 * $1 } }

    /// The catalogue of operators, and the reference case whose spectrum PyTorch computed.
    static func all() throws -> [AccuracyCase] {
        SpectrumExample.allCases.map(AccuracyCase.init(_:)) + [try reference()]
    }

    private init(_ example: SpectrumExample) {
        let known: KnownSpectrum<Double> = example.known()
        name = example.rawValue
        double = AnyOperator(known)
        single = AnyOperator(example.known(Float.self))
        eigenvalues = known.eigenvalues
        isShareable = true
        formed = FormedDiagonal()
    }

    private init<D: SymmetricOperator<Double>, S: SymmetricOperator<Float>>(
        name: String, double: D, single: S, eigenvalues: [Double]
    ) {
        self.name = name
        self.double = AnyOperator(double)
        self.single = AnyOperator(single)
        self.eigenvalues = eigenvalues.sorted()
        isShareable = false
        formed = FormedDiagonal()
    }

    /// The Hessian of `mlp_medium_spectrum`, a network of 3050 parameters, or its Gauss-Newton matrix.
    static func reference(_ curvature: Curvature = .hessian) throws -> AccuracyCase {
        let stem = Peers.repository + "/Tests/TestSupport/Fixtures/mlp_medium_spectrum"
        let checkpoint = try Checkpoint(reading: stem + ".checkpoint.safetensors")
        let expected = try SafetensorsFile(reading: stem + ".expected.safetensors")
        func hessian<Element: Scalar>(_: Element.Type) throws -> CurvatureOperator<Element> {
            let network = try Network<Element>(checkpoint.architecture)
            let inputs = Vector<Element>(rounding: try expected.doubles("inputs"))
            let linearised = try LinearisedNetwork(
                network, at: checkpoint.parameters(of: network),
                inputs: inputs.matrix(rows: inputs.count / network.inputCount, columns: network.inputCount),
                loss: CrossEntropy(labels: expected.integers("targets")), directions: 8, workers: .one)
            return CurvatureOperator(curvature, of: linearised)
        }
        return AccuracyCase(
            name: curvature == .hessian ? "mlp_medium_spectrum" : "its GGN", double: try hessian(Double.self),
            single: try hessian(Float.self),
            eigenvalues: try expected.doubles(curvature == .hessian ? "hessian_eigenvalues" : "ggn_eigenvalues"))
    }
}

/// Any symmetric operator, so that cases of different kinds go through one loop; it counts its products.
struct AnyOperator<Element: Scalar>: SymmetricOperator {
    let dimension: Int
    let blockSize: Int
    let provenance: String
    private let product: @Sendable ([Vector<Element>], [Vector<Element>]) throws -> Void

    init<Base: SymmetricOperator<Element>>(_ base: Base) {
        dimension = base.dimension
        blockSize = base.blockSize
        provenance = base.provenance
        product = { try base.apply(to: $0, into: $1) }
    }

    func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        try product(vectors, results)
    }
}

/// A diagonal that is formed when it is first asked for.
private final class FormedDiagonal: @unchecked Sendable {
    private let lock = NSLock()
    private var found: [Double]?

    func values(of target: AnyOperator<Double>) -> [Double] {
        lock.withLock {
            if let found { return found }
            let unit = Vector<Double>(count: target.dimension)
            let values = (0..<target.dimension).map { index in
                unit.fill(0)
                unit[index] = 1
                // Products of these operators do not fail.
                return (try? target.product(with: unit))?[index] ?? .nan
            }
            found = values
            return values
        }
    }
}

extension AccuracyScope {
    /// body(0 …< count), on all workers where the case allows it; the first error is thrown.
    func map<Result: Sendable>(
        _ count: Int, of item: AccuracyCase, _ body: @escaping @Sendable (Int) throws -> Result
    ) throws -> [Result] {
        guard item.isShareable, workers.count > 1 else { return try (0..<count).map(body) }
        let found = Gathering<Result>(count: count)
        workers.forEach(count) { index in
            found.put(index, Swift.Result { try body(index) })
        }
        return try found.all()
    }
}

/// Results of tasks, each at its place.
private final class Gathering<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Result<Value, any Error>?]

    init(count: Int) { values = Array(repeating: nil, count: count) }

    func put(_ index: Int, _ value: Result<Value, any Error>) {
        lock.withLock { values[index] = value }
    }

    func all() throws -> [Value] { try values.map { try $0!.get() } }
}

import Files
import Krylov
import LinearAlgebra
import Networks
import Synchronization
import TestSupport
import Testing

@testable import Landscape

/// Certificates of operators. Oracle: what each operator is known to be, right or damaged on purpose.
@Suite struct CertificateOperatorTests {
    private static let order = 400

    /// A symmetric matrix of normal numbers with an antisymmetric part of `damage` times its Frobenius norm.
    private static func matrix<Element: Scalar>(damage: Double, _: Element.Type) -> Matrix<Element> {
        var source = RandomSource(seed: 5, stream: "matrix")
        let draw = Matrix<Double>(rows: order, columns: order)
        draw.elements.fillNormal(using: &source)
        let result = Matrix<Element>(rows: order, columns: order)
        for row in 0..<order {
            for column in 0..<order {
                // The parts of a square of independent numbers have equal norms.
                let (even, odd) = (draw[row, column] + draw[column, row], draw[row, column] - draw[column, row])
                result[row, column] = Element(even + damage * odd)
            }
        }
        return result
    }

    /// One sum an entry, in the matrix' precision.
    private static func rounding<Element: Scalar>(_: Element.Type) -> ProductRounding {
        ProductRounding(unitRoundoff: Double(Element.ulpOfOne) / 2, sumLength: order, depth: 1)
    }

    private func failures<Element: Scalar>(of target: some SymmetricOperator<Element>) throws -> [String] {
        try OperatorExamination(target, rounding: Self.rounding(Element.self), seed: 1).certificates.failed.map(\.name)
    }

    @Test func symmetricMatricesPass() throws {
        #expect(try failures(of: DenseOperator(Self.matrix(damage: 0, Float.self))) == [])
        #expect(try failures(of: DenseOperator(Self.matrix(damage: 0, Double.self))) == [])
        #expect(try failures(of: DenseOperator(Matrix<Double>(rows: 3, columns: 3))) == [])
    }

    /// The limits are 5ρ = 4·10⁻⁵ and 9·10⁻¹⁴ of the Frobenius norm; the value is |N(0, 1)| of the damage.
    @Test(arguments: 0..<8 as Range<UInt64>) func asymmetryIsSeen(_ seed: UInt64) throws {
        func symmetry<Element: Scalar>(_ damage: Double, _ type: Element.Type) throws -> Certificate {
            let target = DenseOperator(Self.matrix(damage: damage, type))
            let found = try OperatorExamination(target, rounding: Self.rounding(type), seed: seed).certificates
            #expect(found.failed.map(\.name) == ["symmetry"])
            return try #require(found["symmetry"])
        }
        let single = try symmetry(1e-2, Float.self)
        // Between 1/50 and 5 deviations: all but 2 % of draws, and these eight are among them.
        #expect(single.value > 2e-4 && single.value < 5e-2)
        #expect(try symmetry(1e-10, Double.self).value < 5e-10)
    }

    @Test func anOperatorThatChangesItsMindIsSeen() throws {
        #expect(try failures(of: Fickle<Float>(Self.matrix(damage: 0, Float.self))) == ["determinism"])
        #expect(try failures(of: Fickle<Double>(Self.matrix(damage: 0, Double.self))) == ["determinism"])
    }

    @Test func nonlinearityIsSeen() throws {
        let bent = Bent<Double>(Self.matrix(damage: 0, Double.self), by: 1e-8)
        #expect(try failures(of: bent).contains("linearity"))
        let single = Bent<Float>(Self.matrix(damage: 0, Float.self), by: 1e-1)
        #expect(try failures(of: single).contains("linearity"))
    }

    @Test func whatIsNotFiniteIsSeen() throws {
        let matrix = Self.matrix(damage: 0, Float.self)
        matrix[7, 9] = .nan
        let found = try OperatorExamination(
            DenseOperator(matrix), rounding: Self.rounding(Float.self), seed: 1
        ).certificates
        #expect(found["finite"]?.passed == false && found["symmetry"]?.passed == false)
        // The same NaN twice is no contradiction.
        #expect(found["determinism"]?.passed == true)
    }

    /// Every kind of layer and loss at points where nothing is special. Oracle: the products are what PyTorch and
    /// extrapolated differences say (`ReferenceCaseTests`, `PropertyTests`), so none may be refused.
    @Test(arguments: ArchitectureFamily.allCases, Array(1...12 as ClosedRange<UInt64>))
    func networksPass(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed)
        try expectAllPass(problem.linearised(directions: 2) as LinearisedNetwork<Double>, seed)
        try expectAllPass(problem.linearised(directions: 2) as LinearisedNetwork<Float>, seed)
    }

    @Test(arguments: ReferenceCase.names) func referenceCasesPass(_ name: String) throws {
        let reference = try ReferenceCase(name)
        try expectAllPass(reference.linearised(directions: 2) as LinearisedNetwork<Double>, 3)
        try expectAllPass(reference.linearised(directions: 2) as LinearisedNetwork<Float>, 3)
    }

    private func expectAllPass<Element: Scalar>(_ linearised: LinearisedNetwork<Element>, _ seed: UInt64) throws {
        let rounding = ProductRounding(of: linearised, gradientNorm: linearised.gradient().norm)
        for curvature in Curvature.allCases {
            let target = CurvatureOperator(curvature, of: linearised)
            let found = try OperatorExamination(target, rounding: rounding, seed: seed).certificates
            #expect(found.failed == [], "\(curvature)")
        }
    }
}

/// A matrix with the last bit of one number moved at every other product.
private final class Fickle<Element: Scalar>: SymmetricOperator {
    private let base: DenseOperator<Element>
    private let calls = Atomic<Int>(0)
    var dimension: Int { base.dimension }

    init(_ matrix: Matrix<Element>) { base = DenseOperator(matrix) }

    func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        base.apply(to: vectors, into: results)
        if calls.add(1, ordering: .relaxed).newValue % 2 == 0 { results[0][3] = results[0][3].nextUp }
    }
}

/// A v + ε ‖A v‖ v ∘ v √n: a map with a little curvature.
private struct Bent<Element: Scalar>: SymmetricOperator {
    private let base: DenseOperator<Element>
    private let bend: Double
    var dimension: Int { base.dimension }

    init(_ matrix: Matrix<Element>, by bend: Double) {
        base = DenseOperator(matrix)
        self.bend = bend
    }

    func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        base.apply(to: vectors, into: results)
        for (vector, result) in zip(vectors, results) {
            let square = vector.copy()
            square.multiply(by: vector)
            result.add(Element(bend * result.norm * Double(dimension).squareRoot()), square)
        }
    }
}

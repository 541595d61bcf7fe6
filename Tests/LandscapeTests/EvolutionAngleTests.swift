import Foundation
import Krylov
import LinearAlgebra
import Testing

@testable import Landscape

/// Oracle: subspaces built with known angles, in bases that hide them.
@Suite struct EvolutionAngleTests {
    private static let angles = [0, 1e-10, 1e-5, 0.3, 0.785, 0.786, 1.2, 1.5707, Double.pi / 2]

    /// Rows eᵢ, and rows cos θᵢ eᵢ + sin θᵢ e₍ₖ₊ᵢ₎, each set turned within itself; `[k, P]`.
    private func spaces<Element: Scalar>(
        _ angles: [Double], dimension: Int = 3000
    ) -> (Matrix<Element>, Matrix<Element>) {
        let count = angles.count
        let first = Matrix<Double>(rows: count, columns: dimension)
        let second = Matrix<Double>(rows: count, columns: dimension)
        for (index, angle) in angles.enumerated() {
            first[index, 3 * index] = 1
            second[index, 3 * index] = cos(angle)
            second[index, 3 * index + 1] = sin(angle)
        }
        var random = RandomSource(seed: 6, stream: "angles")
        // In all of space a reflection changes no angle, and fills every entry.
        let v = Vector<Double>(count: dimension)
        v.fillNormal(using: &random)
        v.scale(by: 1 / v.norm)
        for matrix in [first, second] {
            for row in 0..<count { matrix.row(row).add(-2 * matrix.row(row).dot(v), v) }
        }
        return (turned(first, &random), turned(second, &random))
    }

    /// The same space in another orthonormal basis.
    private func turned<Element: Scalar>(_ matrix: Matrix<Double>, _ random: inout RandomSource) -> Matrix<Element> {
        let count = matrix.rows
        let mixing = Matrix<Double>(rows: count, columns: count)
        mixing.elements.fillNormal(using: &random)
        let (rotation, _) = Orthonormalisation.of(mixing, workers: .one)
        let product = Matrix<Double>(rows: count, columns: matrix.columns)
        product.assign(product: rotation.plain, matrix.plain)
        return Vector<Element>(converting: product.elements).matrix(rows: count, columns: matrix.columns)
    }

    /// Angles move by at most the roundings of the rows, a few of √k eps each.
    @Test func knownAnglesComeBackInDouble() throws {
        try comeBack(Double.self, tolerance: 20 * 2.2e-16 * 3)
    }

    @Test func knownAnglesComeBackInSingle() throws {
        try comeBack(Float.self, tolerance: 10 * 1.2e-7 * 3)
    }

    private func comeBack<Element: Scalar>(_ type: Element.Type, tolerance: Double) throws {
        let (first, second): (Matrix<Element>, Matrix<Element>) = spaces(Self.angles)
        for found in [
            try PrincipalAngles(between: first, and: second),
            try PrincipalAngles(between: second, and: first, workers: Workers(3)),
        ] {
            #expect(found.angles.count == Self.angles.count)
            for (angle, expected) in zip(found.angles, Self.angles) {
                #expect(abs(angle - expected) < tolerance, "\(expected)")
            }
            let overlap = Self.angles.reduce(0) { $0 + cos($1) * cos($1) } / Double(Self.angles.count)
            #expect(abs(found.overlap - overlap) < tolerance)
        }
        let exact = try PrincipalAngles(between: first, and: second).overlap
        #expect(abs(PrincipalAngles.overlap(first, second) - exact) < tolerance)
    }

    /// A plane and a line in it; a line and a plane it leaves by a known angle.
    @Test func spacesOfDifferentDimensions() throws {
        let (first, second): (Matrix<Double>, Matrix<Double>) = spaces([0.2, 0.9])
        let whole = try PrincipalAngles(between: first, and: second)
        let part = try PrincipalAngles(between: first.rows(0..<1), and: second)
        #expect(part.angles.count == 1)
        #expect(whole.angles[0] - 1e-14 <= part.angles[0] && part.angles[0] <= whole.angles[1] + 1e-14)
        #expect(try PrincipalAngles(between: first, and: first.rows(1..<2)).angles[0] < 1e-14)
    }

    /// Of a vector with components 3 in the space and 4 outside of it, 9/25 of the square lies in it.
    @Test func shareOfAVector() {
        let space = Matrix<Float>(rows: 2, columns: 5)
        space[0, 1] = 1
        space[1, 3] = 1
        #expect(abs(PrincipalAngles.share(of: Vector([0, 0, 4, 3, 0]), in: space) - 0.36) < 1e-7)
        #expect(PrincipalAngles.share(of: Vector(count: 5), in: space) == 0)
    }

    /// Random subspaces overlap by k/P on average: 40 pairs, four standard errors.
    @Test func overlapByChance() throws {
        var random = RandomSource(seed: 8, stream: "chance")
        let samples = (0..<40).map { _ in
            let spaces = (0..<2).map { _ in
                let matrix = Matrix<Double>(rows: 5, columns: 200)
                matrix.elements.fillNormal(using: &random)
                return Orthonormalisation.of(matrix, workers: .one).rows
            }
            return PrincipalAngles.overlap(spaces[0], spaces[1])
        }
        let mean = Estimate(mean: samples)
        #expect(abs(mean.value - 5.0 / 200) < 4 * mean.standardError!)
        #expect(mean.standardError! < 0.002)
    }

    /// Pairs that were found loosely: how far their space really is from the true one, the first axes, is within the bound.
    @Test(arguments: [3e-2, 1e-2, 1e-3, 1e-5]) func errorBoundHolds(tolerance: Double) throws {
        let values = (0..<400).map { (index: Int) -> Double in
            index < 4 ? 2 - 0.2 * Double(index) : 1.2 - 0.003 * Double(index)
        }
        let found = try extremeEigenpairs(
            of: DiagonalOperator<Double>(Vector(values)), count: 5,
            ExtremeConfiguration(end: .largest, tolerance: tolerance, basisLimit: 12))
        let vectors = Matrix<Double>(rows: 4, columns: 400)
        let axes = Matrix<Double>(rows: 4, columns: 400)
        for row in 0..<4 {
            vectors.row(row).assign(found.pairs[row].vector)
            axes[row, row] = 1
        }
        let angle = try PrincipalAngles(between: axes, and: vectors).angles[3]
        let pairs = found.pairs.map {
            EvolutionPoint.Eigenvalue(value: $0.value, residual: $0.residual, converged: true)
        }
        let point = Self.point(pairs, 4)
        let bound = try #require(point.subspaceError)
        #expect(sin(angle) <= bound + 1e-14)
        #expect(bound < 1)
    }

    static func point(_ largest: [EvolutionPoint.Eigenvalue], _ dimensions: Int) -> EvolutionPoint {
        EvolutionPoint(
            checkpoint: "c", step: nil, lossKind: "mse", loss: 0, gradientNorm: 0, largest: largest, smallest: nil,
            density: nil, covariance: nil, gradientInTopSubspace: nil, dimensions: dimensions, products: 0,
            orthogonalityLoss: 0, certificates: Certificates(), warnings: [])
    }

    @Test func gapWithinTheResidualsSaysNothing() {
        let close = Self.point(
            [.init(value: 2, residual: 0.1, converged: false), .init(value: 1.85, residual: 0.06, converged: false)], 1)
        #expect(abs(close.gap! - 0.15) < 1e-15)
        #expect(close.subspaceError == nil)
        #expect(Self.point([.init(value: 2, residual: 0, converged: true)], 1).gap == nil)
    }
}

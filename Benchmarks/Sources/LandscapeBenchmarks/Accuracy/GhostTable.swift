import Krylov
import LinearAlgebra

/// Copies of eigenvalues beyond their multiplicity, at every number of steps.
///
/// The Ritz values of an orthonormal basis interlace: the i-th from either end never lies beyond the i-th eigenvalue from
/// that end (Cauchy). A copy of an extreme eigenvalue does, since it takes the place of the next one. This is so for
/// clusters and multiplicities too, and needs no tolerance but rounding.
enum GhostTable {
    private static let steps = 200

    static func markdown(_ scope: AccuracyScope) throws -> String {
        let cases = try AccuracyCase.all().filter { scope.rows.isEmpty || $0.name == scope.rows }
        let rows = try cases.map { item in
            let counts = try [
                count(item.double, item, .full), count(item.double, item, .partial), count(item.single, item, .full),
                count(item.single, item, .partial),
            ]
            let plain = try plainLanczos(item.double, steps: steps)
            let foil = try ghosts(diagonal: plain.diagonal, offDiagonal: plain.offDiagonal, item, Double.ulpOfOne)
            return [item.name, String(counts[0].steps)]
                + counts.map { $0.bad == 0 ? "0" : "**\($0.bad)**" } + [String(foil.reduce(0) { max($0, $1) })]
        }
        return Markdown.table(
            [
                "operator", "step counts", "full", "partial", "full, single", "partial, single",
                "most ghosts without reorthogonalisation",
            ], rows)
    }

    /// At how many numbers of steps there is a ghost.
    private static func count<Element: Scalar>(
        _ target: AnyOperator<Element>, _ item: AccuracyCase, _ reorthogonalisation: Reorthogonalisation
    ) throws -> (steps: Int, bad: Int) {
        let start: Vector<Element> = ProbeDistribution.gaussian.probe(0, dimension: item.dimension, seed: 1)
        let found = try lanczos(
            target, start: start, LanczosConfiguration(steps: steps, reorthogonalisation: reorthogonalisation))
        let ghosts = try ghosts(
            diagonal: found.diagonal, offDiagonal: found.offDiagonal, item, Double(Element.ulpOfOne))
        return (ghosts.count, ghosts.count { $0 > 0 })
    }

    /// How many Ritz values lie beyond the eigenvalue of their rank, after 1, 2, … steps.
    private static func ghosts(
        diagonal: [Double], offDiagonal: [Double], _ item: AccuracyCase, _ epsilon: Double
    ) throws -> [Int] {
        // T is the projection up to a few eps‖A‖ in each entry, a product likewise.
        let slack = 60 * epsilon * item.norm
        return try (1...diagonal.count).map { length in
            let values = try TridiagonalEigensystem(
                diagonal: Array(diagonal.prefix(length)), offDiagonal: Array(offDiagonal.prefix(length - 1))
            ).eigenvalues
            let below = zip(values, item.eigenvalues).count { $0 < $1 - slack }
            let above = zip(values.reversed(), item.eigenvalues.reversed()).count { $0 > $1 + slack }
            return below + above
        }
    }

    /// Lanczos' method as in the textbook, which loses orthogonality: that the table can find ghosts.
    private static func plainLanczos(
        _ target: AnyOperator<Double>, steps: Int
    ) throws -> (diagonal: [Double], offDiagonal: [Double]) {
        var current: Vector<Double> = ProbeDistribution.gaussian.probe(0, dimension: target.dimension, seed: 1)
        var previous = Vector<Double>(count: target.dimension)
        var diagonal: [Double] = []
        var offDiagonal: [Double] = []
        while true {
            let image = try target.product(with: current)
            if let last = offDiagonal.last { image.add(-last, previous) }
            diagonal.append(image.dot(current))
            image.add(-diagonal.last!, current)
            let norm = image.norm
            guard diagonal.count < steps, norm > 0 else { return (diagonal, offDiagonal) }
            offDiagonal.append(norm)
            image.scale(by: 1 / norm)
            previous = current
            current = image
        }
    }
}

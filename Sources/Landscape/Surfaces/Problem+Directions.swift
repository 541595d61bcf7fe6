import Checkpoints
public import Files
public import Krylov
import LinearAlgebra
public import Networks

/// Directions that something is known about.
extension Problem {
    /// The parameters of another checkpoint of the same architecture.
    ///
    /// - Throws: `Fault` of kind `data` for another architecture, or a file that is no checkpoint.
    public func parameters(of other: String, architecture: String? = nil) throws(Fault) -> Parameters<Element> {
        let checkpoint = try Checkpoint(reading: other, architecture: architecture)
        guard checkpoint.architecture == network.architecture else {
            throw Fault(
                .data, "has another architecture than \(path)", at: other,
                remedy: "Give checkpoints of one network, such as those of one run")
        }
        return try checkpoint.parameters(of: network)
    }

    /// θ′ − θ: at coordinate 1 is the other checkpoint, up to rounding.
    public func difference(to other: Parameters<Element>, named name: String) -> SurfaceDirection<Element> {
        let vector = other.vector.copy()
        vector.add(-1, parameters.vector)
        return SurfaceDirection(vector, origin: "to \(name)")
    }

    /// Unit eigenvectors of the Hessian at this point, those of the largest |λ| first, each turned so that its largest
    /// element is positive.
    ///
    /// - Throws: `Fault` of kind `data` where there are fewer, or where the search ends without them; what `control`
    ///   throws.
    public func eigenvectors(
        _ count: Int, tolerance: Double = 1e-3, seed: UInt64, control: RunControl<Element> = RunControl()
    ) throws -> [SurfaceDirection<Element>] {
        let basis = ExtremeConfiguration.basisLength(count: count, dimension: network.layout.count)
        let linearised = try linearised(
            directions: 1, reserving: (basis + 2) * network.layout.count * MemoryLayout<Element>.stride)
        let found = try extremeEigenpairs(
            of: CurvatureOperator(.hessian, of: linearised), count: count,
            ExtremeConfiguration(tolerance: tolerance, seed: seed, workers: workers), control: control)
        guard found.pairs.count == count else {
            throw Fault(
                .data, "has \(found.pairs.count) distinct eigenvalues of its Hessian where \(count) are needed",
                at: path,
                remedy: "Use --directions filter-normalised")
        }
        guard found.converged else {
            throw Fault(
                .data, "eigenvectors have not converged after \(found.products) products", at: path,
                remedy: found.stop == .ended
                    ? "Give the search more time" : "Use --directions filter-normalised, or --precision double")
        }
        return found.pairs.enumerated().map { index, pair in
            let vector = pair.vector.copy()
            vector.turnPositive()
            return SurfaceDirection(
                vector, origin: "eigenvector \(index + 1) of the Hessian", eigenvalue: (pair.value, pair.residual))
        }
    }
}

import Files
import LinearAlgebra
import Networks

/// The vectors gᵣ of a matrix A = (1/N) Σ gᵣ gᵣᵀ, as vectors at the outputs: gᵣ = Jᵢᵀ w for the rows w of example i.
struct GramProblem<Element: Scalar> {
    let factor: OutputFactor<Element>
    /// 1/N, or 1.
    let scale: Double
    /// Whether the mean of the vectors is taken out of each.
    let isCentred: Bool

    /// - Throws: `Fault` of kind `usage` for a loss or a mode of passes that has no such vectors.
    init(_ target: OperatorConfiguration, of linearised: LinearisedNetwork<Element>) throws(Fault) {
        let loss = linearised.loss
        isCentred = target.kind == .gradientCovariance
        scale = target.kind == .tangentKernel ? 1 : 1 / Double(linearised.exampleCount)
        switch target.kind {
        case .gaussNewton, .fisher: factor = loss.hessianFactor(at: linearised.outputs)
        case .monteCarloFisher:
            factor = try linearised.drawnGradients(samples: target.samples, seed: target.seed)
        case .empiricalFisher, .gradientCovariance: factor = loss.gradients(at: linearised.outputs)
        case .tangentKernel:
            factor = .identity(examples: linearised.exampleCount, outputs: linearised.network.outputCount)
        case .hessian, .residual: preconditionFailure("\(target.kind.rawValue) is no sum of outer products")
        }
    }

    /// How many vectors an example has at most; nil for a matrix that is no sum of outer products.
    static func rows(_ target: OperatorConfiguration, of linearised: LinearisedNetwork<Element>) -> Int? {
        switch target.kind {
        case .hessian, .residual: nil
        case .gaussNewton, .fisher: linearised.loss.hessianRank(outputs: linearised.network.outputCount)
        case .monteCarloFisher: target.samples
        case .empiricalFisher, .gradientCovariance: 1
        case .tangentKernel: linearised.network.outputCount
        }
    }
}

extension ExactSpectrum {
    /// The nonzero eigenvalues of A = s Σ gᵣ gᵣᵀ, which are those of the Gram matrix s ⟨gᵣ, gₜ⟩.
    ///
    /// `errors.entries` is an estimate to first order, 4 eps √(tr A λ₁) for each tensor of parameters. With the vectors as
    /// rows of G and their errors ΔG of some roundings each, ‖ΔG Gᵀ + G ΔGᵀ‖₂ ≤ 2 ‖ΔG‖_F ‖G‖₂, and ‖G‖_F = √tr A, ‖G‖₂ = √λ₁;
    /// the inner products' own roundings, independent of one another, make a matrix of no larger norm. Where the mean is
    /// taken out, both are those from before, λ₁ bounded by the trace.
    ///
    /// - Throws: `Fault` of kind `data` where an inner product is not finite, and as `LinearisedNetwork.innerProducts`.
    init<Element: Scalar>(
        gramOf target: OperatorConfiguration, _ linearised: LinearisedNetwork<Element>, costs: [ExactCost]
    ) throws {
        let problem = try GramProblem(target, of: linearised)
        let found = try linearised.innerProducts(of: problem.factor)
        let gram = Matrix<Double>(rows: found.rows, columns: found.columns)
        for row in 0..<found.rows { gram.row(row).assign(Vector<Double>(converting: found.row(row))) }
        guard (0..<gram.rows).allSatisfy({ gram.row($0).isFinite }) else {
            throw Fault(
                .data, "the inner products of the gradients are not finite in \(Element.precisionName) precision",
                at: "gradients", remedy: "The parameters or the inputs are too large; try --precision double")
        }
        for row in 0..<gram.rows { gram.row(row).scale(by: problem.scale) }
        let trace = (0..<gram.rows).reduce(0) { $0 + gram[$1, $1] }
        if problem.isCentred { Self.centre(gram) }
        let values = try SymmetricEigenvalues.values(of: gram, workers: linearised.workers)
        let operators = try target.make(of: linearised)
        provenance = operators.provenance
        dimension = operators.dimension
        method = .gram
        self.costs = costs
        // More vectors than dimensions: the smallest eigenvalues are the Gram matrix's own zeros.
        eigenvalues = Array(values.suffix(dimension))
        impliedZeros = max(0, dimension - values.count)
        (vectors, largestResidual) = (nil, nil)
        let tensors = Double(linearised.network.layout.entries.count)
        let size = max(abs(values.first ?? 0), abs(values.last ?? 0))
        errors = ExactErrors(
            solver: Double(gram.rows) * Double.ulpOfOne * size,
            entries: 4 * tensors * Double(Element.ulpOfOne)
                * (trace * (problem.isCentred ? trace : size)).squareRoot(), asymmetry: nil)
    }

    /// K ← (I − 11ᵀ/n) K (I − 11ᵀ/n).
    private static func centre(_ gram: Matrix<Double>) {
        let size = Double(gram.rows)
        let means = Vector<Double>((0..<gram.rows).map { gram.row($0).sum / size })
        let mean = means.sum / size
        let ones = Vector<Double>(count: gram.rows)
        ones.fill(1)
        for row in 0..<gram.rows {
            gram.row(row).add(-1, means)
            gram.row(row).add(mean - means[row], ones)
        }
    }
}

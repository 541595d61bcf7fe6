import Files
public import LinearAlgebra
public import Networks

extension ExactSpectrum {
    /// All eigenvalues of one of a loss's matrices at a point, by the cheaper of the two methods.
    ///
    /// - Parameters:
    ///   - linearised: with room for any number of directions; it is linearised anew where the arithmetic or the method
    ///     asks for another.
    ///   - progress: told the products done so far, of the dense method; throws to stop.
    /// - Throws: `Fault` of kind `usage` where no method fits the budget, or the matrix has none (a Fisher matrix of a loss
    ///   that is no likelihood); of kind `data` where numbers are not finite; what `progress` throws.
    public init<Element: Scalar>(
        _ linearised: LinearisedNetwork<Element>, _ configuration: ExactConfiguration = ExactConfiguration(),
        progress: (Int) throws -> Void = { _ in }
    ) throws {
        let directions = Self.directions(for: linearised, configuration)
        let costs = try Self.costs(configuration, of: linearised, directions: directions)
        let method = try Self.method(configuration, costs)
        let kept = method == .dense ? directions : 0
        switch configuration.arithmetic {
        case .double:
            let wide = try linearised.converted(to: Double.self, directions: kept)
            try self.init(method, of: wide, configuration, costs, progress)
        case .network:
            let same = try linearised.converted(to: Element.self, directions: kept)
            try self.init(method, of: same, configuration, costs, progress)
        }
    }

    private init<Element: Scalar>(
        _ method: ExactMethod, of linearised: LinearisedNetwork<Element>, _ configuration: ExactConfiguration,
        _ costs: [ExactCost], _ progress: (Int) throws -> Void
    ) throws {
        switch method {
        case .dense:
            try self.init(
                denseOf: configuration.target.make(of: linearised), wantsVectors: configuration.wantsVectors,
                costs: costs, workers: linearised.workers, progress: progress)
        case .gram: try self.init(gramOf: configuration.target, linearised, costs: costs)
        }
    }

    /// What each method would take that gives what is wanted; the dense one first.
    ///
    /// - Throws: `Fault` of kind `usage` for a matrix that the loss does not have; of kind `data` where the limit of memory
    ///   leaves room for neither.
    static func costs<Element: Scalar>(
        _ configuration: ExactConfiguration, of linearised: LinearisedNetwork<Element>, directions: Int
    ) throws(Fault) -> [ExactCost] {
        let kind = configuration.target.kind
        if kind == .fisher || kind == .monteCarloFisher {
            guard linearised.loss.kind.hasLikelihood else { throw Fault.noLikelihood(linearised.loss.kind) }
        }
        let rows = GramProblem<Element>.rows(configuration.target, of: linearised)
        var costs: [ExactCost] = []
        var refusal: Fault?
        do throws(Fault) {
            costs.append(try ExactCost.dense(configuration, of: linearised, directions: directions))
        } catch {
            // A limit of memory that leaves no room for unit vectors may leave some for repeated examples.
            refusal = error
        }
        if let rows, !configuration.wantsVectors, !linearised.couplesExamples {
            do throws(Fault) {
                costs.append(try ExactCost.gram(configuration, of: linearised, rows: rows))
            } catch {
                refusal = error
            }
        }
        if costs.isEmpty, let refusal { throw refusal }
        return costs
    }

    /// The method asked for where it fits into memory, else the one of the fewest operations that fits the budget.
    static func method(_ configuration: ExactConfiguration, _ costs: [ExactCost]) throws(Fault) -> ExactMethod {
        let name = configuration.target.kind.rawValue
        let fitting = costs.filter { $0.bytes <= configuration.maximumBytes }
        let budget = MemoryPlan.megabytes(configuration.maximumBytes)
        let text = costs.map(\.text).joined(separator: "; ")
        guard let asked = configuration.method else {
            let affordable = fitting.filter { $0.operations <= configuration.maximumOperations }
            guard let best = affordable.min(by: { $0.operations < $1.operations }) else {
                throw Fault(
                    .usage,
                    "an exact spectrum of \(name) takes more than \(budget) or "
                        + "\((configuration.maximumOperations / 1e9).rounded()) billion operations (\(text))",
                    at: "exact", remedy: "Take fewer examples, a method by its name, or the stochastic density")
            }
            return best.method
        }
        guard costs.contains(where: { $0.method == asked }) else {
            throw Fault(
                .usage, "there is no Gram matrix for \(name)\(configuration.wantsVectors ? " with eigenvectors" : "")",
                at: "exact", remedy: "Take the dense method")
        }
        guard fitting.contains(where: { $0.method == asked }) else {
            throw Fault(
                .usage, "an exact spectrum of \(name) takes more than \(budget) (\(text))", at: "exact",
                remedy: "Take fewer examples or more memory, or the stochastic density")
        }
        return asked
    }

    /// Unit vectors that go through together: eight, or as many as keep tangents on all boundaries within 512 MB.
    private static func directions<Element: Scalar>(
        for linearised: LinearisedNetwork<Element>, _ configuration: ExactConfiguration
    ) -> Int {
        let stride = configuration.arithmetic == .double ? 8 : MemoryLayout<Element>.stride
        let tangents = 2 * linearised.exampleCount * linearised.network.layers.widthOfAllBoundaries * stride
        return max(1, min(8, (512 << 20) / max(1, tangents)))
    }
}

import Checkpoints
import Files
import Foundation
import Krylov
import Landscape
import LinearAlgebra
import Networks
import Synchronization
import TestSupport
import Testing

@Suite struct ScalarAnalysisTests {
    private func exact(_ name: String, _ tensor: String) throws -> [Double] {
        try ReferenceCase(name).expected.doubles(tensor)
    }

    /// Oracle: the eigenvalues of the dense matrix in PyTorch. The reference's tolerance of each, and of their sums as many
    /// times that.
    @Test(arguments: [("hessian_eigenvalues", OperatorKind.hessian), ("ggn_eigenvalues", .gaussNewton)])
    func formedMatricesGiveWhatTheSpectrumGives(_ tensor: String, _ kind: OperatorKind) throws {
        let values = try exact("mlp_tanh_cross_entropy", tensor).sorted()
        let linearised: LinearisedNetwork<Double> = try ReferenceCase("mlp_tanh_cross_entropy").linearised()
        var configuration = ScalarConfiguration(kind: kind)
        configuration.shift = 0.01
        let found = try ScalarAnalysis(linearised, configuration)
        let scale = 1e-10 * values.last! * Double(values.count)
        // Five products examine the operator.
        #expect(found.isExact && found.products == values.count + 5 && found.traceMethod == .exact)
        #expect(abs(found.trace!.value - values.reduce(0, +)) < scale)
        #expect(abs(found.groupTraces!.reduce(0) { $0 + $1.value } - values.reduce(0, +)) < scale)
        #expect(abs(found.frobeniusNormSquared!.value - values.reduce(0) { $0 + $1 * $1 }) < scale * values.last!)
        let ranks = try #require(found.ranks)
        #expect(ranks.above.value == Double(values.count { $0 > 0.01 * values.last! }))
        #expect(abs(ranks.entropyRank! - RankMeasures.entropyRank(of: values)) < 1e-6)
        for (eigenvalue, expected) in zip(found.eigenvalues, values.reversed()) {
            #expect(abs(eigenvalue.value - expected) < scale)
        }
        if kind == .gaussNewton {
            let expected = values.reduce(0) { $0 + log(max($1, 0) + 0.01) }
            #expect(abs(found.logDeterminant!.value - expected) < scale / 0.01)
            #expect(ranks.below == nil && ranks.intrinsicDimension != nil)
            guard case .finite(let value, _) = found.shiftedConditionNumber else {
                Issue.record("\(String(describing: found.shiftedConditionNumber))")
                return
            }
            #expect(abs(value - (values.last! + 0.01) / 0.01) < scale / 1e-4)
        } else {
            #expect(ranks.below!.value == Double(values.count { $0 < -0.01 * values.last! }))
            // κ of an indefinite matrix needs the eigenvalue nearest to 0, which the whole spectrum has: here 0 to rounding or
            // not, as the reference says.
            let least = values.map(abs).min()!
            switch try #require(found.conditionNumber) {
            case .finite(let value, let interval):
                #expect(interval.contains(value) && abs(value * least - values.map(abs).max()!) < 0.01 * values.last!)
            case .unbounded(let bound): #expect(bound > 1e9 && least < 1e-12)
            case .indefinite: Issue.record("the spectrum is known")
            }
        }
    }

    /// Oracle: the 3050 eigenvalues of the dense matrices in PyTorch. Every interval of what is estimated holds the truth
    /// (the seed is fixed; each does so in 95 % of repeats), and what is found by a search lies within its residual.
    @Test(arguments: [("hessian_eigenvalues", OperatorKind.hessian), ("ggn_eigenvalues", .gaussNewton)])
    func estimatesHoldTheTruth(_ tensor: String, _ kind: OperatorKind) throws {
        let values = try exact("mlp_medium_spectrum", tensor).sorted()
        let linearised: LinearisedNetwork<Float> = try ReferenceCase("mlp_medium_spectrum").linearised(directions: 8)
        var configuration = ScalarConfiguration(kind: kind, seed: 3)
        configuration.top = 4
        let found = try ScalarAnalysis(linearised, configuration)
        #expect(!found.isExact && found.traceMethod == .xTrace)
        let trace = values.reduce(0, +)
        let squares = values.reduce(0) { $0 + $1 * $1 }
        let largest = values.last!
        func holds(_ value: ScalarValue?, _ truth: Double, _ comment: Comment) throws {
            let interval = try #require(value?.interval, comment)
            #expect(interval.contains(truth), comment)
            #expect(interval.contains(value!.value), comment)
        }
        try holds(found.trace, trace, "trace")
        try holds(found.frobeniusNormSquared, squares, "Frobenius")
        let modulus = max(largest, -values[0])
        try holds(found.ranks?.stableRank, squares / (modulus * modulus), "stable rank")
        let threshold = try #require(found.ranks).threshold
        try holds(found.ranks?.above, Double(values.count { $0 > threshold }), "rank")
        if kind == .gaussNewton {
            let shift = try #require(found.shift)
            try holds(found.logDeterminant, values.reduce(0) { $0 + log(max($1, 0) + shift) }, "determinant")
        } else {
            try holds(found.ranks?.below, Double(values.count { $0 < -threshold }), "negative rank")
        }
        for (eigenvalue, expected) in zip(found.eigenvalues, values.reversed()) {
            #expect(eigenvalue.converged && abs(eigenvalue.value - expected) <= eigenvalue.residual + 1e-4 * largest)
        }
        // Hutchinson's estimate with as many products has √(2 ‖A‖²_F / 100). The best 50 directions leave a quarter of that of
        // the Gauss-Newton matrix, whose eigenvalues decay; of the Hessian, where they do not, more than they cost.
        let plain = (2 * squares / 100).squareRoot()
        #expect(try #require(found.trace?.standardError) < (kind == .gaussNewton ? 0.5 : 1.5) * plain)
        #expect(found.products < 2000)
    }

    /// What a result rests on: the operator, the network's derivatives, the bases and the residuals, each within its limit.
    @Test func everyNumberHasItsCertificates() throws {
        let linearised: LinearisedNetwork<Float> = try ReferenceCase("mlp_medium_spectrum").linearised(directions: 8)
        var configuration = ScalarConfiguration(kind: .hessian, quantities: [.rank], seed: 3)
        configuration.traceProducts = 20
        let found = try ScalarAnalysis(linearised, configuration)
        for name in [
            "symmetry", "linearity", "gradient", "product", "largest: residuals", "smallest: orthogonality of extremes",
            "orthogonality of quadratures",
        ] { #expect(found.certificates[name] != nil, "\(name)") }
        #expect(found.certificates.failed.isEmpty && !found.isPartial)
    }

    /// A clock that runs out with the products: what was whole by then is there, the search is cut short, the rest is
    /// missing; and with no time at all there is no result.
    @Test func theTimeEndsWhatIsNotWhole() throws {
        let linearised: LinearisedNetwork<Float> = try ReferenceCase("mlp_medium_spectrum").linearised(directions: 8)
        var configuration = ScalarConfiguration(kind: .hessian, seed: 3)
        configuration.traceProducts = 20
        let products = Mutex(0)
        let found = try ScalarAnalysis(
            linearised, configuration, isOver: { products.withLock { $0 > 45 } },
            progress: { done in products.withLock { $0 = done } })
        #expect(found.isPartial && found.trace != nil && found.products < 70)
        #expect(!found.eigenvalues.isEmpty && !found.eigenvalues.allSatisfy(\.converged) && found.ranks == nil)
        let fault = #expect(throws: Fault.self) {
            try ScalarAnalysis(linearised, configuration, isOver: { true })
        }
        #expect(fault?.kind == .usage && fault?.place == "--time-limit")
    }

    /// Closed form: for a linear map with the mean squared error H = 2/(NK) Σ xᵢxᵢᵀ for each output, the same block twice.
    /// Inputs (i, −i), i < 4: Σ i² = 14, and each block is 2/(4·2) · 14 [[1, −1], [−1, 1]] = 3.5 [[1, −1], [−1, 1]].
    @Test func blocksOfALinearMap() throws {
        let bench = try Bench()
        let path = try bench.checkpoint("linear.safetensors", Bench.linear, [1, 2, 3, 4] as [Double])
        let data = try bench.data("data.safetensors") { writer in
            try writer.add("inputs", (0..<4).flatMap { [Float($0), -Float($0)] }, shape: [4, 2])
            try writer.add("targets", [Float](repeating: 0, count: 8), shape: [4, 2])
        }
        let problem = try Problem<Double>(ProblemConfiguration(checkpoint: path, data: data, loss: .meanSquaredError))
        let linearised = try problem.linearised(directions: 2)
        let found = try ScalarAnalysis(linearised, ScalarConfiguration(kind: .gaussNewton))
        #expect(abs(found.trace!.value - 14) < 1e-12)
        #expect(abs(found.frobeniusNormSquared!.value - 98) < 1e-11)
        #expect(zip(found.eigenvalues, [7.0, 7, 0, 0]).allSatisfy { abs($0.value - $1) < 1e-12 })
        #expect(abs(found.ranks!.stableRank.value - 2) < 1e-12 && found.ranks!.above.value == 2)
        #expect(abs(found.ranks!.intrinsicDimension!.value - 2) < 1e-12)
        #expect(found.groups.map(\.name) == ["w"])
        // log det = 2 log(7 + σ) + 2 log σ with σ = 0.007; rounding of a 0 at σ is eps · 7/σ of 1.
        #expect(abs(found.logDeterminant!.value - 2 * (log(7.007) + log(0.007))) < 1e-10)
        guard case .unbounded = found.conditionNumber else {
            Issue.record("\(String(describing: found.conditionNumber))")
            return
        }
        // The gradient 2/(NK) Σ f xᵀ lies in the range of the matrix: in the first two eigenvectors.
        #expect(abs(found.gradientFractions![1] - 1) < 1e-12)
    }

    /// Oracle: double precision. What a formed matrix in single precision leaves open is its rounding, and every interval
    /// holds what double has, whose own are within it.
    @Test(
        arguments: [
            "mlp_tanh_cross_entropy", "mlp_layernorm_gelu_huber", "resnet_groupnorm_cross_entropy",
            "vit_mean_tokens_mse",
        ], [OperatorKind.hessian, .gaussNewton])
    func intervalsOfSinglePrecisionHoldDouble(_ name: String, _ kind: OperatorKind) throws {
        var configuration = ScalarConfiguration(kind: kind)
        configuration.exactLimit = 4000
        configuration.shift = 0.01
        let single: LinearisedNetwork<Float> = try ReferenceCase(name).linearised()
        let double: LinearisedNetwork<Double> = try ReferenceCase(name).linearised()
        let rough = try ScalarAnalysis(single, configuration)
        let fine = try ScalarAnalysis(double, configuration)
        #expect(rough.isExact && fine.isExact)
        func pairs(_ values: (ScalarAnalysis<Float>, ScalarAnalysis<Double>) -> [(ScalarValue?, ScalarValue?)]) throws {
            for (number, (one, other)) in values(rough, fine).enumerated() {
                guard let one, let other else {
                    #expect(one == nil && other == nil)
                    continue
                }
                let interval = try #require(one.interval, "\(number)")
                #expect(interval.contains(other.value), "\(number): \(one) and \(other.value)")
                let inner = try #require(other.interval, "\(number)")
                #expect(inner.upperBound - inner.lowerBound <= interval.upperBound - interval.lowerBound, "\(number)")
            }
        }
        try pairs { rough, fine in
            [
                (rough.trace, fine.trace), (rough.frobeniusNormSquared, fine.frobeniusNormSquared),
                (rough.logDeterminant, fine.logDeterminant), (rough.ranks?.above, fine.ranks?.above),
                (rough.ranks?.below, fine.ranks?.below), (rough.ranks?.stableRank, fine.ranks?.stableRank),
                (rough.ranks?.intrinsicDimension, fine.ranks?.intrinsicDimension),
            ] + Array(zip(rough.groupTraces ?? [], fine.groupTraces ?? []))
        }
    }

    /// Oracle: the block cut out of the whole matrix, which `formed` gives.
    @Test func restrictionToAPattern() throws {
        let linearised: LinearisedNetwork<Double> = try ReferenceCase("mlp_tanh_cross_entropy").linearised()
        let layout = linearised.network.layout
        let name = try #require(layout.entries.first?.name.split(separator: ".").first)
        var configuration = ScalarConfiguration(quantities: [.trace, .frobenius, .layers, .condition])
        configuration.parameters = ["\(name).*"]
        configuration.grouping = .tensor
        let found = try ScalarAnalysis(linearised, configuration)
        let whole = try CurvatureOperator(.hessian, of: linearised).formed()
        let chosen = layout.entries.filter { $0.name.hasPrefix(name + ".") }
        let indices = chosen.flatMap { Array($0.range) }
        #expect(found.selection.count == indices.count && found.groups.map(\.name) == chosen.map(\.name))
        #expect(abs(found.trace!.value - indices.reduce(0) { $0 + whole[$1, $1] }) < 1e-12)
        let squares = indices.reduce(0.0) { sum, row in indices.reduce(sum) { $0 + whole[row, $1] * whole[row, $1] } }
        #expect(abs(found.frobeniusNormSquared!.value - squares) < 1e-12 * max(1, squares))
        for (group, trace) in zip(chosen, found.groupTraces!) {
            #expect(abs(trace.value - group.range.reduce(0) { $0 + whole[$1, $1] }) < 1e-12)
        }
    }

    @Test func determinantsOfIndefiniteMatricesAreRefused() throws {
        let linearised: LinearisedNetwork<Double> = try ReferenceCase("mlp_relu_mse").linearised()
        let fault = #expect(throws: Fault.self) {
            try ScalarAnalysis(linearised, ScalarConfiguration(quantities: [.logDeterminant]))
        }
        #expect(fault?.kind == .usage && fault?.description.contains("ggn") == true)
    }

    /// Same bytes for any number of workers.
    @Test func sameNumbersForAnyWorkers() throws {
        var configuration = ScalarConfiguration(kind: .gaussNewton)
        configuration.exactLimit = 0
        configuration.traceProducts = 24
        configuration.probes = 3
        configuration.steps = 10
        let reference = try ReferenceCase("mlp_relu_mse")
        let reports = try [1, 3].map { workers in
            let linearised: LinearisedNetwork<Float> = try reference.linearised(
                directions: 4, workers: Workers(workers))
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return try encoder.encode(ScalarReport(ScalarAnalysis(linearised, configuration), configuration))
        }
        #expect(reports[0] == reports[1])
    }

    /// Oracle: J Jᵀ and Jᵀ J have one trace and one Frobenius norm; for a loss without curvature of its own, ½ K times the
    /// squared error, JᵀJ is N K/2 times the Gauss-Newton matrix (Hessian 2/(NK) I at the outputs).
    @Test func tangentKernelsHaveNoLayers() throws {
        let linearised: LinearisedNetwork<Double> = try ReferenceCase("mlp_relu_mse").linearised()
        let kernel = try ScalarAnalysis(linearised, ScalarConfiguration(kind: .tangentKernel))
        let matrix = try ScalarAnalysis(linearised, ScalarConfiguration(kind: .gaussNewton))
        let factor = Double(kernel.dimension) / 2
        #expect(kernel.dimension == linearised.exampleCount * linearised.network.outputCount && kernel.groups.isEmpty)
        #expect(abs(kernel.trace!.value - factor * matrix.trace!.value) < 1e-10 * kernel.trace!.value)
        #expect(
            abs(kernel.frobeniusNormSquared!.value - factor * factor * matrix.frobeniusNormSquared!.value)
                < 1e-10 * kernel.frobeniusNormSquared!.value)
        #expect(kernel.groupTraces == nil && kernel.gradientFractions == nil)
        for quantity in [ScalarQuantity.layers, .gradient] {
            let fault = #expect(throws: Fault.self) {
                try ScalarAnalysis(linearised, ScalarConfiguration(kind: .tangentKernel, quantities: [quantity]))
            }
            #expect(fault?.kind == .usage && fault?.description.contains(quantity.rawValue) == true)
        }
    }
}

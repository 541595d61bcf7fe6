import Checkpoints
import Files
import Foundation
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// The JSON documents against the keys that the commands promise, and against themselves.
@Suite struct ReportTests {
    static let shared: Set<String> = [
        "command", "version", "checkpoint", "parameters", "examples", "loss", "seed", "precision", "seconds",
        "warnings",
    ]

    /// Oracle: the list of keys in the contract of the commands.
    @Test func theHessiansKeysAreThoseOfTheContract() throws {
        let document = try object(hessian(Float.self, HessianConfiguration(top: 4, probes: 3, steps: 10, seed: 7)))
        let promised: Set<String> = [
            "gradient_norm", "eigenvalues", "trace", "frobenius_norm_squared", "density", "orthogonality_loss",
            "matrix_products",
        ]
        let more: Set<String> = [
            "data", "operator", "reorthogonalisation", "matrix", "method", "search", "certificates",
        ]
        #expect(document.keys.sorted() == Self.shared.union(promised).union(more).sorted())
        #expect(document["command"] as? String == "hessian" && document["version"] as? String == "0")
        #expect(document["parameters"] as? Int == 367 && document["examples"] as? Int == 20)
        #expect(document["seed"] as? Int == 7 && document["precision"] as? String == "single")
        #expect(document["warnings"] as? [String] == [])
        let loss = try #require(document["loss"] as? [String: Any])
        #expect(loss.keys.sorted() == ["kind", "value"] && loss["kind"] as? String == "cross-entropy")
        let eigenvalues = try #require(document["eigenvalues"] as? [[String: Any]])
        #expect(eigenvalues.count == 4)
        for eigenvalue in eigenvalues {
            #expect(eigenvalue.keys.sorted() == ["converged", "end", "error_bound", "residual", "value"])
            #expect(["largest", "smallest"].contains(eigenvalue["end"] as? String))
        }
        let sizes = eigenvalues.compactMap { ($0["value"] as? Double).map(abs) }
        #expect(sizes.count == 4 && sizes == sizes.sorted(by: >))
        for key in ["trace", "frobenius_norm_squared"] {
            #expect((document[key] as? [String: Any])?.keys.sorted() == ["interval", "standard_error", "value"])
        }
        let certificates = try #require(document["certificates"] as? [[String: Any]])
        #expect(certificates.count >= 10 && certificates.allSatisfy { $0["passed"] as? Bool == true })
        for certificate in certificates {
            #expect(Set(certificate.keys).isSuperset(of: ["name", "value", "passed", "meaning"]))
        }
        let density = try #require(document["density"] as? [String: Any])
        #expect(
            Set(density.keys).isSuperset(of: ["probes", "steps", "nodes", "weights", "sigma", "grid", "values"]))
        #expect(density["probes"] as? Int == 3 && density["steps"] as? Int == 10)
        let weights = try #require(density["weights"] as? [Double])
        // The four converged eigenvalues stand before the probes' nodes.
        #expect(density["deflated"] as? Int == 4)
        #expect(weights.count == 34 && abs(weights.reduce(0, +) - 1) < 1e-13)
        #expect((density["grid"] as? [Double])?.count == (density["values"] as? [Double])?.count)
    }

    @Test func theCovariancesKeysAreThoseOfTheContract() throws {
        let document = try object(covariance(Double.self, order: .kmeans))
        let promised: Set<String> = [
            "eigenvalues", "trace", "effective_rank", "stable_rank", "mean_off_diagonal", "negative_fraction",
        ]
        let more: Set<String> = [
            "data", "normalize", "center", "order", "zero_gradients", "cluster_sizes", "certificates",
        ]
        #expect(document.keys.sorted() == Self.shared.union(promised).union(more).sorted())
        let eigenvalues = try #require(document["eigenvalues"] as? [Double])
        #expect(eigenvalues.count == 20 && eigenvalues == eigenvalues.sorted(by: >))
        #expect(document["precision"] as? String == "double" && document["normalize"] as? String == "cosine")
        #expect((document["cluster_sizes"] as? [Int])?.reduce(0, +) == 20)
        #expect(try object(covariance(Double.self, order: .none))["cluster_sizes"] == nil)
    }

    /// A single probe knows no spread, no probes no density: such keys are absent rather than wrong.
    @Test func whatIsNotKnownIsAbsent() throws {
        let single = try object(hessian(Float.self, HessianConfiguration(top: 0, probes: 1, steps: 5)))
        #expect((single["trace"] as? [String: Any])?.keys.sorted() == ["value"])
        #expect((single["density"] as? [String: Any])?["standard_errors"] == nil)
        #expect((single["eigenvalues"] as? [Any])?.isEmpty == true)
        let none = try object(hessian(Float.self, HessianConfiguration(top: 1, probes: 0)))
        #expect(none["density"] == nil && none["trace"] == nil && none["frobenius_norm_squared"] == nil)
    }

    /// Oracle: the bytes of the first run, on one thread.
    @Test func theSameSeedGivesTheSameBytesWhateverTheThreads() throws {
        let configuration = HessianConfiguration(top: 3, probes: 4, steps: 12, seed: 11)
        let hessians = try [1, 1, 2].map { try hessian(Float.self, configuration, Workers($0)) }
        #expect(Set(hessians).count == 1)
        let covariances = try [1, 1, 2].map { try covariance(Float.self, order: .kmeans, Workers($0)) }
        #expect(Set(covariances).count == 1)
        let other = try hessian(Float.self, HessianConfiguration(top: 3, probes: 4, steps: 12, seed: 12))
        #expect(other != hessians[0])
    }

    /// Seconds are those of the clock; the test leaves them 0 so that bytes can be compared.
    private func hessian<Element: Scalar>(
        _: Element.Type, _ configuration: HessianConfiguration, _ workers: Workers = .one
    ) throws -> Data {
        let problem: Problem<Element> = try problem(workers)
        let linearised = try problem.linearised(
            directions: configuration.blockSize(for: problem.network, examples: problem.examples))
        var configuration = configuration
        configuration.exact = .never
        let found = try HessianAnalysis(linearised, configuration)
        let header = ReportHeader(
            command: "hessian", version: "0", problem: problem, lossValue: linearised.lossValue,
            seed: configuration.seed, seconds: 0, warnings: found.warnings)
        return try encode(Report(header: header, body: HessianReport(found, configuration)))
    }

    private func covariance<Element: Scalar>(
        _: Element.Type, order: Arrangement.Kind, _ workers: Workers = .one
    ) throws -> Data {
        let problem: Problem<Element> = try problem(workers)
        let linearised = try problem.linearised(directions: 0)
        let found = try GradientCovariance(linearised)
        let arrangement = try Arrangement(order, of: found.matrix, labels: problem.labels, seed: 1)
        let header = ReportHeader(
            command: "gradcov", version: "0", problem: problem, lossValue: linearised.lossValue, seed: 1, seconds: 0,
            warnings: [])
        return try encode(
            Report(header: header, body: GradientCovarianceReport(found, .init(), arrangement: arrangement)))
    }

    private func problem<Element: Scalar>(_ workers: Workers) throws -> Problem<Element> {
        let name = "mlp_tanh_cross_entropy"
        return try Problem(
            ProblemConfiguration(
                checkpoint: Fixtures.path(name + ".checkpoint.safetensors"),
                data: Fixtures.path(name + ".expected.safetensors"), workers: workers))
    }

    /// The encoder throws for a number that is not finite.
    private func encode(_ report: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(report)
    }

    private func object(_ json: Data) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
    }
}

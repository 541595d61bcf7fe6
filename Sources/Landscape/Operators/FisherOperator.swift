public import Files
public import Krylov
public import LinearAlgebra
public import Networks

/// The Fisher matrix by Monte Carlo, (1/N) Σᵢ (1/m) Σₛ gᵢₛ gᵢₛᵀ with gᵢₛ = ∇(−log p(yᵢₛ | fᵢ)) at targets drawn from the
/// model's own distribution.
///
/// Its mean over draws is the Fisher matrix, the generalised Gauss-Newton matrix of a loss that is a likelihood. The
/// targets are drawn once: the operator is one fixed matrix, of rank N · m at most.
///
/// Source: Martens 2020, "New insights and perspectives on the natural gradient method", section 5; Kunstner, Balles and
/// Hennig 2019 on what tells it from the empirical Fisher matrix.
///
/// - Complexity: a product is a first-order forward and backward pass of tangents, whatever m is.
public struct MonteCarloFisherOperator<Element: Scalar>: SymmetricOperator {
    public let linearised: LinearisedNetwork<Element>
    /// m, of each example.
    public let samples: Int
    public let seed: UInt64
    public let operations: Double?
    public let provenance: String
    private let gradients: OutputFactor<Element>

    public var dimension: Int { linearised.network.layout.count }
    public var blockSize: Int { linearised.directions }

    /// - Parameters:
    ///   - samples: m, at least 1.
    ///   - seed: of the drawn targets; each example has a stream of its own.
    /// - Throws: `Fault` of kind `usage` for a loss that is no likelihood.
    public init(
        of linearised: LinearisedNetwork<Element>, samples: Int, seed: UInt64, at place: String? = nil
    ) throws(Fault) {
        self.linearised = linearised
        self.samples = samples
        self.seed = seed
        gradients = try linearised.drawnGradients(samples: samples, seed: seed)
        operations = linearised.operations { $0.product(.gaussNewton) }
        provenance = linearised.provenance(
            of: "fisher-mc with \(samples) \(samples == 1 ? "sample" : "samples") of seed \(seed)", at: place)
    }

    public func apply(to vectors: [Vector<Element>], into results: [Vector<Element>]) throws {
        linearised.multiply(gradients, by: vectors, into: results)
    }
}

extension LinearisedNetwork {
    /// Gradients at the outputs for drawn targets; see `Loss.drawnGradients`.
    func drawnGradients(samples: Int, seed: UInt64) throws(Fault) -> OutputFactor<Element> {
        guard samples >= 1 else { throw Fault(.usage, "\(samples) samples were asked for", at: "--samples") }
        guard let gradients = loss.drawnGradients(at: outputs, samples: samples, seed: seed) else {
            throw Fault.noLikelihood(loss.kind)
        }
        return gradients
    }
}

extension Fault {
    static func noLikelihood(_ loss: LossKind) -> Fault {
        Fault(
            .usage, "the loss \(loss.rawValue) is no likelihood, so it has no Fisher matrix", at: "--operator",
            remedy: "Take ggn or empirical-fisher")
    }

    static let coupledExamples = Fault(
        .usage, "batch statistics couple the examples, so that none has a gradient of its own",
        at: "--batch-statistics", remedy: "Leave it out: the running statistics are then used")
}

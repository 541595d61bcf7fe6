public import Checkpoints
import Datasets
public import Files
public import LinearAlgebra
public import Networks

/// A loss on chosen examples at a checkpoint's parameters: all that defines one point of a loss landscape.
public struct Problem<Element: Scalar>: Sendable {
    /// The checkpoint's file.
    public let path: String
    /// How the checkpoint was trained.
    public let run: RunRecord
    public let network: Network<Element>
    public let parameters: Parameters<Element>
    /// `[N, inputs]`.
    public let inputs: Matrix<Element>
    public let loss: any Loss<Element>
    /// Where the examples come from.
    public let data: String
    /// The examples' classes where they have any, `[N]`.
    public let labels: [Int]?
    public let workers: Workers
    let mode: PassMode
    let memoryLimit: Int?
    /// What a reader of the result should know.
    public let warnings: [String]

    public var examples: Int { inputs.rows }

    /// Reads the checkpoint and its data, chooses the examples and binds the loss.
    ///
    /// - Throws: `Fault`: see `Checkpoint`, `Network`, `ExampleFile` and `LossKind.bound`.
    public init(_ configuration: ProblemConfiguration) throws(Fault) {
        let checkpoint = try Checkpoint(reading: configuration.checkpoint, architecture: configuration.architecture)
        let network: Network<Element>
        do throws(Fault) {
            network = try Network(checkpoint.architecture)
        } catch {
            throw error.within(configuration.architecture ?? checkpoint.path)
        }
        let parameters = try checkpoint.parameters(of: network)
        let source = try ExampleSource.find(configuration.data, for: checkpoint, seed: configuration.seed)
        let choice = try Self.choose(configuration, from: source)
        let binder = LossBinder(
            checkpoint: checkpoint, network: network, parameters: parameters, source: source, chosen: choice.rows,
            configuration: configuration)
        // Not the checkpoint itself, which holds the file's bytes beside the parameters made of them.
        path = checkpoint.path
        run = checkpoint.run
        self.network = network
        self.parameters = parameters
        inputs = try ExampleSource.rows(choice.rows, of: source.inputs, width: network.inputCount)
        loss = try binder.loss(inputs: inputs)
        data = source.name
        labels = if case .labels(let all) = source.annotation { choice.rows.map { all[$0] } } else { nil }
        workers = configuration.workers
        mode = configuration.mode
        memoryLimit = configuration.memoryLimit
        warnings =
            choice.warnings + Self.warnings(of: loss)
            + (configuration.target == .own ? ["the target network is the checkpoint itself (--target own)"] : [])
    }

    /// The same problem on some of its examples, in the order of `rows`.
    public func selecting(_ rows: [Int]) -> Problem { Problem(self, rows: rows) }

    private init(_ other: Problem, rows: [Int]) {
        path = other.path
        run = other.run
        network = other.network
        parameters = other.parameters
        inputs = other.inputs.selecting(rows, in: Element.self)
        loss = other.loss.selecting(rows, in: Element.self)
        data = other.data
        labels = other.labels.map { all in rows.map { all[$0] } }
        workers = other.workers
        mode = other.mode
        memoryLimit = other.memoryLimit
        warnings = other.warnings
    }

    /// The network linearised at this point, with room for `directions` vectors at a time.
    ///
    /// - Parameter reserved: bytes of the memory limit that something else will take.
    /// - Throws: `Fault` of kind `data` when what is left of the limit is too little; see `LinearisedNetwork`.
    public func linearised(directions: Int, reserving reserved: Int = 0) throws(Fault) -> LinearisedNetwork<Element> {
        do throws(Fault) {
            let held =
                reserved + (inputs.rows * inputs.columns + parameters.vector.count) * MemoryLayout<Element>.stride
            if let memoryLimit, held >= memoryLimit {
                throw Fault(
                    .data,
                    "needs \(MemoryPlan.megabytes(held)) for vectors, parameters and inputs alone; the limit is "
                        + MemoryPlan.megabytes(memoryLimit), at: "memory",
                    remedy: "Raise --memory, or ask for fewer steps, probes, eigenvalues or examples")
            }
            return try LinearisedNetwork(
                network, at: parameters, inputs: inputs, loss: loss,
                LinearisationConfiguration(
                    directions: directions, mode: mode, memoryLimit: memoryLimit.map { $0 - held }, workers: workers))
        } catch {
            throw error.within(path)
        }
    }

    private static func warnings(of loss: any Loss<Element>) -> [String] {
        guard let loss = loss as? TwoHot<Element>, loss.clippedTargets > 0 else { return [] }
        let support = "[\(loss.support.low), \(loss.support.high)]"
        return ["\(loss.clippedTargets) targets lie outside the support \(support) and were moved to its ends"]
    }

    /// All examples in their order where no more are wanted than there are; else some, drawn without replacement.
    static func choose(
        _ configuration: ProblemConfiguration, from source: ExampleSource
    ) throws(Fault) -> (rows: [Int], warnings: [String]) {
        let wanted = configuration.examples ?? min(source.count, ProblemConfiguration.defaultExamples)
        guard wanted > 0 else { throw Fault(.usage, "\(wanted) examples were asked for", at: "--examples") }
        guard wanted < source.count else {
            let isShort = wanted > source.count
            return (
                Array(0..<source.count),
                isShort ? ["\(wanted) examples were asked for; \(source.name) holds \(source.count)"] : []
            )
        }
        var random = RandomSource(seed: configuration.seed, stream: "examples")
        return (Array(random.permutation(source.count)[..<wanted]), [])
    }
}

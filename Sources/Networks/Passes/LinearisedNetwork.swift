public import Files
public import LinearAlgebra

/// A network and its loss, linearised once at a point: all that its first and second derivatives there are made of.
///
/// Activations, cotangents and derivatives of activations are computed once and kept. A product with the Hessian is then
/// a forward and a backward pass of tangents (Pearlmutter 1994), exact to rounding, and allocates nothing.
///
/// Where a limit of memory leaves no room for all examples, the last of them are computed anew for each product; the
/// results are the same to the bit.
///
/// - Complexity: about 5 times a forward pass of the examples a product, and (1 + directions) times the activations and
///   cotangents of all examples in memory.
public final class LinearisedNetwork<Element: Scalar>: Sendable {
    public let network: Network<Element>
    public let parameters: Parameters<Element>
    /// `[N, inputCount]`.
    public let inputs: Matrix<Element>
    public let mode: PassMode
    /// ℓᵢ, `[N]`.
    public let exampleLosses: [Double]
    /// f, `[N, outputs]`.
    public let outputs: Matrix<Element>
    /// How many directions go through together.
    public let directions: Int
    public let memory: MemoryPlan
    public let workers: Workers
    let memoryLimit: Int?
    /// What is differentiated: the loss, or a linear functional of the outputs.
    let functional: any OutputFunctional<Element>
    private let statedLoss: (any Loss<Element>)?
    /// The first stays in memory unless `memory.recomputes` from the start; those that share memory follow one another.
    let waves: [Wave<Element>]
    /// The tangents of `Point.derived`.
    let derivedTangents: [Vector<Element>]

    public var exampleCount: Int { inputs.rows }

    /// The loss that was linearised. Networks linearised for anything else never leave this target.
    public var loss: any Loss<Element> {
        guard let statedLoss else { preconditionFailure("a linear functional was linearised, not a loss") }
        return statedLoss
    }

    /// The mean of the examples' losses, added up in their order in double precision.
    public var lossValue: Double { exampleLosses.reduce(0, +) / Double(exampleLosses.count) }

    /// - Parameters:
    ///   - inputs: `[N, inputCount]`.
    ///   - loss: of N examples.
    ///   - configuration: how many directions together, whose statistics, how much memory, how many workers.
    /// - Throws: `Fault` of kind `data` when an output or a loss is not finite, or the memory is too little for any tile.
    public convenience init(
        _ network: Network<Element>, at parameters: Parameters<Element>, inputs: Matrix<Element>,
        loss: any Loss<Element>, _ configuration: LinearisationConfiguration
    ) throws(Fault) {
        try self.init(network, at: parameters, inputs: inputs, functional: loss, configuration)
    }

    /// As above, for a function of the outputs that need not be a loss.
    init(
        _ network: Network<Element>, at parameters: Parameters<Element>, inputs: Matrix<Element>,
        functional: any OutputFunctional<Element>, _ configuration: LinearisationConfiguration
    ) throws(Fault) {
        precondition(
            functional.exampleCount == inputs.rows, "a loss of \(functional.exampleCount) examples for \(inputs.rows)")
        self.network = network
        self.parameters = parameters
        self.functional = functional
        statedLoss = functional as? any Loss<Element>
        self.inputs = inputs
        memoryLimit = configuration.memoryLimit
        mode = configuration.mode
        directions = configuration.directions
        workers = configuration.workers
        derivedTangents = (0..<directions).map { _ in Vector(count: network.layout.derivedCount) }
        memory = try MemoryPlan(network, examples: inputs.rows, configuration)
        waves = Self.waves(network, inputs: inputs, functional, memory, configuration)
        waves[0].passes.prepare(at: parameters)
        let outputs = Matrix<Element>(rows: inputs.rows, columns: network.outputCount)
        self.outputs = outputs
        var losses: [Double] = []
        for wave in waves {
            do {
                losses += try wave.linearise(at: parameters, inputs: inputs, loss: functional) { found in
                    outputs.rows(wave.examples).assign(found)
                    try Self.checkFinite(outputs)
                }
            } catch let fault as Fault {
                throw fault
            } catch {
                preconditionFailure("only faults are thrown here: \(error)")
            }
        }
        exampleLosses = losses
        if let bad = exampleLosses.firstIndex(where: { !$0.isFinite }) {
            throw Fault(
                .data, "the loss of example \(bad) is \(exampleLosses[bad])", at: "loss",
                remedy: "The parameters or the targets are too large for this loss; look at the run that made them")
        }
        if directions > 0 && waves[0].passes.leaves.contains(where: { $0.needsGradient }) { _ = gradient() }
    }

    /// As above, with all examples in memory.
    public convenience init(
        _ network: Network<Element>, at parameters: Parameters<Element>, inputs: Matrix<Element>,
        loss: any Loss<Element>, directions: Int = 1, workers: Workers
    ) throws(Fault) {
        try self.init(
            network, at: parameters, inputs: inputs, loss: loss,
            LinearisationConfiguration(directions: directions, workers: workers))
    }

    /// ∇ of the mean loss, `[parameters]`.
    public func gradient() -> Vector<Element> {
        let result = Vector<Element>(count: network.layout.count)
        forEachWave { number, wave in
            wave.passes.addGradient(
                at: parameters, into: result, isFirst: number == 0, isLast: number == waves.count - 1)
        }
        return result
    }

    /// Runs `body` for one wave after another, in the order of the examples, each in memory meanwhile.
    func forEachWave(_ body: (Int, Wave<Element>) -> Void) {
        for (number, wave) in waves.enumerated() {
            // What shares its memory has been written over since.
            if memory.recomputes && (number > 0 || memory.residentTiles == 0) {
                _ = wave.linearise(at: parameters, inputs: inputs, loss: functional) { _ in }
            }
            body(number, wave)
        }
    }

    /// The examples that stay, then as many at a time as share memory.
    private static func waves(
        _ network: Network<Element>, inputs: Matrix<Element>, _ loss: any OutputFunctional<Element>,
        _ plan: MemoryPlan, _ configuration: LinearisationConfiguration
    ) -> [Wave<Element>] {
        let examples = inputs.rows
        let length = network.tileLength(examples: examples, mode: configuration.mode)
        func passes(
            _ count: Int, reading inputs: Matrix<Element>?, sharing other: Backpropagation<Element>?
        ) -> Backpropagation<Element> {
            Backpropagation(
                network, examples: count, tileLength: length, configuration, reading: inputs, sharing: other)
        }
        var waves: [Wave<Element>] = []
        var first = min(examples, plan.residentTiles * length)
        if first > 0 { waves.append(Wave(passes(first, reading: inputs, sharing: nil), first: 0, loss: loss)) }
        var shared: Wave<Element>?
        while first < examples {
            let count = min(examples - first, plan.sharedTiles * length)
            if let shared, shared.passes.exampleCount == count {
                waves.append(shared.moved(to: first))
            } else {
                let own = passes(count, reading: nil, sharing: waves.first?.passes)
                waves.append(Wave(own, first: first, loss: loss))
            }
            shared = waves.last
            first += count
        }
        return waves
    }

    private static func checkFinite(_ outputs: Matrix<Element>) throws {
        guard !outputs.elements.isFinite else { return }
        let row = (0..<outputs.rows).first { !outputs.row($0).isFinite } ?? 0
        throw Fault(
            .data, "the network's outputs for example \(row) are not finite", at: "outputs",
            remedy: "The parameters have diverged or the inputs are too large; try --precision double")
    }
}

public import Files
public import LinearAlgebra

/// How a network is linearised: what does not change the results' meaning, but their cost.
public struct LinearisationConfiguration: Sendable {
    /// How many vectors a product takes together; 0 where only gradients are wanted.
    public var directions: Int
    /// Whose statistics batch normalisation takes.
    public var mode: PassMode
    /// Bytes that activations and their tangents may take; nil for no limit.
    public var memoryLimit: Int?
    public var workers: Workers

    public init(directions: Int = 1, mode: PassMode = .analysis, memoryLimit: Int? = nil, workers: Workers) {
        self.directions = directions
        self.mode = mode
        self.memoryLimit = memoryLimit
        self.workers = workers
    }
}

extension MemoryPlan {
    /// What linearising `network` at `examples` examples takes within the configuration's limit.
    ///
    /// - Throws: `Fault` of kind `data` where not even one tile fits.
    public init<Element: Scalar>(
        _ network: Network<Element>, examples: Int, _ configuration: LinearisationConfiguration
    ) throws(Fault) {
        let length = min(examples, network.tileLength(examples: examples, mode: configuration.mode))
        // A tile that is never touched takes address space alone.
        let tile = network.makeTile(examples: 0..<length, directions: configuration.directions)
        try self.init(
            tiles: (examples + length - 1) / length, tileBytes: tile.elementCount * MemoryLayout<Element>.stride,
            limit: configuration.memoryLimit, workers: configuration.workers.count)
    }
}

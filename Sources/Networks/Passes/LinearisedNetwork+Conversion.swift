public import Files
public import LinearAlgebra

extension LinearisedNetwork {
    /// The same network, loss and examples, with the same numbers, linearised in another precision.
    ///
    /// - Parameter directions: how many vectors a product takes together.
    /// - Throws: `Fault`: see `init`; wider numbers need more memory.
    public func converted<Other: Scalar>(
        to precision: Other.Type, directions: Int
    ) throws(Fault) -> LinearisedNetwork<Other> {
        if let same = self as? LinearisedNetwork<Other>, same.directions == directions { return same }
        let network = try Network<Other>(network.architecture)
        return try LinearisedNetwork<Other>(
            network,
            at: Parameters(
                layout: network.layout, vector: Vector(converting: parameters.vector),
                buffers: Vector(converting: parameters.buffers)),
            inputs: Matrix(converting: inputs), loss: loss.selecting(Array(0..<exampleCount), in: precision),
            LinearisationConfiguration(
                directions: directions, mode: mode, memoryLimit: memoryLimit, workers: workers))
    }

    /// What linearising this network at another number of examples would take within the same limit of memory.
    ///
    /// - Throws: `Fault` of kind `data` where not even one tile fits.
    public func memoryPlan(examples: Int, directions: Int) throws(Fault) -> MemoryPlan {
        try MemoryPlan(
            network, examples: examples,
            LinearisationConfiguration(
                directions: directions, mode: mode, memoryLimit: memoryLimit, workers: workers))
    }
}

extension Matrix {
    /// The same numbers in another precision, each rounded once.
    init<Other: Scalar>(converting other: Matrix<Other>) {
        self.init(rows: other.rows, columns: other.columns)
        for row in 0..<rows { self.row(row).assign(Vector<Element>(converting: other.row(row))) }
    }
}

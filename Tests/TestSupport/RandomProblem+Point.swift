public import LinearAlgebra
public import Networks

/// The point of a random problem, and the problem linearised there.
extension RandomProblem {
    /// Fresh parameters; of a family, moved away from what is special about fresh ones.
    public func parameters<Element: Scalar>() throws -> Parameters<Element> {
        let layout = (try network() as Network<Element>).layout
        let fresh = Parameters<Double>(initialising: layout, seed: seed)
        if isMoved { move(fresh) }
        return Parameters(
            layout: layout, vector: Vector(converting: fresh.vector), buffers: Vector(converting: fresh.buffers))
    }

    /// The problem linearised at its parameters, or at others.
    public func linearised<Element: Scalar>(
        at vector: Vector<Element>? = nil, directions: Int = 1, workers: Workers = .one
    ) throws -> LinearisedNetwork<Element> {
        try linearised(at: vector, LinearisationConfiguration(directions: directions, workers: workers))
    }

    /// As above; the configuration's mode is the problem's own.
    public func linearised<Element: Scalar>(
        at vector: Vector<Element>? = nil, _ configuration: LinearisationConfiguration
    ) throws -> LinearisedNetwork<Element> {
        let network: Network<Element> = try network()
        let own: Parameters<Element> = try parameters()
        let parameters = vector.map { Parameters(layout: network.layout, vector: $0, buffers: own.buffers) } ?? own
        var configuration = configuration
        configuration.mode = mode
        return try LinearisedNetwork(network, at: parameters, inputs: inputs(), loss: loss(), configuration)
    }

    /// The problem linearised a step of length `step` along `direction` away.
    public func linearised(along direction: Vector<Double>, step: Double) throws -> LinearisedNetwork<Double> {
        let point = (try parameters() as Parameters<Double>).vector
        point.add(step, direction)
        return try linearised(at: point, directions: 0)
    }

    /// Scales that are not 1, biases that are not 0, variances of their own; and spectral norms' vectors near those of
    /// the largest singular value, as training leaves them (a random pair could make σ any small number).
    private func move(_ parameters: Parameters<Double>) {
        var source = RandomSource(seed: seed, stream: "move")
        let noise = Vector<Double>(count: parameters.vector.count)
        noise.fillNormal(using: &source)
        parameters.vector.add(0.2, noise)
        for entry in parameters.layout.buffers {
            let tensor = parameters.buffers[entry.range]
            if entry.name.hasSuffix(".running_mean") {
                tensor.fillNormal(using: &source)
                tensor.scale(by: 0.3)
            } else if entry.name.hasSuffix(".running_var") {
                for index in 0..<tensor.count { tensor[index] = 0.5 + source.uniform() }
            } else if entry.name.hasSuffix(".weight_u") {
                let name = String(entry.name.dropLast(2))
                iterate(parameters.matrix(name), u: tensor, v: parameters[name + "_v"]!)
            }
        }
    }

    /// Three steps of the power iteration: near the largest singular value, but not at it.
    private func iterate(_ weight: Matrix<Double>, u: Vector<Double>, v: Vector<Double>) {
        for _ in 0..<3 {
            v.matrix(rows: 1, columns: v.count).assign(
                product: u.matrix(rows: 1, columns: u.count).plain, weight.plain)
            v.scale(by: 1 / v.norm)
            u.matrix(rows: 1, columns: u.count).assign(
                product: v.matrix(rows: 1, columns: v.count).plain, weight.transposed)
            u.scale(by: 1 / u.norm)
        }
    }
}

extension Parameters {
    /// A tensor with its first extent as rows.
    fileprivate func matrix(_ name: String) -> Matrix<Element> {
        let entry = layout.entries.first { $0.name == name }!
        return vector[entry.range].matrix(
            rows: entry.shape[0], columns: entry.shape.dropFirst().reduce(1, *))
    }
}

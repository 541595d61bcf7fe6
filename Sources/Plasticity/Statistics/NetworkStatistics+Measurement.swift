public import Files
public import LinearAlgebra
import Networks

extension NetworkStatistics {
    /// Measures what `configuration` asks for.
    ///
    /// - Throws: `Fault` of kind `data` where an output or a loss is not finite, `software` where LAPACK fails.
    /// - Complexity: a forward and, with a loss, a backward pass of the examples; for each hidden layer of c channels
    ///   examples · positions · c² multiplications in double precision, and the eigenvalues of order c; for each weight
    ///   the same of its shorter side. What is dear beside these is said of its group.
    public init<Element: Scalar>(
        of subject: StatisticsSubject<Element>, _ configuration: StatisticsConfiguration = StatisticsConfiguration()
    ) throws(Fault) {
        self.init(examples: subject.inputs.rows, thresholds: configuration.thresholds)
        let weights = WeightLayers(subject.network.layout)
        let groups = configuration.groups
        if groups.contains(.weights) { addWeights(subject, weights) }
        if groups.contains(.update) { addUpdate(subject, weights) }
        do throws(FactorisationFailure) {
            if groups.contains(.weightRanks) { try addWeightRanks(subject, weights, configuration.ranks) }
        } catch {
            throw Fault(.software, "\(error)", at: "the singular values of a weight")
        }
        let watched: Set<Statistic.Group> = [.units, .features, .outputs, .gradient]
        if !groups.isDisjoint(with: watched) { try addActivations(subject, weights, configuration) }
        try addDear(subject, configuration)
    }

    /// What one sweep over the examples tells: of units, features, outputs and the gradient.
    private mutating func addActivations<Element: Scalar>(
        _ subject: StatisticsSubject<Element>, _ weights: WeightLayers, _ configuration: StatisticsConfiguration
    ) throws(Fault) {
        let groups = configuration.groups
        let hidden = subject.network.hiddenLayers
        let examples = subject.inputs.rows
        var observations = hidden.map { layer in
            Observation<Element>(
                layer: layer,
                units: groups.contains(.units)
                    ? UnitCounts(layer, saturationThreshold: configuration.saturationThreshold) : nil,
                features: groups.contains(.features) ? FeatureSums(layer, examples: examples) : nil)
        }
        let passes = ExampleSweep(subject.network, mode: subject.mode, workers: subject.workers)
        let loss = groups.contains(.gradient) ? subject.loss : nil
        let result = passes.run(at: subject.parameters, inputs: subject.inputs, loss: loss) { current, _ in
            let before = observations
            observations = subject.workers.map(before.count) { before[$0].adding(current) }
        }
        guard result.outputs.elements.isFinite else {
            throw Fault(
                .data, "the network's outputs are not finite", at: "outputs",
                remedy: "The parameters have diverged or the inputs are too large; try --precision double")
        }
        if groups.contains(.outputs) { addOutputs(result.outputs, support: subject.support, subject.workers) }
        if let gradient = result.gradient {
            let value = result.exampleLosses.reduce(0, +) / Double(examples)
            guard value.isFinite else {
                throw Fault(
                    .data, "the loss is \(value)", at: "loss",
                    remedy: "The parameters or the targets are too large for this loss; look at the run that made them")
            }
            addGradient(gradient, lossValue: value, weights)
        }
        if groups.contains(.units) { addUnits(observations.compactMap(\.units), configuration) }
        if groups.contains(.features) {
            try addFeatures(observations.compactMap(\.features), configuration.ranks, subject.workers)
        }
    }

    /// What is added up of one hidden layer.
    private struct Observation<Element: Scalar>: Sendable {
        let layer: HiddenLayer
        var units: UnitCounts?
        var features: FeatureSums<Element>?

        func adding(_ passes: Backpropagation<Element>) -> Observation {
            var result = self
            for values in passes.values(at: layer) {
                result.units?.add(values)
                result.features?.add(values)
            }
            return result
        }
    }

    private mutating func addFeatures<Element: Scalar>(
        _ features: [FeatureSums<Element>], _ thresholds: RankThresholds, _ workers: Workers
    ) throws(Fault) {
        let found = workers.map(features.count) { index in
            Result { () throws(FactorisationFailure) in try features[index].spectrum(workers: .one) }
        }
        for (sums, result) in zip(features, found) {
            let spectrum: SingularSpectrum
            do throws(FactorisationFailure) {
                spectrum = try result.get()
            } catch {
                throw Fault(.software, "\(error)", at: "the singular values of the features at \(sums.layer.name)")
            }
            add(sums, spectrum, thresholds)
        }
    }

    private mutating func add<Element: Scalar>(
        _ sums: FeatureSums<Element>, _ spectrum: SingularSpectrum, _ thresholds: RankThresholds
    ) {
        let layer = sums.layer
        spectra.append(Spectrum(isOfWeights: false, layer: layer.name, spectrum: spectrum))
        if sums.examples < examples {
            warnings.append(
                "the singular values of the features at \(layer.name) are of the first \(sums.examples) of \(examples) "
                    + "examples")
        }
        set(.featureNorm, sums.meanNorm, layer: layer.name, kind: layer.kind)
        if layer.isPenultimate { set(.featureNorm, sums.meanNorm) }
        for definition in RankDefinition.allCases {
            guard let rank = rank(definition, of: spectrum, "the feature matrix at \(layer.name)", thresholds) else {
                continue
            }
            set(.featureRank(definition), rank, layer: layer.name, kind: layer.kind)
            if layer.isPenultimate { set(.featureRank(definition), rank) }
        }
    }

    /// Mean, standard deviation and root mean square of all outputs, and of what categorical ones stand for.
    private mutating func addOutputs<Element: Scalar>(
        _ outputs: Matrix<Element>, support: Support?, _ workers: Workers
    ) {
        let own = Moments(outputs)
        guard let support else {
            set(.outputMean, own.mean)
            set(.outputDeviation, own.deviation)
            return set(.outputScale, own.rootMeanSquare)
        }
        set(.logitMean, own.mean)
        set(.logitDeviation, own.deviation)
        set(.logitScale, own.rootMeanSquare)
        let values = Moments(support.values(of: outputs, workers: workers))
        set(.outputMean, values.mean)
        set(.outputDeviation, values.deviation)
        set(.outputScale, values.rootMeanSquare)
    }
}

/// Mean and spread of all numbers of a matrix, in double precision.
struct Moments {
    let mean: Double
    /// With the divisor n.
    let deviation: Double
    let rootMeanSquare: Double

    init<Element: Scalar>(_ matrix: Matrix<Element>) {
        let count = Double(matrix.rows * matrix.columns)
        let numbers = matrix.elements.doubles
        let mean = numbers.reduce(0, +) / count
        self.mean = mean
        deviation = (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        rootMeanSquare = (numbers.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
    }
}

extension HiddenLayer {
    /// What stands there, for tables and files.
    var kind: String {
        switch role {
        case .units(let kind): kind.name
        case .residual: "residual"
        case .features: "features"
        }
    }
}

extension ActivationKind {
    fileprivate var name: String {
        switch self {
        case .relu: "relu"
        case .leakyRelu: "leaky_relu"
        case .tanh: "tanh"
        case .sigmoid: "sigmoid"
        case .silu: "silu"
        case .geluErf, .geluTanh: "gelu"
        }
    }
}

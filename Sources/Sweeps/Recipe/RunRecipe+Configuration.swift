public import Agents
import Datasets
public import Files
import Networks
import Plasticity
import Training

extension RunRecipe {
    /// A recipe of these settings, by key.
    ///
    /// - Throws: `Fault` of kind `usage`, at the key, for one that is unknown or whose value is of another form.
    public init(_ settings: [(key: String, value: SettingValue)]) throws(Fault) {
        self.init()
        for (name, value) in settings { try set(name, value) }
    }

    /// - Throws: `Fault` of kind `usage`, at the key, where it is unknown or the value is of another form.
    mutating func set(_ name: String, _ value: SettingValue) throws(Fault) {
        guard let key = RecipeKey.named(name) else {
            let near = RecipeKey.similar(to: name)
            throw Fault(
                .usage, "no run has a setting of this name", at: name,
                remedy: near.isEmpty
                    ? "agents sweep --keys lists them all" : "Is \(near.joined(separator: " or ")) meant?")
        }
        guard key.apply(&self, value) else {
            throw Fault(.usage, "is '\(value.text)' and must be \(key.form)", at: key.name)
        }
    }

    /// The configuration that `agents train` would make from the same options; the images' checksum is still to come.
    ///
    /// - Parameter folder: where the path of `architecture` begins.
    /// - Throws: `Fault` that names the key or the part for what is out of range or cannot be together.
    public func configuration(relativeTo folder: String = ".") throws(Fault) -> RunConfiguration {
        let (architecture, atoms) = try networkAndAtoms(relativeTo: folder)
        var configuration = RunConfiguration(architecture: architecture)
        configuration.seed = seed
        configuration.environment = environment
        configuration.environment.images = images.rawValue
        configuration.agent = try learning(atoms: atoms)
        configuration.optimiser = try optimiser.configuration
        configuration.schedule = schedule.configuration
        configuration.brownianTwins = brownianTwins
        configuration.statistics = try statistics.schedule(orEvery: configuration.schedule.checkpointPeriodSteps)
        if let probePeriod {
            configuration.plasticity = plasticity
            configuration.plasticity?.periodSteps = probePeriod
        }
        try configuration.validate()
        // Last: they change what is there.
        var settings: [InterventionSetting] = []
        for text in interventions where text != "none" { settings.append(try InterventionSetting(parsing: text)) }
        try configuration.intervene(with: settings)
        try configuration.validate()
        return configuration
    }

    private func networkAndAtoms(relativeTo folder: String) throws(Fault) -> (Architecture, Int?) {
        let (input, outputs) = (images.exampleShape, images.classCount)
        guard let architecture else {
            return (try network.architecture(input: input, outputs: outputs), network.twoHotAtoms)
        }
        if let option = network.givenOptions.first(where: { $0 != .twoHot }) {
            throw Fault(
                .usage, "\(option.setting) and architecture each say what the network is", at: "architecture",
                remedy: "Give one of them")
        }
        let path = architecture.hasPrefix("/") ? architecture : folder + "/" + architecture
        var file = try NetworkFile(parsing: AtomicFile.read(path), from: path)
        var atoms = network.twoHotAtoms
        if case .preset(var preset) = file {
            if let atoms, let found = preset.twoHotAtoms, found != atoms {
                throw Fault(.usage, "has two_hot \(found), and the setting two-hot says \(atoms)", at: path)
            }
            atoms = atoms ?? preset.twoHotAtoms
            preset.twoHotAtoms = atoms
            file = .preset(preset)
        }
        let layers = try file.architecture(input: input, outputs: outputs, from: path)
        try check(layers, outputs: outputs * (atoms ?? 1), from: path)
        return (layers, atoms)
    }

    /// A preset fits by its making; a file of layers may not.
    private func check(_ layers: Architecture, outputs: Int, from path: String) throws(Fault) {
        let found = try Network<Float>(layers)
        guard layers.input == images.exampleShape, found.outputCount == outputs else {
            throw Fault(
                .data,
                "takes \(layers.input) and has \(found.outputCount) outputs; \(images.rawValue) shows "
                    + "\(images.exampleShape) and needs \(outputs)", at: path, remedy: "Choose another network")
        }
    }

    private func learning(atoms: Int?) throws(Fault) -> DQNConfiguration {
        var chosen = agent
        chosen.minimumReplay = warmUp ?? min(agent.minimumReplay, max(1, agent.replayCapacity))
        chosen.nextAction = isDouble ? .double : .max
        chosen.support = try support(atoms: atoms)
        if let decay = exploration.decay {
            guard let steps = exploration.steps else {
                throw Fault(.usage, "needs exploration-steps, the updates in which ε falls", at: "exploration-decay")
            }
            chosen.explorationDecay = ExplorationDecay(decay, start: exploration.start ?? 1, steps: steps)
        } else if exploration.start != nil || exploration.steps != nil {
            let key = exploration.start == nil ? "exploration-steps" : "exploration-start"
            throw Fault(.usage, "is for exploration-decay, which is not set", at: key)
        }
        if let huberDelta {
            guard agent.errorLoss == .huber else { throw Fault(.usage, "is for td-loss: huber", at: "huber-delta") }
            chosen.huberThreshold = huberDelta
        }
        if let targetRate {
            guard agent.targetUpdate == .polyak else {
                throw Fault(.usage, "is for target-update: polyak", at: "target-rate")
            }
            chosen.polyakRate = targetRate
        }
        return chosen
    }

    private func support(atoms: Int?) throws(Fault) -> Support? {
        guard let atoms else {
            guard support == nil else {
                throw Fault(
                    .usage, "is given, but the outputs are no distributions", at: "support",
                    remedy: "Say how many atoms with two-hot")
            }
            return nil
        }
        if let support {
            guard support.count == 2, support[0] < support[1] else {
                throw Fault(.usage, "must be two numbers, the lower first", at: "support")
            }
            return Support(low: support[0], high: support[1], atoms: atoms)
        }
        guard let support = Support(largestReward: 1, discount: agent.discount, atoms: atoms) else {
            throw Fault(
                .usage, "\(agent.discount) bounds no return, so there is no support for two-hot", at: "discount",
                remedy: "Give one with support: [LOW, HIGH]")
        }
        return support
    }
}

extension NetworkPreset.Option {
    /// The key of the setting that sets it.
    var setting: String {
        switch self {
        case .widths: "hidden"
        default: String(rawValue.map { $0 == "_" ? "-" : $0 })
        }
    }
}

extension DatasetSource {
    /// The shape of an image, `[channels, height, width]`.
    var exampleShape: [Int] {
        switch self {
        case .digits, .mnist: [1, 28, 28]
        case .objects, .cifar10: [3, 32, 32]
        }
    }

    var classCount: Int { 10 }
}

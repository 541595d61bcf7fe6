public import Agents
import Datasets
public import Files
import Networks
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
        configuration.agent = agent
        configuration.agent.minimumReplay = warmUp ?? min(agent.minimumReplay, max(1, agent.replayCapacity))
        configuration.agent.nextAction = isDouble ? .double : .max
        configuration.agent.support = try support(atoms: atoms)
        configuration.optimiser = try optimiser.configuration
        configuration.schedule = schedule.configuration
        for text in interventions where text != "none" {
            configuration.interventions.append(try InterventionSetting(parsing: text))
        }
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
                .usage, "\(option.rawValue) and architecture each say what the network is", at: "architecture",
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

extension RunRecipe.OptimiserRecipe {
    /// The gentle rate of plain descent, which has no customary one.
    private static let descentRate = 0.01

    /// - Throws: `Fault` of kind `usage`, at the key, for a constant that the optimiser does not read or out of range.
    var configuration: OptimiserConfiguration {
        get throws(Fault) {
            let isAdaptive = kind == .adam || kind == .rmsProp
            try refuse("beta1", beta1, unless: kind == .adam || kind == .momentum)
            try refuse("beta2", beta2, unless: isAdaptive)
            try refuse("epsilon", epsilon, unless: isAdaptive)
            try refuse("epsilon-in-root", epsilonInRoot, unless: isAdaptive)
            var chosen: OptimiserConfiguration =
                switch kind {
                case .sgd: .sgd(learningRate: Self.descentRate)
                case .momentum: .momentum(learningRate: Self.descentRate)
                case .rmsProp: .rmsProp()
                case .adam: .adam()
                }
            chosen.learningRate = learningRate ?? chosen.learningRate
            chosen.decay1 = beta1 ?? chosen.decay1
            chosen.decay2 = beta2 ?? chosen.decay2
            chosen.epsilon = epsilon ?? chosen.epsilon
            chosen.epsilonInRoot = epsilonInRoot ?? chosen.epsilonInRoot
            chosen.weightDecay = weightDecay
            return chosen
        }
    }

    private func refuse(_ key: String, _ value: Double?, unless isRead: Bool) throws(Fault) {
        guard value != nil, !isRead else { return }
        throw Fault(.usage, "is no constant of \(kind.rawValue)", at: key, remedy: "Leave it out")
    }
}

extension RunRecipe.ScheduleRecipe {
    /// Ten checkpoints and a hundred lines of metrics, where nothing else is asked for.
    var configuration: ScheduleConfiguration {
        var schedule = ScheduleConfiguration()
        schedule.steps = steps
        schedule.checkpointPeriodSteps = checkpointPeriod ?? max(1, steps / 10)
        schedule.logPeriodSteps = logPeriod ?? max(1, steps / 100)
        schedule.statePeriodSteps = statePeriod ?? schedule.checkpointPeriodSteps
        schedule.checkpointTransitions = checkpointTransitions
        return schedule
    }
}

public import Files

/// Something that is done to a network against the loss of its plasticity, by name and constants.
///
/// It may change the run before it begins (`change`: the architecture, the optimiser's constants, the agent's) and
/// act while it trains (`prepare`, `attach`, `act`). Several are composed in the order in which they are given, each
/// on what those before it left. It holds no state: what it draws is from streams of the run's seed that are named
/// after it and the step, so that a resumed run does the same.
///
/// A new one is a file with a type that conforms, and a line in `Interventions.types`.
public protocol Intervention: Sendable {
    /// As command lines and files write it: `shrink-and-perturb`.
    static var name: String { get }
    /// What it does, in a phrase.
    static var summary: String { get }
    /// Where it comes from.
    static var source: String { get }
    static var constants: [InterventionConstant] { get }

    /// - Parameter constants: checked, with the standard values of those that were not given.
    /// - Throws: `Fault` of kind `usage` for constants that do not go together.
    init(_ constants: InterventionConstants) throws(Fault)

    /// Changes what the run is to be, once, before it begins: what it writes down is the configuration after the
    /// change.
    ///
    /// - Throws: `Fault` of kind `usage` that says with what it does not go together.
    func change(_ configuration: inout RunConfiguration) throws(Fault)

    /// Whether `configuration` is as `change` leaves it: a run that claims an intervention must have it.
    func isMade(in configuration: RunConfiguration) -> Bool

    /// Whenever the agent is made, with fresh parameters and θ′ their copy: what it changes of them is the run's
    /// beginning. What was saved of a run that is taken up comes after it.
    func prepare(_ agent: DQNAgent)

    /// Before the first update of a run that begins or is taken up: sets what is not saved with it, as it stood before
    /// `act` at this step.
    func attach(_ moment: InterventionMoment)

    /// Before every update; `moment.step` updates are done. Metrics and checkpoints of that step are already written.
    func act(_ moment: InterventionMoment)
}

extension Intervention {
    public static var constants: [InterventionConstant] { [] }
    public func change(_ configuration: inout RunConfiguration) throws(Fault) {}
    public func isMade(in configuration: RunConfiguration) -> Bool { true }
    public func prepare(_ agent: DQNAgent) {}
    public func attach(_ moment: InterventionMoment) {}
    public func act(_ moment: InterventionMoment) {}
}

/// The one list of interventions.
public enum Interventions {
    public static let types: [any Intervention.Type] = [
        ResetLastLayer.self,
        ResetOptimiser.self,
        WeightDecay.self,
        InitialDecay.self,
        AddLayerNorm.self,
        AddSpectralNorm.self,
        ShrinkAndPerturb.self,
        TwoHotOutputs.self,
        PlasticityInjection.self,
        RecycleDormantUnits.self,
        ConcatenateRectifiers.self,
    ]

    /// The intervention that `setting` names.
    ///
    /// - Throws: `Fault` of kind `usage` for a name or a constant that is not known, or a value out of range.
    public static func intervention(_ setting: InterventionSetting) throws(Fault) -> any Intervention {
        let type = try type(of: setting)
        return try type.init(InterventionConstants(setting, known: type.constants))
    }

    /// The setting with the standard values of the constants that it leaves out, as far as these have one.
    static func completed(_ setting: InterventionSetting) throws(Fault) -> InterventionSetting {
        let type = try type(of: setting)
        return InterventionSetting(
            setting.name, try InterventionConstants(setting, known: type.constants).values)
    }

    private static func type(of setting: InterventionSetting) throws(Fault) -> any Intervention.Type {
        guard let type = types.first(where: { $0.name == setting.name }) else {
            throw Fault(
                .usage, "is not known", at: "intervention '\(setting.name)'",
                remedy: "There are \(types.map { $0.name }.joined(separator: ", "))")
        }
        return type
    }
}

extension Intervention {
    /// Where a fault lies.
    static var place: String { "intervention \(name)" }

    /// What cannot be done to this run.
    static func conflict(_ what: String, remedy: String) -> Fault { Fault(.usage, what, at: place, remedy: remedy) }
}

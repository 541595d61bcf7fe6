import Files

/// A constant of an intervention: its name, its standard value and what it may be.
public struct InterventionConstant: Sendable {
    public let name: String
    /// What it is where nothing is said; nil where `meaning` tells.
    public let standard: Double?
    public let meaning: String
    let range: ClosedRange<Double>
    let isWhole: Bool

    public init(
        _ name: String, _ standard: Double?, in range: ClosedRange<Double>, isWhole: Bool = false, meaning: String
    ) {
        self.name = name
        self.standard = standard
        self.range = range
        self.isWhole = isWhole
        self.meaning = meaning
    }
}

/// An intervention's constants, checked against what it knows.
public struct InterventionConstants: Sendable {
    /// Those given and those that have a standard.
    let values: [String: Double]

    /// - Throws: `Fault` of kind `usage` that names the constant.
    init(_ setting: InterventionSetting, known: [InterventionConstant]) throws(Fault) {
        var values: [String: Double] = [:]
        let place = "intervention \(setting.name)"
        for constant in known {
            guard let value = setting.constants[constant.name] ?? constant.standard else { continue }
            guard constant.range.contains(value), !constant.isWhole || value == value.rounded() else {
                let kind = constant.isWhole ? "a whole number" : "a number"
                throw Fault(
                    .usage, "has \(constant.name) = \(InterventionSetting.text(value))", at: place,
                    remedy: "It is \(kind) from \(InterventionSetting.text(constant.range.lowerBound)) to "
                        + InterventionSetting.text(constant.range.upperBound))
            }
            values[constant.name] = value
        }
        let names = known.map(\.name)
        if let stranger = setting.constants.keys.sorted().first(where: { !names.contains($0) }) {
            throw Fault(
                .usage, "has no constant '\(stranger)'", at: place,
                remedy: names.isEmpty ? "It has none" : "It has \(names.joined(separator: ", "))")
        }
        self.values = values
    }

    /// A constant that has a standard value.
    public subscript(name: String) -> Double {
        guard let value = values[name] else { preconditionFailure("no constant '\(name)', which has no standard") }
        return value
    }

    /// Nil where nothing was said.
    public func optional(_ name: String) -> Double? { values[name] }

    /// A constant that is a whole number; nil where nothing was said.
    public func whole(_ name: String) -> Int? { values[name].map { Int($0) } }
}

/// When an intervention that acts again and again is due.
struct Occasion: Sendable {
    /// Updates from one time to the next; nil for each update of the target network.
    let periodSteps: Int?

    static let constant = InterventionConstant(
        "period", nil, in: 1...1e15, isWhole: true,
        meaning: "updates from one time to the next; at each copy into the target network where not given")

    init(_ constants: InterventionConstants) { periodSteps = constants.whole("period") }

    /// - Throws: `Fault` of kind `usage` where the target network follows all the time and no period is given.
    func check(_ configuration: RunConfiguration, for place: String) throws(Fault) {
        guard periodSteps == nil, configuration.agent.targetUpdate != .period else { return }
        throw Fault(
            .usage, "is to act at each copy into the target network, which here follows at every update", at: place,
            remedy: "Give it a period: period=1000")
    }

    /// After step 0, which has nothing to mend.
    func isNow(_ moment: InterventionMoment) -> Bool {
        let period = periodSteps ?? moment.configuration.agent.targetUpdatePeriodSteps
        return moment.step > 0 && moment.step % period == 0
    }
}

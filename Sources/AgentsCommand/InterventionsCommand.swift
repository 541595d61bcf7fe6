import Agents
import ArgumentParser
import CommandSupport

/// `agents interventions`: what can be done against the loss of plasticity, and with which constants.
struct InterventionsCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "interventions", abstract: "List the interventions that agents train knows, with their constants.",
        discussion: """
            Each is given to agents train by name, as often as there are interventions: --intervention layer-norm \
            --intervention shrink-and-perturb:lambda=0.8. They are applied in that order.
            """)

    @Flag(help: "Print one JSON document instead of a list.")
    var json = false
    @OptionGroup var reporting: ReportingOptions

    func run() throws {
        let list = InterventionList()
        try StandardOutput.write(json ? JSONText.encode(list) : list.text)
    }
}

/// Every intervention, as people and programs read it.
private struct InterventionList: Encodable {
    struct Constant: Encodable {
        let name: String
        let standard: Double?
        let meaning: String

        enum CodingKeys: String, CodingKey {
            case name
            case standard = "default"
            case meaning
        }
    }

    struct Entry: Encodable {
        let name: String
        let summary: String
        let source: String
        let constants: [Constant]
    }

    let command = "agents interventions"
    let version = Version.current
    let interventions = Interventions.types.map { type in
        Entry(
            name: type.name, summary: type.summary, source: type.source,
            constants: type.constants.map { Constant(name: $0.name, standard: $0.standard, meaning: $0.meaning) })
    }

    var text: String {
        interventions.map { entry in
            let constants = entry.constants.map { constant in
                let standard = constant.standard.map { " (default: \(InterventionSetting.text($0)))" } ?? ""
                return "    \(constant.name): \(constant.meaning)\(standard)\n"
            }
            return "\(entry.name)\n  \(entry.summary)\n  source: \(entry.source)\n" + constants.joined()
        }.joined(separator: "\n")
    }
}

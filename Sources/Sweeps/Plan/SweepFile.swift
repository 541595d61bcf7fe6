import Agents
public import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A sweep as a YAML file spells it out.
///
///     defaults: {steps: 2000, batch: 32}
///     grid:
///       environment: [true-label, random-label]
///       network: [mlp, {network: cnn, width: 0.25}]
///       seed: [0, 1, 2]
///     exclude: [{environment: random-label, network: cnn}]
///     runs:
///       - {name: long, steps: 20000}
///
/// | key | what |
/// | --- | --- |
/// | `defaults` | settings of every run |
/// | `grid` | lists of choices: every combination is a run. A choice that is a mapping sets all its keys; a list of grids is each of them in turn |
/// | `include` | only the combinations that agree with one of these stay |
/// | `exclude` | the combinations that agree with one of these go |
/// | `runs` | single runs, with or without a `name` |
///
/// Settings have the names of the options of `agents train`.
struct SweepFile {
    /// One setting, and where it was made.
    struct Setting {
        let key: String
        let value: SettingValue
        let node: SweepNode
    }

    private(set) var defaults: [Setting] = []
    private var combinations: [(settings: [Setting], node: SweepNode)] = []
    private var singles: [(name: String?, settings: [Setting], node: SweepNode)] = []
    private let path: String

    init(parsing text: String, from path: String) throws(Fault) {
        self.path = path
        let document = try SweepNode(parsing: text, from: path)
        var parts: [String: SweepNode] = [:]
        let known = ["defaults", "grid", "include", "exclude", "runs"]
        for (key, name, value) in try document.pairs("a sweep") {
            guard known.contains(name) else {
                let hint =
                    RecipeKey.named(name) == nil
                    ? "A sweep has \(known.joined(separator: ", "))"
                    : "A setting of all runs goes under 'defaults'"
                throw key.fault("a sweep has no key '\(name)'", remedy: hint)
            }
            if !value.isNull { parts[name] = value }
        }
        // A slip of the pen: it would be a run of defaults, no run, or the end of all combinations.
        for name in ["grid", "include", "runs"] {
            if let node = parts[name], node.isEmpty { throw Self.nothing(in: name, node) }
        }
        if let node = parts["defaults"] { defaults = try Self.settings(node, "the defaults") }
        for grid in parts["grid"]?.elements ?? [] {
            combinations += try SweepGrid(grid).combinations.map { ($0, grid) }
        }
        for (name, keeps) in [("include", true), ("exclude", false)] {
            guard let node = parts[name] else { continue }
            guard !combinations.isEmpty else { throw node.fault("there is no grid to \(name) anything from") }
            try filter(by: node, name, keepsMatches: keeps)
        }
        for entry in parts["runs"]?.elements ?? [] { try addSingle(entry) }
    }

    /// The runs: the grid's combinations, then the single ones.
    ///
    /// - Throws: `Fault` of kind `data` with the line, for a setting that is unknown or of the wrong form, settings that
    ///   cannot be together, or two runs that are the same.
    func plan() throws(Fault) -> SweepPlan {
        var runs: [PlannedRun] = []
        var names = Set(singles.compactMap(\.name))
        for (settings, node) in combinations {
            let telling = RunName.telling(settings.map { ($0.key, $0.value) }, number: runs.count + 1)
            let name = RunName.unused(telling, names)
            names.insert(name)
            runs.append(try planned(name, settings, node))
        }
        for (given, settings, node) in singles {
            var name = given ?? RunName.telling(settings.map { ($0.key, $0.value) }, number: runs.count + 1)
            if given == nil { name = RunName.unused(name, names) }
            names.insert(name)
            runs.append(try planned(name, settings, node))
        }
        do throws(Fault) {
            return try SweepPlan(runs)
        } catch {
            throw error.place.isEmpty ? error.within(path) : error
        }
    }

    static func nothing(in name: String, _ node: SweepNode) -> Fault {
        node.fault("'\(name)' is empty", remedy: "Put something in it, or leave it out")
    }

    /// The mapping's settings; a value of `null` takes a default away, and stays nil here.
    static func settings(_ node: SweepNode, _ what: String, except: String? = nil) throws(Fault) -> [Setting] {
        var settings: [Setting] = []
        for (key, name, value) in try node.pairs(what) where name != except {
            guard !value.isMapping else { throw value.fault("'\(name)' must be a value, and is a mapping") }
            settings.append(try setting(key, name, value))
        }
        try refuseRepetition(in: settings)
        return settings
    }

    static func setting(_ key: SweepNode, _ name: String, _ value: SweepNode) throws(Fault) -> Setting {
        guard let known = RecipeKey.named(name) else {
            var recipe = RunRecipe()
            do throws(Fault) {
                try recipe.set(name, .text(""))
            } catch {
                throw Fault(.data, "'\(name)': \(error.what)", at: key.place, remedy: error.remedy)
            }
            preconditionFailure("a key that is not known was set")
        }
        let setting = Setting(key: known.name, value: try value.setting(name), node: value)
        var recipe = RunRecipe()
        guard value.isNull || known.apply(&recipe, setting.value) else {
            throw value.fault("'\(name)' is '\(setting.value.text)' and must be \(known.form)")
        }
        return setting
    }

    /// Two spellings of one key would be one too many.
    static func refuseRepetition(in settings: [Setting]) throws(Fault) {
        var seen: Set<String> = []
        for setting in settings where !seen.insert(setting.key).inserted {
            throw setting.node.fault("'\(setting.key)' is set twice", remedy: "Leave one of them out")
        }
    }

    private mutating func addSingle(_ entry: SweepNode) throws(Fault) {
        let settings = try Self.settings(entry, "a run", except: "name")
        let name = try entry.pairs("a run").first { $0.name == "name" }
        let given = try name?.value.setting("name")
        if case .list? = given { throw entry.fault("a run's name must be one word") }
        singles.append((given?.text, settings, entry))
    }

    private mutating func filter(by node: SweepNode, _ name: String, keepsMatches: Bool) throws(Fault) {
        var matched = Set<Int>()
        for entry in node.elements {
            guard !entry.isEmpty else {
                throw entry.fault(
                    "an entry of '\(name)' has no settings, and so agrees with every combination",
                    remedy: "Name settings in it, or leave it out")
            }
            var conditions: [(key: String, values: [String])] = []
            for (key, name, value) in try entry.pairs("an entry of '\(name)'") {
                guard let known = RecipeKey.named(name) else {
                    throw key.fault("'\(name)' is no setting that a run could have")
                }
                var values: [String] = []
                for element in value.elements { values.append(try element.setting(name).text) }
                conditions.append((known.name, values))
            }
            let hits = combinations.indices.filter { agrees(combinations[$0].settings, with: conditions) }
            guard !hits.isEmpty else {
                throw entry.fault(
                    "no combination of the grid agrees with this entry of '\(name)'",
                    remedy: "Write values exactly as the grid has them")
            }
            matched.formUnion(hits)
        }
        combinations = combinations.indices.filter { matched.contains($0) == keepsMatches }.map { combinations[$0] }
    }

    private func agrees(_ settings: [Setting], with conditions: [(key: String, values: [String])]) -> Bool {
        conditions.allSatisfy { condition in
            let setting = settings.last { $0.key == condition.key } ?? defaults.last { $0.key == condition.key }
            return setting.map { condition.values.contains($0.value.text) } ?? false
        }
    }

    /// What is wrong with a setting by itself.
    private static func refusal(of setting: Setting, _ folder: String) -> Fault? {
        do throws(Fault) {
            _ = try RunRecipe([(setting.key, setting.value)]).configuration(relativeTo: folder)
            return nil
        } catch {
            return error
        }
    }

    private func planned(_ name: String, _ settings: [Setting], _ node: SweepNode) throws(Fault) -> PlannedRun {
        let own = Set(settings.map(\.key))
        let all = (defaults.filter { !own.contains($0.key) } + settings).filter { !$0.node.isNull }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        do throws(Fault) {
            let recipe = try RunRecipe(all.map { ($0.key, $0.value) })
            return PlannedRun(
                name: name, settings: Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0.value.text) }),
                configuration: try recipe.configuration(relativeTo: folder), place: node.place)
        } catch {
            // A complaint about one setting belongs where that was made.
            let culprit = all.first { $0.key == error.place } ?? all.first { Self.refusal(of: $0, folder) == error }
            let words = culprit.map { "'\($0.key)'" } ?? error.place
            throw Fault(
                .data, (words.isEmpty ? "" : words + ": ") + error.what,
                at: "\((culprit?.node ?? node).place), run \(name)", remedy: error.remedy)
        }
    }
}

extension SweepPlan {
    /// The runs that a YAML file asks for.
    ///
    /// - Throws: `Fault` of kind `data` that names file and line; `inputOutput` where the file cannot be read.
    public init(reading path: String) throws(Fault) {
        self = try SweepPlan(parsing: String(decoding: AtomicFile.read(path), as: UTF8.self), from: path)
    }

    /// The same for text at hand; `path` is what complaints call it, and where files that it names are looked for.
    public init(parsing text: String, from path: String) throws(Fault) {
        self = try SweepFile(parsing: text, from: path).plan()
    }
}

import Files

/// A setting that a run can have: its name, what it does, and where in a recipe its value goes.
public struct RecipeKey: Sendable {
    /// As the command line spells it, without the hyphens before: `learning-rate`.
    public let name: String
    /// What values it takes, in words.
    public let form: String
    public let help: String
    /// Sets the value in a recipe; false for one that is not of the form.
    let apply: @Sendable (inout RunRecipe, SettingValue) -> Bool

    init<Value: SettingReadable & SendableMetatype>(
        _ name: String, _ place: any WritableKeyPath<RunRecipe, Value> & Sendable, _ help: String
    ) {
        self.name = name
        self.help = help
        form = Value.form
        apply = { recipe, setting in
            guard let value = Value(setting: setting) else { return false }
            recipe[keyPath: place] = value
            return true
        }
    }

    /// The key that `name` means: hyphens and underscores are the same, and so are two spellings of one word.
    public static func named(_ name: String) -> RecipeKey? { index[normalised(name)] }

    /// The words that are near enough to `name` to be meant by it.
    static func similar(to name: String) -> [String] {
        let letters = Set(normalised(name))
        return all.map(\.name).filter { candidate in
            candidate.hasPrefix(normalised(name)) || normalised(name).hasPrefix(candidate)
                || (abs(candidate.count - name.count) <= 2
                    && letters.symmetricDifference(Set(candidate)).count <= 2)
        }
    }

    private static func normalised(_ name: String) -> String {
        let hyphens = String(name.map { $0 == "_" ? "-" : $0 })
        return aliases[hyphens] ?? hyphens
    }

    private static let aliases = ["optimizer": "optimiser", "interventions": "intervention"]
    private static let index = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

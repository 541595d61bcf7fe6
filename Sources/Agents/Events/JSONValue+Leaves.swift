extension JSONValue {
    /// All that is neither list nor object, with the keys that lead there; of lists, only those of settings with a name.
    var leaves: [(path: [String], value: JSONValue)] {
        switch self {
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { key, member in
                member.leaves.map { ([key] + $0.path, $0.value) }
            }
        case .list(let items):
            items.flatMap { item in
                item.name.map { name in item.leaves.filter { $0.path != ["name"] }.map { ([name] + $0.path, $0.value) }
                }
                    ?? []
            }
        case .null: []
        case .flag, .integer, .unsigned, .number, .text: [([], self)]
        }
    }

    /// The numbers in the document's objects; those that stand alone at its top say how they were taken.
    var measurements: [(path: [String], value: Double)] {
        leaves.compactMap { path, value in
            guard path.count > 1 else { return nil }
            switch value {
            case .integer(let number): return (path, Double(number))
            case .unsigned(let number): return (path, Double(number))
            case .number(let number): return (path, number)
            default: return nil
            }
        }
    }

    private var name: String? {
        guard case .object(let members) = self, case .text(let name)? = members["name"] else { return nil }
        return name
    }
}

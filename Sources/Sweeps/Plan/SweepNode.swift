import Files
import Yams

/// A node of a YAML file that knows where it stands: every complaint about it names file and line.
struct SweepNode {
    let node: Node
    let file: String

    /// Reads a document.
    ///
    /// - Throws: `Fault` of kind `data` with the line, for text that is no YAML, or has a key twice.
    init(parsing text: String, from file: String) throws(Fault) {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw Fault(.data, "is empty", at: file, remedy: "agents sweep --help shows what goes in")
            }
            self.node = node
            self.file = file
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Self.refusal(error, file)
        }
    }

    private init(_ node: Node, _ file: String) {
        self.node = node
        self.file = file
    }

    var line: Int { node.mark?.line ?? 1 }
    var place: String { "\(file), line \(line)" }

    func fault(_ what: String, remedy: String = "") -> Fault { Fault(.data, what, at: place, remedy: remedy) }

    /// The keys with their values, in their order.
    ///
    /// - Throws: `Fault` where this is no mapping, or a key is no word.
    func pairs(_ what: String) throws(Fault) -> [(key: SweepNode, name: String, value: SweepNode)] {
        guard case .mapping(let mapping) = node else {
            throw fault("\(what) must be keys with values, and is \(kind)", remedy: "Write 'key: value' on each line")
        }
        var pairs: [(key: SweepNode, name: String, value: SweepNode)] = []
        for (key, value) in mapping {
            let node = SweepNode(key, file)
            guard case .scalar(let scalar) = key else { throw node.fault("a key must be a word, and is \(node.kind)") }
            pairs.append((node, scalar.string, SweepNode(value, file)))
        }
        return pairs
    }

    /// The elements of a list; a node that is no list is the list of itself.
    var elements: [SweepNode] {
        guard case .sequence(let sequence) = node else { return [self] }
        return sequence.map { SweepNode($0, file) }
    }

    var isList: Bool {
        guard case .sequence = node else { return false }
        return true
    }

    /// Whether it is a list or a mapping with nothing in it.
    var isEmpty: Bool {
        switch node {
        case .sequence(let sequence): sequence.isEmpty
        case .mapping(let mapping): mapping.isEmpty
        case .scalar, .alias: false
        }
    }

    var isMapping: Bool {
        guard case .mapping = node else { return false }
        return true
    }

    /// How a missing value is spelled, whatever the file writes.
    static let null = "~"

    /// `~`, `null`, or nothing at all: whatever would be without the key.
    var isNull: Bool {
        guard case .scalar(let scalar) = node else { return false }
        return scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
    }

    /// A word, or a list of words.
    ///
    /// - Throws: `Fault` for what is deeper.
    func setting(_ name: String) throws(Fault) -> SettingValue {
        if isNull { return .text(Self.null) }
        if case .scalar(let scalar) = node { return .text(scalar.string) }
        var words: [String] = []
        for element in elements {
            guard case .scalar(let scalar) = element.node else {
                throw element.fault("'\(name)' must be one value or a list of such, and is \(element.kind)")
            }
            words.append(scalar.string)
        }
        return .list(words)
    }

    private var kind: String {
        switch node {
        case .scalar(let scalar): "'\(scalar.string)'"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    private static func refusal(_ error: any Error, _ file: String) -> Fault {
        func fault(_ problem: String, _ mark: Mark?) -> Fault {
            Fault(.data, "is no YAML: \(problem)", at: mark.map { "\(file), line \($0.line)" } ?? file)
        }
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            return fault(problem, mark)
        case YamlError.reader(let problem, _, _, _): return fault(problem, nil)
        case YamlError.duplicatedKeysInMapping(let names, let context):
            return Fault(
                .data, "the key '\(names.sorted().joined(separator: "', '"))' stands here twice",
                at: "\(file), line \(context.mark.line)", remedy: "Leave one of them out")
        default: return fault("\(error)", nil)
        }
    }
}

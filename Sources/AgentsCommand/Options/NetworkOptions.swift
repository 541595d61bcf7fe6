import ArgumentParser
import CommandSupport
import Files
import Networks

/// The agent's network: a preset and what may be changed about it, or a file; an option that the preset does not have is
/// refused, not ignored.
struct NetworkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The network's layers; the documentation lists their sizes. (default: mlp)", valueName: "preset"))
    var network: Choice<NetworkPreset.Kind>?

    @Option(
        help: ArgumentHelp(
            "Hidden layers' widths of mlp, with commas between them. (default: 512,512)", valueName: "widths"))
    var hidden: Widths?

    @Option(help: "A factor on all channels and units. (default: 1)")
    var width: Double?

    @Option(
        help:
            "How many hidden layers of 512 (mlp), convolutions (cnn) or blocks (vit). (default: 2, 2 and 1)")
    var depth: Int?

    @Flag(help: "Layer norm after each convolution and hidden layer, before its activation, of mlp, cnn and nature.")
    var layerNorm = false

    @Flag(help: "Spectral norm on the first fully connected layer of mlp, cnn and nature.")
    var spectralNorm = false

    @Flag(help: "Concatenated rectifiers, [max(x, 0), max(−x, 0)], in mlp, cnn and nature.")
    var crelu = false

    @Option(
        help: ArgumentHelp(
            "Group norm of so many groups in resnet18. (default: none, but batch norm)", valueName: "groups"))
    var groupNorm: Int?

    @Option(help: "The pixels of a patch's side in vit. (default: 3)")
    var patch: Int?

    @Option(help: "Heads of an attention of vit. (default: 4)")
    var heads: Int?

    @Option(help: "The probability of dropping a unit of vit in training. (default: 0.1)")
    var dropout: Double?

    @Option(
        help: ArgumentHelp(
            "Learn each action's value as a distribution over so many values of a support, by two-hot regression. "
                + "(default: none, but the value itself)", valueName: "atoms"))
    var twoHot: Int?

    @Option(
        help: ArgumentHelp(
            "A network as JSON, instead of the options above: its layers, or a preset with its options.",
            valueName: "file"),
        completion: .file(extensions: ["json"]))
    var architecture: String?

    /// The network, and how many atoms each of its outputs is a distribution over, where it is one.
    ///
    /// - Throws: `Fault` of kind `data` for a file that describes no network, or one that does not fit the examples; of
    ///   kind `usage` for options that make none.
    func network(input: [Int], outputs: Int) throws(Fault) -> (architecture: Architecture, atoms: Int?) {
        guard let architecture else { return (try preset.architecture(input: input, outputs: outputs), twoHot) }
        var file = try NetworkFile(parsing: AtomicFile.read(architecture), from: architecture)
        var atoms = twoHot
        if case .preset(var preset) = file {
            if let twoHot, let found = preset.twoHotAtoms, found != twoHot {
                throw Fault(
                    .usage, "has two_hot \(found), and --two-hot says \(twoHot)", at: architecture,
                    remedy: "Give one of them")
            }
            atoms = atoms ?? preset.twoHotAtoms
            preset.twoHotAtoms = atoms
            file = .preset(preset)
        }
        return (try file.architecture(input: input, outputs: outputs, from: architecture), atoms)
    }

    func validate() throws {
        let preset = preset
        // A file of layers cannot say that its outputs are distributions.
        let given = preset.givenOptions.filter { $0 != .twoHot }
        if architecture != nil, network != nil || !given.isEmpty {
            let option = given.first.map(Self.flag) ?? "--network"
            throw ValidationError("\(option) and --architecture each say what the network is; give one of them")
        }
        if hidden != nil, depth != nil {
            throw ValidationError("--hidden and --depth each say how deep the network is; give one of them")
        }
        if let option = preset.foreignOptions.first {
            throw ValidationError(
                "The network \(preset.kind.rawValue) has no \(Self.flag(option)); it is for \(option.presetsInWords)")
        }
        do { try preset.validate() } catch { throw ValidationError("\(error)") }
    }

    private var preset: NetworkPreset {
        var preset = NetworkPreset(network?.value ?? .mlp)
        preset.widths = hidden?.values
        preset.width = width
        preset.depth = depth
        preset.layerNorm = layerNorm
        preset.spectralNorm = spectralNorm
        preset.crelu = crelu
        preset.groupNormGroups = groupNorm
        preset.patch = patch
        preset.heads = heads
        preset.dropout = dropout
        preset.twoHotAtoms = twoHot
        return preset
    }

    /// An option of a preset as the command line has it.
    private static func flag(_ option: NetworkPreset.Option) -> String {
        "--" + (option == .widths ? "hidden" : option.rawValue.split(separator: "_").joined(separator: "-"))
    }
}

/// `512,512`: positive whole numbers with commas between them.
struct Widths: ExpressibleByArgument {
    let values: [Int]

    init(_ values: [Int]) { self.values = values }

    init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false)
        let values = words.compactMap { Int($0) }
        guard values.count == words.count, values.allSatisfy({ (1...1 << 20).contains($0) }) else { return nil }
        self.values = values
    }
}

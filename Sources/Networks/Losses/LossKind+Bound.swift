public import Files
public import LinearAlgebra

extension LossKind {
    /// The loss of this kind with its targets, for a network of `outputs` outputs.
    ///
    /// - Parameters:
    ///   - huberThreshold: δ; read by `huber` alone.
    ///   - support: of categorical outputs; needed by `two-hot`, which then has outputs / atoms values, and read by no
    ///     other.
    /// - Throws: `Fault` of kind `data` when the targets are not what the loss needs, or do not fit the outputs.
    public func bound<Element: Scalar>(
        to targets: Targets<Element>, outputs: Int, huberThreshold: Double = 1, support: Support? = nil
    ) throws(Fault) -> any Loss<Element> {
        switch (self, targets) {
        case (.crossEntropy, .labels(let labels)):
            try checkIndices(labels, below: outputs, "label")
            return CrossEntropy<Element>(labels: labels)
        case (.meanSquaredError, .values(let values)), (.probe, .values(let values)):
            try checkWidth(values.columns, outputs)
            return SquaredError<Element>(targets: values, kind: self)
        case (.huber, .values(let values)):
            try checkWidth(values.columns, outputs)
            return Huber<Element>(targets: values, threshold: huberThreshold)
        case (.meanSquaredError, .labels(let labels)), (.huber, .labels(let labels)):
            return try bound(
                to: .values(oneHot(labels, outputs)), outputs: outputs, huberThreshold: huberThreshold)
        case (.temporalDifference, .selected(let actions, let values)):
            try checkIndices(actions, below: outputs, "action")
            return TemporalDifference<Element>(actions: actions, targets: values)
        case (.huber, .selected(let actions, let values)):
            try checkIndices(actions, below: outputs, "action")
            return TemporalDifference<Element>(
                actions: actions, targets: values, penalty: .huber(threshold: huberThreshold))
        case (.twoHot, _): return try twoHot(targets, outputs, support)
        default:
            throw Fault(
                .data, "loss \(rawValue) cannot use targets that are \(targets.name); it needs \(needed)",
                at: "targets", remedy: "Choose another loss with --loss, or other data with --data")
        }
    }

    private var needed: String {
        switch self {
        case .crossEntropy: "class labels"
        case .meanSquaredError, .probe: "values for every output, or class labels"
        case .huber: "values for every output, class labels or transitions"
        case .temporalDifference: "transitions"
        case .twoHot: "values for every output, class labels or transitions"
        }
    }

    private func twoHot<Element: Scalar>(
        _ targets: Targets<Element>, _ logits: Int, _ support: Support?
    ) throws(Fault) -> any Loss<Element> {
        guard let support else {
            throw Fault(
                .data, "loss \(rawValue) needs the support of the network's categorical outputs", at: "support",
                remedy: "Give it with --support LOW,HIGH and --atoms N")
        }
        try support.validate()
        guard logits % support.atoms == 0 else {
            throw Fault(
                .data, "\(logits) outputs are no whole number of supports of \(support.atoms) atoms", at: "support",
                remedy: "Give the network's number of atoms with --atoms")
        }
        let outputs = logits / support.atoms
        switch targets {
        case .labels(let labels): return TwoHot<Element>(targets: try oneHot(labels, outputs), support: support)
        case .values(let values):
            try checkWidth(values.columns, outputs)
            return TwoHot<Element>(targets: values, support: support)
        case .selected(let actions, let values):
            try checkIndices(actions, below: outputs, "action")
            return TwoHot<Element>(outputs: actions, targets: values, support: support)
        }
    }

    private func oneHot<Element: Scalar>(_ labels: [Int], _ outputs: Int) throws(Fault) -> Matrix<Element> {
        try checkIndices(labels, below: outputs, "label")
        let result = Matrix<Element>(rows: labels.count, columns: outputs)
        for (row, label) in labels.enumerated() { result[row, label] = 1 }
        return result
    }

    private func checkIndices(_ indices: [Int], below outputs: Int, _ name: String) throws(Fault) {
        guard let row = indices.firstIndex(where: { $0 < 0 || $0 >= outputs }) else { return }
        throw Fault(
            .data, "\(name) \(indices[row]) of example \(row) has no output (the network has \(outputs))",
            at: "targets",
            remedy: "Use data that this network was made for")
    }

    private func checkWidth(_ found: Int, _ outputs: Int) throws(Fault) {
        guard found != outputs else { return }
        throw Fault(
            .data, "targets of \(found) values an example do not fit a network of \(outputs) outputs", at: "targets",
            remedy: "Use data that this network was made for")
    }
}

extension Targets {
    /// In words, for messages.
    var name: String {
        switch self {
        case .labels: "class labels"
        case .values: "values for every output"
        case .selected: "values of one output each"
        }
    }
}

public import Files
public import LinearAlgebra

extension LossKind {
    /// The loss of this kind with its targets, for a network of `outputs` outputs.
    ///
    /// - Parameters:
    ///   - huberThreshold: δ; read by `huber` alone.
    /// - Throws: `Fault` of kind `data` when the targets are not what the loss needs, or do not fit the outputs.
    public func bound<Element: Scalar>(
        to targets: Targets<Element>, outputs: Int, huberThreshold: Double = 1
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
        default:
            throw Fault(
                .data, "loss \(rawValue) cannot use targets that are \(targets.name); it needs \(needed)",
                at: "targets", remedy: "Choose another loss with --loss, or other data with --data")
        }
    }

    private var needed: String {
        switch self {
        case .crossEntropy: "class labels"
        case .meanSquaredError, .huber, .probe: "values for every output, or class labels"
        case .temporalDifference: "transitions"
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

import Networks

/// How tensors are put together in what is reported by group.
public enum ParameterGrouping: String, Sendable, Codable, CaseIterable {
    /// `fc1` is `fc1.weight` and `fc1.bias`: all whose names agree up to the last dot.
    case layer
    /// Each tensor by itself.
    case tensor
}

/// Parameters that are reported together.
public struct ParameterGroup: Sendable, Equatable {
    public let name: String
    /// Their places among the chosen parameters.
    public let ranges: [Range<Int>]

    public var count: Int { ranges.reduce(0) { $0 + $1.count } }
}

extension ParameterSelection {
    /// The chosen parameters in groups, in the order of their first tensors.
    public func groups(by grouping: ParameterGrouping) -> [ParameterGroup] {
        var names: [String] = []
        var ranges: [String: [Range<Int>]] = [:]
        for entry in entries {
            let name =
                switch grouping {
                case .tensor: entry.name
                case .layer: entry.name.lastIndex(of: ".").map { String(entry.name[..<$0]) } ?? entry.name
                }
            if ranges[name] == nil { names.append(name) }
            ranges[name, default: []].append(entry.local)
        }
        return names.map { ParameterGroup(name: $0, ranges: ranges[$0]!) }
    }
}

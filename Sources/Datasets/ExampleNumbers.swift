public import Checkpoints
public import Files

/// The numbers of a data file in the precision in which it holds them: an analysis in double precision of a file in
/// double precision must not see them rounded.
public enum ExampleNumbers: Sendable, Equatable {
    case singles([Float])
    case doubles([Double])

    /// - Throws: `Fault` of kind `data` where the tensor is missing, of another type, or not finite.
    public init(_ tensor: String, from file: SafetensorsFile) throws(Fault) {
        if try file.entry(named: tensor).dtype == .f64 {
            self = .doubles(try file.doubles(tensor))
        } else {
            self = .singles(try file.floats(tensor))
        }
    }

    public var count: Int {
        switch self {
        case .singles(let numbers): numbers.count
        case .doubles(let numbers): numbers.count
        }
    }
}

public import Files

/// The image sets that can be asked for by name.
public enum DatasetSource: String, Sendable, CaseIterable {
    /// Drawn here: 28×28 grey digits.
    case digits
    /// Drawn here: 32×32 coloured shapes.
    case objects
    /// Read from a directory: 28×28 grey digits (LeCun, Cortes and Burges).
    case mnist
    /// Read from a directory: 32×32 colour photographs (Krizhevsky 2009).
    case cifar10

    /// Whether the set is made here and needs no files.
    public var isProcedural: Bool { self == .digits || self == .objects }

    /// How many images a procedural set has when no count is asked for.
    public static func defaultCount(_ split: Split) -> Int { split == .train ? 20_000 : 5_000 }
}

extension ImageSet {
    /// The image set of that name.
    ///
    /// - Parameters:
    ///   - count: how many images, from the first; nil for all of a set in files, and for
    ///     `DatasetSource.defaultCount` of a procedural one.
    ///   - seed: what a procedural set is drawn from; a set in files does not depend on it.
    ///   - dataDirectory: where the files of `mnist` and `cifar10` lie.
    /// - Throws: `Fault` of kind `usage` for an unknown name, a count that is not positive or is more than the files
    ///   hold, or a missing directory; of kind `data` for files that cannot be used.
    public static func named(
        _ name: String, split: Split, count: Int? = nil, seed: UInt64, dataDirectory: String? = nil
    ) throws(Fault) -> ImageSet {
        guard let source = DatasetSource(rawValue: name) else {
            let known = DatasetSource.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(.usage, "no data set has this name", at: name, remedy: "Choose one of \(known)")
        }
        if let count, count < 1 {
            throw Fault(.usage, "\(count) images are asked for, at least 1 is needed", at: name)
        }
        switch source {
        case .digits:
            return ProceduralImages.digits(
                count: count ?? DatasetSource.defaultCount(split), seed: seed, split: split)
        case .objects:
            return ProceduralImages.objects(
                count: count ?? DatasetSource.defaultCount(split), seed: seed, split: split)
        case .mnist: return try read(.mnist, split, count, dataDirectory)
        case .cifar10: return try read(.cifar10, split, count, dataDirectory)
        }
    }

    private static func read(
        _ format: ImageFormat, _ split: Split, _ count: Int?, _ directory: String?
    ) throws(Fault) -> ImageSet {
        guard let directory else {
            throw Fault(
                .usage, "this set is read from files, and no directory is given", at: format.rawValue,
                remedy: "Say where they are with --data-dir, or take digits or objects, which need no files")
        }
        let set = try read(directory: directory, format: format, split: split, limit: count)
        if let count, set.count < count {
            throw Fault(
                .usage, "\(count) images are asked for, the \(split.rawValue) files hold \(set.count)", at: directory)
        }
        return set
    }
}

import Checkpoints
import Datasets
import Files
import LinearAlgebra
import Networks

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Examples as they were found, before any are chosen and before a loss binds their targets.
struct ExampleSource {
    /// What the examples come with.
    enum Annotation {
        case labels([Int])
        case values([Double], outputs: Int)
        case transitions(TransitionSample)
    }

    /// For reports: the file or the set's name.
    let name: String
    /// `[N, inputs]`, row-major.
    let inputs: ExampleNumbers
    let annotation: Annotation
    let count: Int

    /// Finds the examples that `data` names, or those that the checkpoint names.
    ///
    /// - Parameter count: how many are needed, so that no more of a drawn set is made.
    /// - Throws: `Fault` of kind `usage` where nothing says which data, of kind `data` where they do not fit.
    static func find(_ data: String?, for checkpoint: Checkpoint, seed: UInt64) throws(Fault) -> ExampleSource {
        let input = checkpoint.architecture.input
        if let data { return try named(data, input: input, seed: seed) }
        if let transitions = checkpoint.run.transitions {
            return try file(checkpoint.sibling(transitions), input: input)
        }
        if let data = checkpoint.namedData { return try named(data, input: input, seed: seed) }
        throw Fault(
            .usage, "does not say what it was trained on", at: checkpoint.path,
            remedy: "Give examples with --data: a safetensors file, a folder of MNIST or CIFAR-10, digits or objects")
    }

    private static func named(_ data: String, input: [Int], seed: UInt64) throws(Fault) -> ExampleSource {
        var isFolder = false
        if FileManager.default.fileExists(atPath: data, isDirectory: &isFolder) {
            return isFolder
                ? try images(ImageSet.read(directory: data, split: .train), input: input, name: data)
                : try file(data, input: input)
        }
        guard let source = DatasetSource(rawValue: data), source.isProcedural else {
            throw Fault(
                .data, "no such file or folder, and no data set of that name", at: data,
                remedy: "Give a path, or one of the built-in sets digits and objects")
        }
        return try images(ImageSet.named(data, split: .train, seed: seed), input: input, name: data)
    }

    private static func images(_ set: ImageSet, input: [Int], name: String) throws(Fault) -> ExampleSource {
        guard set.shape == input || [set.imageSize] == input else {
            throw Fault(
                .data, "holds images of shape \(set.shape) where the network takes \(input)", at: name,
                remedy: "Use data that this network was made for")
        }
        return ExampleSource(
            name: name, inputs: .singles(set.floats()), annotation: .labels(set.labels), count: set.count)
    }

    private static func file(_ path: String, input: [Int]) throws(Fault) -> ExampleSource {
        switch try ExampleFile(reading: path, input: input) {
        case .labelled(let inputs, let labels):
            return ExampleSource(name: path, inputs: inputs, annotation: .labels(labels), count: labels.count)
        case .valued(let inputs, let values):
            let count = inputs.count / input.reduce(1, *)
            return ExampleSource(
                name: path, inputs: inputs, annotation: .values(values, outputs: values.count / count), count: count)
        case .transitions(let sample):
            return ExampleSource(
                name: path, inputs: .singles(sample.inputs), annotation: .transitions(sample), count: sample.count)
        }
    }

    /// The rows `chosen` of `numbers`, whose rows are `width` wide, in the precision of the network.
    ///
    /// - Throws: `Fault` of kind `data` for a number that the precision cannot hold.
    static func rows<Element: Scalar>(
        _ chosen: [Int], of numbers: ExampleNumbers, width: Int
    ) throws(Fault) -> Matrix<Element> {
        let result = Matrix<Element>(rows: chosen.count, columns: width)
        for (row, example) in chosen.enumerated() {
            let range = example * width..<(example + 1) * width
            switch numbers {
            case .singles(let all): result.row(row).assign(Vector(converting: Vector(Array(all[range]))))
            case .doubles(let all): result.row(row).assign(Vector(rounding: Array(all[range])))
            }
            guard result.row(row).isFinite else {
                throw Fault(
                    .data, "example \(example) holds a number too large for \(Element.precisionName) precision",
                    at: "inputs", remedy: "Use double precision")
            }
        }
        return result
    }
}

extension Checkpoint {
    /// The data that the run's record names: a path from the checkpoint's own folder where there is such a file, else as
    /// it stands.
    var namedData: String? {
        run.data.map { FileManager.default.fileExists(atPath: sibling($0)) ? sibling($0) : $0 }
    }

    /// The path of a file that the checkpoint names relative to its own folder.
    func sibling(_ name: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(name).path
    }
}

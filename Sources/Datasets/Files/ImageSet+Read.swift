public import Files
import Foundation

/// How the files of an image set are laid out.
public enum ImageFormat: String, Sendable, CaseIterable {
    /// IDX files, images and labels apart: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-…`.
    case mnist
    /// CIFAR-10's binary version: `data_batch_1.bin` … `data_batch_5.bin`, `test_batch.bin`.
    case cifar10

    /// The files that a split needs, each with the names it goes by; `.gz` may follow any of them.
    func files(_ split: Split) -> [[String]] {
        switch (self, split) {
        case (.mnist, .train): [Self.idx("train-images", 3), Self.idx("train-labels", 1)]
        case (.mnist, .test): [Self.idx("t10k-images", 3), Self.idx("t10k-labels", 1)]
        case (.cifar10, .train): (1...5).map { ["data_batch_\($0).bin"] }
        case (.cifar10, .test): [["test_batch.bin"]]
        }
    }

    /// The folders inside a directory that archives and other programs unpack into.
    var folders: [String] {
        switch self {
        case .mnist: ["", "/MNIST/raw"]
        case .cifar10: ["", "/cifar-10-batches-bin"]
        }
    }

    private static func idx(_ stem: String, _ rank: Int) -> [String] {
        ["\(stem)-idx\(rank)-ubyte", "\(stem).idx\(rank)-ubyte"]
    }
}

extension ImageSet {
    /// Reads the MNIST (IDX) or CIFAR-10 (binary) files of a directory, each plain or compressed with gzip.
    ///
    /// - Parameters:
    ///   - format: which of the two; nil to see from the names which one the directory holds.
    ///   - limit: at most so many images, from the first; nil for all.
    /// - Throws: `Fault` of kind `data` that names the file, what was found in it and what is needed: a missing file, a
    ///   bad magic number, a truncated or overlong file, a label above 9, images and labels of different counts, damaged
    ///   gzip. Sizes in a header are checked against the file before anything is allocated from them.
    ///
    /// Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database" (the IDX format); A. Krizhevsky, "The CIFAR-10
    /// data set" (the binary version).
    public static func read(
        directory: String, format: ImageFormat? = nil, split: Split, limit: Int? = nil
    ) throws(Fault) -> ImageSet {
        precondition(limit.map { $0 > 0 } ?? true, "a limit of \(limit ?? 0) images leaves nothing to read")
        var isFolder = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder), isFolder else {
            throw Fault(.data, "no such directory", at: directory, remedy: "Check the path")
        }
        let formats = format.map { [$0] } ?? ImageFormat.allCases
        let found = formats.filter { Self.folder(of: $0, split, in: directory) != nil }
        guard let chosen = found.first else {
            let wanted = formats.map { $0.files(split)[0][0] }.joined(separator: " or ")
            throw Fault(
                .data, "no image files for the \(split.rawValue) split; needed is \(wanted), plain or with .gz",
                at: directory)
        }
        guard found.count == 1 else {
            throw Fault(
                .data, "holds both MNIST and CIFAR-10 files", at: directory, remedy: "Ask for one of them by its name")
        }
        let place = Self.folder(of: chosen, split, in: directory) ?? directory
        var paths: [String] = []
        for names in chosen.files(split) { paths.append(try path(of: names, in: place)) }
        switch chosen {
        case .mnist: return try IDX.read(images: paths[0], labels: paths[1], limit: limit)
        case .cifar10: return try CIFAR.read(paths, limit: limit)
        }
    }

    /// The folder, if any, that holds at least one of the split's files.
    private static func folder(of format: ImageFormat, _ split: Split, in directory: String) -> String? {
        format.folders.map { directory + $0 }.first { folder in
            format.files(split).contains { names in existing(names, in: folder) != nil }
        }
    }

    private static func path(of names: [String], in folder: String) throws(Fault) -> String {
        if let path = existing(names, in: folder) { return path }
        throw Fault(
            .data, "no such file, neither plain nor with .gz", at: folder + "/" + names[0],
            remedy: "All files of a split are needed")
    }

    private static func existing(_ names: [String], in folder: String) -> String? {
        let candidates = names.map { folder + "/" + $0 }
        return (candidates + candidates.map { $0 + ".gz" }).first { FileManager.default.fileExists(atPath: $0) }
    }
}

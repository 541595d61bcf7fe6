public import Files
import Krylov
import LinearAlgebra

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension EvolutionFinding {
    /// Keeps the finding, so that a killed run need not find it again: the point as the file's note, the vectors as its
    /// matrix.
    ///
    /// - Throws: `Fault`: see `RunFile.write`.
    public func write(to file: RunFile<Element>) throws(Fault) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(point) else {
            throw Fault(
                .data, "a number that was found is not finite", at: point.checkpoint,
                remedy: "The run has diverged there; try --precision double")
        }
        try file.write(Snapshot(matrices: ["vectors": vectors]), note: String(decoding: json, as: UTF8.self))
    }

    /// The finding that was kept; nil where there is none.
    ///
    /// - Throws: `Fault` of kind `data`: see `RunFile.read`.
    public init?(reading file: RunFile<Element>) throws(Fault) {
        guard let (snapshot, note) = try file.contents() else { return nil }
        guard let vectors = snapshot.matrices["vectors"],
            let point = try? JSONDecoder().decode(EvolutionPoint.self, from: Data(note.utf8)),
            point.dimensions == vectors.rows
        else {
            throw Fault(
                .data, "holds no finding of such a run", at: file.path,
                remedy: "Remove it or use --fresh to begin anew")
        }
        self.init(point: point, vectors: vectors)
    }
}

import Checkpoints
public import Files
public import Krylov
public import LinearAlgebra

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The file in which a long run keeps where it stands: a whole snapshot or none, and of which run it is.
///
/// Safetensors: `matrix.<name>` in the run's precision; `number.<name>` as the bit patterns of doubles (I64), since
/// counts, infinities and the last bit must come back; `check`, eight bytes of a `ContentHash` over identity, note,
/// names, shapes and all numbers, the last bytes of the file. Matrices of singles are written row by row, so that a
/// basis is not in memory twice.
public struct RunFile<Element: Scalar>: Sendable {
    public let path: String
    public let identity: RunIdentity

    public init(_ path: String, identity: RunIdentity) {
        self.path = path
        self.identity = identity
    }

    /// Keeps the snapshot in place of the last one, on the disk when this returns.
    ///
    /// - Parameter note: text that goes with it, such as results that are whole already.
    /// - Throws: `Fault` of kind `inputOutput` where the system refuses (the last one stays then); of kind `data` for a
    ///   matrix that is not finite.
    public func write(_ snapshot: Snapshot<Element>, note: String = "") throws(Fault) {
        let json = identity.json
        var writer = SafetensorsWriter(
            metadata: [Key.format: Key.currentFormat, Key.identity: json, Key.note: note])
        let check = RunningCheck(json, note)
        for (name, values) in snapshot.numbers {
            let patterns = values.map { Int64(bitPattern: $0.bitPattern) }
            try writer.add(Key.number + name, patterns, shape: [patterns.count])
            check.add(Key.number + name, [patterns.count], patterns.span.bytes)
        }
        for (name, matrix) in snapshot.matrices {
            try add(matrix, as: Key.matrix + name, to: &writer, check)
        }
        // Bytes come last in a file, so that by then the check has seen every piece.
        try writer.addBytes(Key.check, shape: [8]) { _ in check.bytes }
        try AtomicFile.makeFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        try writer.write(to: path)
    }

    /// The snapshot that was kept last; nil where there is none.
    ///
    /// - Throws: `Fault` of kind `data` where the file is damaged, of another format, or belongs to another run: the
    ///   facts that differ are named.
    public func read() throws(Fault) -> Snapshot<Element>? { try contents()?.snapshot }

    /// As `read`, with the note.
    public func contents() throws(Fault) -> (snapshot: Snapshot<Element>, note: String)? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do throws(Fault) {
            let file = try SafetensorsFile(reading: path)
            try checkOrigin(of: file)
            guard let note = file.metadata[Key.note] else { throw Fault(.data, "its note is gone", at: path) }
            return (try snapshot(in: file, note: note), note)
        } catch {
            guard error.kind == .data, error.remedy != Self.advice else { throw error }
            throw Fault(.data, "is damaged: \(error.what)", at: error.place, remedy: Self.advice)
        }
    }

    /// Removes the file, and its folder where nothing else is in it.
    public func remove() {
        // Nothing is lost where this fails: the state says itself of which run it is.
        try? FileManager.default.removeItem(atPath: path)
        RunStates.removeIfEmpty(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    private static var advice: String { "Remove it or use --fresh to begin anew" }

    private func add(
        _ matrix: Matrix<Element>, as name: String, to writer: inout SafetensorsWriter, _ check: RunningCheck
    ) throws(Fault) {
        let shape = [matrix.rows, matrix.columns]
        let columns = matrix.columns
        let rowsAtOnce = Self.rowsAtOnce(columns: columns)
        if Element.self == Float.self {
            try writer.addFloats(name, shape: shape) { given throws(Fault) in
                let first = given / columns
                let piece = matrix.rows(first..<min(matrix.rows, first + rowsAtOnce)).array
                guard let singles = piece as? [Float] else { throw Fault(.software, "is no matrix of singles") }
                check.add(name, shape, at: given, singles.span.bytes)
                return singles
            }
        } else {
            let doubles = matrix.array.map { Double($0) }
            try writer.add(name, doubles, shape: shape)
            check.add(name, shape, doubles.span.bytes)
        }
    }

    private func checkOrigin(of file: SafetensorsFile) throws(Fault) {
        guard let format = file.metadata[Key.format], let json = file.metadata[Key.identity],
            let found = RunIdentity(json: json)
        else {
            throw Fault(.data, "is no state of a run", at: path, remedy: Self.advice)
        }
        guard format == Key.currentFormat else {
            throw Fault(
                .data, "is a state of format \(format); this program reads format \(Key.currentFormat)", at: path,
                remedy: Self.advice)
        }
        let names = identity.differences(from: found)
        guard !names.isEmpty else { return }
        let shown = names.prefix(3)
        let theirs = shown.map { "\($0) \(found.facts[$0] ?? "none")" }.joined(separator: ", ")
        let ours = shown.map { identity.facts[$0] ?? "none" }.joined(separator: ", ")
        let more = names.count > shown.count ? " (and \(names.count - shown.count) more)" : ""
        throw Fault(
            .data, "the state belongs to a run with \(theirs), not \(ours)\(more)", at: path, remedy: Self.advice)
    }

    private func snapshot(in file: SafetensorsFile, note: String) throws(Fault) -> Snapshot<Element> {
        var snapshot = Snapshot<Element>()
        let check = RunningCheck(file.metadata[Key.identity] ?? "", note)
        for entry in file.entries {
            if entry.name.hasPrefix(Key.number) {
                let patterns = try file.integers(entry.name).map { Int64($0) }
                check.add(entry.name, entry.shape, patterns.span.bytes)
                snapshot.numbers[String(entry.name.dropFirst(Key.number.count))] = patterns.map {
                    Double(bitPattern: UInt64(bitPattern: $0))
                }
            } else if entry.name.hasPrefix(Key.matrix), entry.shape.count == 2 {
                let matrix = try matrix(entry, in: file, check)
                snapshot.matrices[String(entry.name.dropFirst(Key.matrix.count))] = matrix
            }
        }
        guard try file.bytes(Key.check) == check.bytes else {
            throw Fault(.data, "its numbers are not those that were written", at: path)
        }
        return snapshot
    }

    private func matrix(
        _ entry: SafetensorsFile.Entry, in file: SafetensorsFile, _ check: RunningCheck
    ) throws(Fault) -> Matrix<Element> {
        let (rows, columns) = (entry.shape[0], entry.shape[1])
        if Element.self == Float.self {
            let singles = try file.floats(entry.name)
            let length = max(1, Self.rowsAtOnce(columns: columns) * columns)
            for start in stride(from: 0, to: singles.count, by: length) {
                let piece = singles[start..<min(singles.count, start + length)]
                check.add(entry.name, entry.shape, at: start, piece.span.bytes)
            }
            guard let elements = singles as? [Element] else { throw Fault(.software, "is no matrix of singles") }
            return Vector(elements).matrix(rows: rows, columns: columns)
        }
        let doubles = try file.doubles(entry.name)
        check.add(entry.name, entry.shape, doubles.span.bytes)
        return Vector<Element>(rounding: doubles).matrix(rows: rows, columns: columns)
    }

    /// About four megabytes at once.
    private static func rowsAtOnce(columns: Int) -> Int { max(1, (1 << 20) / max(1, columns)) }
}

private enum Key {
    static let format = "landscape.run_state"
    static let currentFormat = "1"
    static let identity = "landscape.run_identity"
    static let note = "landscape.run_note"
    static let matrix = "matrix."
    static let number = "number."
    static let check = "check"
}

/// The sum of the hashes of all pieces, each with its tensor's name, shape and place: the pieces may come in any order.
private final class RunningCheck {
    private var sum: UInt64 = 0

    init(_ identity: String, _ note: String) {
        var hash = ContentHash()
        hash.add(identity)
        hash.add(note)
        sum = hash.value
    }

    func add(_ name: String, _ shape: [Int], at place: Int = 0, _ bytes: RawSpan) {
        var hash = ContentHash()
        hash.add("\(name) \(shape) \(place)")
        hash.add(bytes)
        sum &+= hash.value
    }

    var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) } }
}

import Agents
public import Files
import Foundation

/// Where a study's files lie, and that they are this study's alone.
///
/// | file | what |
/// | --- | --- |
/// | `study.json` | which study, its scale and all settings |
/// | `report.md` | what was done and found, for people |
/// | `result.json` | the same for programs |
/// | `figures/` | the pictures with their numbers and scripts |
/// | `runs/`, `tables/` | what the study's parts wrote; the report's numbers in full |
/// | `.lock` | held, while a process works here |
public struct StudyFolder: Sendable {
    public let path: String
    private let lock: RunLock

    /// Takes a folder for one process.
    ///
    /// - Throws: `Fault` of kind `usage` where another process works there; `inputOutput` where the system refuses.
    init(_ path: String) throws(Fault) {
        self.path = path
        try AtomicFile.makeFolder(path)
        lock = try RunLock(path)
        for folder in [path, path + "/figures", path + "/tables"] { AtomicFile.removeAbandonedFiles(in: folder) }
    }

    public var reportPath: String { path + "/report.md" }
    public var resultPath: String { path + "/result.json" }
    public var figures: String { path + "/figures" }
    public var tables: String { path + "/tables" }

    /// The folder of one part of the study; it need not be there.
    public func part(_ name: String) -> String { path + "/runs/" + name }

    static func recordPath(in path: String) -> String { path + "/study.json" }

    /// The study that is in `path`, by name and scale; nil where there is none.
    ///
    /// - Throws: `Fault` of kind `data` for a damaged record.
    public static func record(in path: String) throws(Fault) -> (study: String, scale: StudyScale)? {
        guard FileManager.default.fileExists(atPath: recordPath(in: path)) else { return nil }
        let head: StudyHead = try decode(recordPath(in: path))
        return (head.study, head.scale)
    }

    /// Makes the folder this study's: writes its record, or finds the same there.
    ///
    /// - Throws: `Fault` of kind `usage` where another study, or one of other settings, was begun here; the key is named.
    func claim<S: Study>(for study: S, scale: StudyScale) throws(Fault) {
        let file = Self.recordPath(in: path)
        let record = StudyRecord(scale: scale, settings: study)
        let text = try StudyText.json(record)
        guard FileManager.default.fileExists(atPath: file) else {
            try AtomicFile.write(Data(text.utf8), to: file)
            return
        }
        let found = try AtomicFile.read(file)
        guard (try? JSONDecoder().decode(StudyHead.self, from: found)) != nil else {
            throw Fault(.data, "is no study's record", at: file, remedy: "Restore it, or choose another folder")
        }
        guard let difference = JSONValue(of: Data(text.utf8)).firstDifference(from: JSONValue(of: found)) else {
            return
        }
        throw Fault(
            .usage, "the study was begun with \(difference.other), and now \(difference.mine) is asked for",
            at: "\(file), key '\(difference.key)'",
            remedy: "Leave that option out to go on, or choose another folder")
    }

    /// The settings with which a study was begun in `path`.
    ///
    /// - Throws: `Fault` of kind `usage` where the folder holds another study; of kind `data` for a damaged record.
    static func settings<S: Study>(of study: S.Type, in path: String) throws(Fault) -> StudyRecord<S> {
        let file = recordPath(in: path)
        let head: StudyHead = try decode(file)
        guard head.study == S.name else {
            throw Fault(
                .usage, "holds the study '\(head.study)', not '\(S.name)'", at: path, remedy: "Choose another folder")
        }
        return try decode(file)
    }

    private static func decode<Value: Decodable>(_ file: String) throws(Fault) -> Value {
        let data = try AtomicFile.read(file)
        do {
            return try JSONDecoder().decode(Value.self, from: data)
        } catch {
            throw Fault(.data, "is no study's record (\(error))", at: file, remedy: "Restore it")
        }
    }
}

/// What every record begins with.
struct StudyHead: Codable {
    var study: String
    var scale: StudyScale
}

/// `study.json`.
struct StudyRecord<S: Study>: Codable {
    var formatVersion = 1
    var study = S.name
    var scale: StudyScale
    var settings: S

    enum CodingKeys: String, CodingKey {
        case formatVersion = "format_version"
        case study, scale, settings
    }

    init(scale: StudyScale, settings: S) {
        self.scale = scale
        self.settings = settings
    }
}

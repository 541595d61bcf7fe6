public import Files
import Foundation

/// A study in its folder: begins it, or goes on with it, and writes what it found.
public struct StudyExecution<S: Study>: Sendable {
    public let study: S
    public let scale: StudyScale
    public let path: String

    /// Settings from the folder where the study was begun there, else those of the scale.
    ///
    /// - Parameters:
    ///   - scale: nil for the folder's, else `small`.
    ///   - settings: what is to be other than that; in a folder with a study they must be what it was begun with.
    /// - Throws: `Fault` of kind `usage` for a setting out of range, or a folder with another study.
    public init(
        _ type: S.Type, scale: StudyScale? = nil, settings: [StudySetting] = [], in path: String
    ) throws(Fault) {
        self.path = path
        if try StudyFolder.record(in: path) != nil {
            let record = try StudyFolder.settings(of: type, in: path)
            self.scale = scale ?? record.scale
            var study = scale.map { $0 == record.scale ? record.settings : S(scale: $0) } ?? record.settings
            try study.apply(settings)
            self.study = study
        } else {
            self.scale = scale ?? .small
            var study = S(scale: self.scale)
            try study.apply(settings)
            self.study = study
        }
    }

    /// Runs what is left, then writes `result.json`, the figures and `report.md`.
    ///
    /// - Throws: as the study's `run`; after `interrupted`, or a kill, another execution in the same folder goes on.
    public func run(_ session: StudySession) throws(Fault) -> StudyEnding {
        let folder = try StudyFolder(path)
        try folder.claim(for: study, scale: scale)
        try study.run(in: folder, session)
        let outcome = try study.outcome(in: folder)
        let report = study.report(outcome)
        let result = StudyResult(scale: scale, settings: study, claims: report.claims, outcome: outcome)
        let json = try StudyText.json(result)
        try AtomicFile.write(Data(json.utf8), to: folder.resultPath)
        let warnings = try report.write(to: folder, settings: settingsTable, about: about)
        return StudyEnding(
            claims: report.claims, reportPath: folder.reportPath, resultJSON: json, warnings: warnings)
    }

    private var about: String {
        "\(S.figure) of Lyle et al. 2023, at scale `\(scale.rawValue)`: \(S.abstract)"
    }

    /// Every setting here and at the paper's scale; who says so.
    public var settingsTable: StudyTable {
        var table = StudyTable(["setting", "here", "scale paper", "by", "what"])
        let paper = Dictionary(S(scale: .paper).choices.map { ($0.key, $0) }) { first, _ in first }
        for choice in study.choices {
            let origin = paper[choice.key]?.value == choice.value ? choice.origin : .choice
            table.append([
                "`\(choice.key)`", choice.value, paper[choice.key]?.value ?? "–", origin.rawValue, choice.meaning,
            ])
        }
        return table
    }
}

/// How a study ended.
public struct StudyEnding: Sendable {
    public var claims: [StudyClaim]
    public var reportPath: String
    /// The content of `result.json`.
    public var resultJSON: String
    public var warnings: [String]

    /// The claims that the numbers do not bear out, of those that a check asserts.
    public func check() -> [StudyClaim] { claims.filter { $0.isAsserted && !$0.holds } }
}

/// `result.json`.
private struct StudyResult<S: Study>: Encodable {
    let study = S.name
    let figure = S.figure
    let scale: StudyScale
    let settings: S
    let claims: [StudyClaim]
    let outcome: S.Outcome
}

public import Files

/// A study of the paper: an experiment with every choice named, whose folder says what was found.
///
/// It is a value: all its stored properties are settings, under the keys of its JSON form, and each can be set on the
/// command line. `run` does what is left to do in a folder, however often it was killed there; `outcome` is a function of
/// the folder's files, `report` one of the outcome alone.
public protocol Study: Sendable, Equatable, Codable {
    associatedtype Outcome: Encodable & Sendable

    /// As commands name it: `optimizer-instability`.
    static var name: String { get }
    /// Where the paper shows it: `Figure 1`.
    static var figure: String { get }
    /// What is asked, in one line.
    static var abstract: String { get }

    /// The settings of a scale.
    init(scale: StudyScale)

    /// Every setting that decides the result, in the order of the report.
    var choices: [StudyChoice] { get }

    /// - Throws: `Fault` of kind `usage` that names the key, its value and what it must be.
    func validate() throws(Fault)

    /// Does what is left to do.
    ///
    /// - Throws: `Fault` of kind `interrupted` once the session asks to stop, with everything saved; or what went wrong.
    func run(in folder: StudyFolder, _ session: StudySession) throws(Fault)

    /// What the folder's files say, once `run` has returned.
    func outcome(in folder: StudyFolder) throws(Fault) -> Outcome

    func report(_ outcome: Outcome) -> StudyReport
}

extension Study {
    public func validate() throws(Fault) {}
}

/// How large a study is.
public enum StudyScale: String, Sendable, Codable, CaseIterable {
    /// Minutes on two cores, with images that are drawn here.
    case small
    /// The paper's numbers.
    case paper
}

/// A setting of a study as reports show it.
public struct StudyChoice: Sendable, Equatable {
    /// Who says so.
    public enum Origin: String, Sendable {
        case paper
        /// The paper is silent or disagrees with itself, or the scale is another.
        case choice
    }

    /// Its key in the study's JSON form.
    public var key: String
    public var value: String
    public var origin: Origin
    /// What it is, in a few words.
    public var meaning: String

    public init(_ key: String, _ value: some CustomStringConvertible, _ origin: Origin, _ meaning: String) {
        self.key = key
        self.value = value.description
        self.origin = origin
        self.meaning = meaning
    }
}

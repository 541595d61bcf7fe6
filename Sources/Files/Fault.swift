/// What went wrong, where, and what to do about it: the one error that reaches a user.
///
/// A message is one paragraph, `what (place): remedy`, and each kind has the exit code that the commands promise.
public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whose fault it is; the raw value is the process's exit code (`sysexits.h`).
    public enum Kind: Int32, Sendable {
        /// The command line asks for what is not there.
        case usage = 64
        /// A file's content cannot be used.
        case data = 65
        /// The program contradicts itself; a defect of ours.
        case software = 70
        /// The operating system refused to read or write.
        case inputOutput = 74
        /// The user asked to stop.
        case interrupted = 130
    }

    public let kind: Kind
    /// What is wrong, with the sizes or values found and those needed.
    public let what: String
    /// The file, tensor, line or option; empty where there is none.
    public let place: String
    /// What to do; empty where nothing helps.
    public let remedy: String

    public init(_ kind: Kind, _ what: String, at place: String = "", remedy: String = "") {
        self.kind = kind
        self.what = what
        self.place = place
        self.remedy = remedy
    }

    public var description: String {
        let located = place.isEmpty ? what : "\(place): \(what)"
        return remedy.isEmpty ? located : "\(located). \(remedy)"
    }

    /// The same fault with a more exact place in front, as an error passes from a tensor to its file; said once.
    public func within(_ outer: String) -> Fault {
        if place == outer || place.hasPrefix(outer + ", ") { return self }
        return Fault(kind, what, at: place.isEmpty ? outer : "\(outer), \(place)", remedy: remedy)
    }
}

/// What a setting is set to, as a file or a command line spells it: one word, or several.
public enum SettingValue: Sendable, Equatable, Hashable {
    case text(String)
    case list([String])

    /// A list's words with commas between them.
    public var text: String {
        switch self {
        case .text(let text): text
        case .list(let words): words.joined(separator: ",")
        }
    }

    /// The words; a text is one, or as many as it has commas between them.
    fileprivate func words(splitting: Bool) -> [String] {
        switch self {
        case .text(let text) where splitting:
            text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.drop { $0 == " " }) }
        case .text(let text): [text]
        case .list(let words): words
        }
    }

    fileprivate var single: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }
}

/// What a setting's value can be read as.
protocol SettingReadable {
    /// What is needed, in words: `a whole number`.
    static var form: String { get }
    /// Whether commas separate several of them in one text.
    static var isSplitAtCommas: Bool { get }
    /// Nil for a value that is none.
    init?(setting value: SettingValue)
}

extension SettingReadable {
    static var isSplitAtCommas: Bool { true }
}

extension Int: SettingReadable {
    static var form: String { "a whole number" }

    init?(setting value: SettingValue) {
        guard let number = value.single.flatMap({ Int($0) }) else { return nil }
        self = number
    }
}

extension UInt64: SettingReadable {
    static var form: String { "a whole number from 0 on" }

    init?(setting value: SettingValue) {
        guard let number = value.single.flatMap({ UInt64($0) }) else { return nil }
        self = number
    }
}

extension Double: SettingReadable {
    static var form: String { "a number" }

    init?(setting value: SettingValue) {
        guard let number = value.single.flatMap({ Double($0) }), number.isFinite else { return nil }
        self = number
    }
}

extension Bool: SettingReadable {
    static var form: String { "true or false" }

    init?(setting value: SettingValue) {
        guard let flag = value.single.flatMap({ Bool($0) }) else { return nil }
        self = flag
    }
}

extension String: SettingReadable {
    static var form: String { "a text" }
    static var isSplitAtCommas: Bool { false }

    init?(setting value: SettingValue) {
        guard let text = value.single else { return nil }
        self = text
    }
}

extension Optional: SettingReadable where Wrapped: SettingReadable {
    static var form: String { Wrapped.form }

    init?(setting value: SettingValue) {
        guard let wrapped = Wrapped(setting: value) else { return nil }
        self = wrapped
    }
}

extension Array: SettingReadable where Element: SettingReadable {
    static var form: String { "\(Element.form), or a list of such" }

    init?(setting value: SettingValue) {
        let words = value.words(splitting: Element.isSplitAtCommas)
        self = words.compactMap { Element(setting: .text($0)) }
        guard count == words.count else { return nil }
    }
}

/// One of the words of an enumeration.
protocol SettingWord: SettingReadable, RawRepresentable, CaseIterable where RawValue == String {}

extension SettingWord {
    static var form: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }

    init?(setting value: SettingValue) {
        guard let word = value.single.flatMap({ Self(rawValue: $0) }) else { return nil }
        self = word
    }
}

public import ArgumentParser

/// An option whose values are the cases of an enumeration of the libraries, which know nothing of command lines.
public struct Choice<Value: RawRepresentable & CaseIterable & Sendable>: ExpressibleByArgument, Sendable
where Value.RawValue == String {
    public var value: Value

    public init(_ value: Value) { self.value = value }

    public init?(argument: String) {
        guard let value = Value(rawValue: argument) else { return nil }
        self.value = value
    }

    public var defaultValueDescription: String { value.rawValue }

    public static var allValueStrings: [String] { Value.allCases.map(\.rawValue) }

    public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

public import ArgumentParser
public import Files

/// Where a result goes: `--output`, `--json`.
public struct ResultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Write result.json, the arrays and the figures into this folder.", valueName: "dir"),
        completion: .directory)
    public var output: String?

    @Flag(help: "Print the result as one JSON document instead of a table.")
    public var json = false

    public init() {}

    /// Makes the folder before the work begins, so that an hour's result is not lost to a misspelt path.
    ///
    /// - Throws: `Fault` of kind `inputOutput` where it cannot be made or written to.
    public func prepareOutput() throws(Fault) {
        if let output { try OutputFolder.prepare(output) }
    }

    /// Prints the document or the table, as asked.
    ///
    /// - Throws: `Fault` of kind `software` for a document with a NaN or an infinity in it, `inputOutput` where
    ///   standard output takes no more.
    public func show(_ document: some Encodable, table: () -> String) throws(Fault) {
        try StandardOutput.write(json ? JSONText.encode(document) : table())
    }
}

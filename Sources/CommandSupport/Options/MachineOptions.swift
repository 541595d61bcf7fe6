public import ArgumentParser
public import LinearAlgebra

/// How much of the machine to use: `--threads`.
public struct ThreadOptions: ParsableArguments {
    @Option(help: "How many threads to use; the result is the same for any number. (default: the machine's cores)")
    public var threads: Int?

    public init() {}

    public var workers: Workers { Workers(threads ?? MachineCores.count) }

    public func validate() throws {
        guard let threads, !(1...1024).contains(threads) else { return }
        throw ValidationError("--threads takes a number from 1 to 1024, and \(threads) is none")
    }
}

/// The seed of everything drawn at random: `--seed`.
public struct SeedOptions: ParsableArguments {
    @Option(help: "The seed of everything drawn at random; the same seed gives the same bytes.")
    public var seed: UInt64 = 0

    public init() {}
}

/// The arithmetic of the network: `--precision`.
public struct PrecisionOptions: ParsableArguments {
    @Option(help: "The arithmetic of the network: single or double. Statistics are in double always.")
    public var precision: Precision = .single

    public init() {}
}

/// The arithmetic of a network's values and derivatives.
public enum Precision: String, CaseIterable, Sendable, Codable, ExpressibleByArgument {
    /// `Float`, 32 bits.
    case single
    /// `Double`, 64 bits.
    case double
}

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

/// How much memory to take: `--memory`.
public struct MemoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How much memory to take, such as 800M or 4G. With less than all examples need, some are computed anew each "
                + "time; the result is the same for any amount. (default: half of what is free)", valueName: "amount"))
    public var memory: ByteCount?

    public init() {}

    /// In bytes; nil where neither the user nor the system says.
    public var limit: Int? { memory?.bytes ?? MachineMemory.available.map { $0 / 2 } }
}

extension ByteCount: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
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

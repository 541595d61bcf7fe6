public import Files
public import LinearAlgebra

/// What an agent acts in: a Markov decision process whose whole state can be saved.
///
/// An environment hands out observations in a form that is cheap to keep (`Observation`: the index of an image, the
/// frames of a screen) and writes them out as numbers only when a network asks.
public protocol Environment: Sendable {
    associatedtype Observation: StorableObservation
    /// Everything that the future depends on, the random generator included.
    associatedtype State: Codable, Sendable, Equatable

    /// What reports and checkpoints call it.
    var name: String { get }
    /// The shape of one observation as a network takes it.
    var observationShape: [Int] { get }
    var actionCount: Int { get }
    var state: State { get }
    /// What is seen now.
    var observation: Observation { get }

    /// Starts an episode.
    mutating func reset()

    /// Acts, and gives what comes of it; after a terminal step `reset` is due.
    mutating func step(_ action: Int) -> TimeStep<Observation>

    /// Takes up a saved state.
    ///
    /// - Throws: `Fault` of kind `data` when the state is not one of this environment.
    mutating func restore(_ state: State) throws(Fault)

    /// Whether the observation is one that this environment can show: what is read from a file may not be.
    func contains(_ observation: Observation) -> Bool

    /// The observation's numbers, `[…observationShape]` flat.
    func write(_ observation: Observation, into numbers: Vector<Float>)
}

extension Environment {
    /// The numbers of several observations, one a row: `[observations, …observationShape]`.
    public func write(_ observations: [Observation], into inputs: Matrix<Float>) {
        precondition(observations.count == inputs.rows, "\(observations.count) observations in \(inputs.rows) rows")
        for (row, observation) in observations.enumerated() { write(observation, into: inputs.row(row)) }
    }
}

/// What comes of one action: r and s′.
public struct TimeStep<Observation: StorableObservation>: Sendable {
    public var reward: Double
    public var observation: Observation
    /// Whether the episode ends here, so that nothing follows to be bootstrapped from.
    public var isTerminal: Bool

    public init(reward: Double, observation: Observation, isTerminal: Bool) {
        self.reward = reward
        self.observation = observation
        self.isTerminal = isTerminal
    }
}

/// An observation as a replay buffer keeps it and a saved state writes it.
public protocol StorableObservation: Sendable, Equatable {
    /// Equal observations as equal bytes, all of one length.
    static func bytes(of observations: [Self]) -> [UInt8]

    /// The observations whose bytes these are; nil where they are not `count` observations.
    static func observations(from bytes: [UInt8], count: Int) -> [Self]?
}

/// The index of an image in an image set: four bytes, whatever the image's size.
public struct ImageIndex: StorableObservation, Hashable, Codable {
    public var index: Int32

    public init(_ index: Int) { self.index = Int32(index) }

    /// Four bytes each, the least significant first.
    public static func bytes(of observations: [ImageIndex]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * observations.count)
        for observation in observations {
            let bits = UInt32(bitPattern: observation.index)
            for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        }
        return bytes
    }

    public static func observations(from bytes: [UInt8], count: Int) -> [ImageIndex]? {
        guard bytes.count == 4 * count else { return nil }
        return (0..<count).map { place in
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * place + $1]) << (8 * UInt32($1)) }
            return ImageIndex(Int(Int32(bitPattern: bits)))
        }
    }
}

import LinearAlgebra

/// One work, who does it, and what was promised of it.
struct Comparison {
    let work: String
    let title: String
    /// What the times are given in, and its seconds: ("ms", 1e-3).
    var unit = TimeUnit.milliseconds
    /// How many units of work a run is: 8 for a block of eight vectors.
    var perRun = 1.0
    /// Floating-point operations of one run of ours; nil where they say nothing.
    var operations: Double?
    var isDouble = false
    /// Ours first; what others are compared with.
    let ours: any Contender
    /// Parts and variants of ours.
    var variants: [any Contender] = []
    var peers: [PeerRequest] = []
    /// Peers that are whole commands.
    var commands: [CommandContender] = []
    var targets: [Target] = []
    /// ‖result‖ of ours, held against what peers say of theirs.
    var norm: Double?
    /// The word that `--measure-memory` knows this work by.
    var memoryWork: String?
    var rounds: Rounds
}

/// How a table gives times.
struct TimeUnit {
    let name: String
    let seconds: Double
    /// Whether larger is better: steps a second rather than seconds a step.
    var isRate = false

    static let milliseconds = TimeUnit(name: "ms", seconds: 1e-3)
    static let seconds = TimeUnit(name: "s", seconds: 1)
    static let stepsPerSecond = TimeUnit(name: "steps/s", seconds: 1, isRate: true)

    func value(_ seconds: Double, perRun: Double) -> Double {
        isRate ? perRun / seconds : seconds / perRun / self.seconds
    }
}

/// What issue and README promise of a work.
enum Target {
    /// At least so many times as fast as the fastest peer (those named, or all).
    case faster(Double, than: [String])
    /// At least this share of the speed of a variant: of the same GEMM calls alone.
    case share(Double, of: String)
    /// At least this share of the machine's GEMM rate, by the operations that the work needs.
    case gemmShare(Double)
    /// Every peer's result has our norm, to this relative difference.
    case agreement(Double)
    /// At most so many seconds.
    case seconds(Double)
    /// At most so many bytes.
    case memory(Double)
    /// At most this share of the memory of the peer that needs least.
    case memoryShare(Double)
}

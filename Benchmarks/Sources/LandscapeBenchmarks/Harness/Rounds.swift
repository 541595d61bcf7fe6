import LinearAlgebra

/// How often contenders are timed.
struct Rounds {
    var count: Int
    /// A contender's turn lasts at least so long: short runs are repeated.
    var turnSeconds: Double
    /// How long a round waits for other processes to finish, all rounds together.
    var patienceSeconds: Double

    /// Times all contenders in turn, round after round, and in each round the machine's GEMM rate.
    ///
    /// The machine's speed drifts by up to a third within seconds, so only what was timed in the same rounds is
    /// compared. A short run is preceded by one that is not counted: it finds the caches as its predecessor left them.
    /// A contender that fails is left out from there on, and `failed` is told.
    func run(
        _ contenders: [any Contender], gemmRate: () -> Double, failed: (any Contender, String) -> Void
    ) -> (timings: [Timing], gemmRates: [Double]) {
        var timings = contenders.map { _ in Timing() }
        var rates: [Double] = []
        var out: Set<Int> = []
        var patience = patienceSeconds
        for _ in 0..<count {
            patience -= MachineLoad.waitForQuiet(patience)
            for (index, contender) in contenders.enumerated() where !out.contains(index) {
                contender.wake()
                do {
                    try turn(of: contender, into: &timings[index])
                } catch {
                    out.insert(index)
                    failed(contender, "\(error)")
                }
                contender.sleep()
            }
            rates.append(gemmRate())
        }
        return (timings, rates)
    }

    private func turn(of contender: any Contender, into timing: inout Timing) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let computed = contender.computedSeconds
        var samples = [try contender.run()]
        var runs = 1
        if samples[0] / contender.factor <= turnSeconds {
            samples = []
            repeat { samples.append(try contender.run()) } while start.duration(to: clock.now) < .seconds(turnSeconds)
            runs += samples.count
        }
        timing.samples += samples
        timing.computed += (contender.computedSeconds - computed) * contender.factor
        timing.runs += runs
    }
}

/// The seconds of several runs of the same work.
struct Timing {
    var samples: [Double] = []
    /// Processor seconds of all threads, over all runs, counted ones or not.
    var computed = 0.0
    var runs = 0

    /// Processor seconds of a run: hardly changed by other processes, where the clock's seconds are.
    var computedMean: Double { computed / Double(max(1, runs)) }

    var best: Double { samples.min() ?? .nan }

    var median: Double { Self.median(samples) }

    static func median(_ numbers: [Double]) -> Double {
        guard !numbers.isEmpty else { return .nan }
        let sorted = numbers.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

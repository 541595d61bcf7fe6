import Foundation
import LinearAlgebra

/// What every work is given: how many workers and rounds, who may be compared, and where findings go.
final class Bench {
    let workers: Workers
    let landscape: String
    var isQuick = false
    /// Also what takes minutes and many gigabytes.
    var isHeavy = false
    /// Without other libraries.
    var isAlone = false
    var patienceSeconds = 0.0
    private let roundCount: Int?
    private let reporter: Reporter

    /// - Parameter landscape: the path of the command.
    init(workers: Workers, rounds: Int?, landscape: String, reporter: Reporter) {
        self.workers = workers
        self.landscape = landscape
        self.reporter = reporter
        roundCount = rounds
    }

    /// As many rounds as asked for, else `usual`, else what `--quick` leaves of it.
    func rounds(_ usual: Int, turnSeconds: Double = 0.15) -> Rounds {
        Rounds(
            count: roundCount ?? (isQuick ? min(2, usual) : usual), turnSeconds: isQuick ? 0.05 : turnSeconds,
            patienceSeconds: patienceSeconds)
    }

    /// Times all contenders of a comparison and reports; `remarks` are asked for at the end.
    func run(_ comparison: Comparison, remarks: () -> [String] = { [] }) {
        var absent: [String] = []
        let started = Peers.start(isAlone ? [] : comparison.peers, threads: workers.count) { name, reason in
            absent.append("\(name): \(reason)")
        }
        let contenders: [any Contender] =
            [comparison.ours] + comparison.variants
            + (isAlone ? [] : comparison.commands) + started
        var failed: Set<ObjectIdentifier> = []
        let before = MachineLoad()
        let peersBefore = started.map(\.computedSeconds).reduce(0, +)
        let (timings, rates) = comparison.rounds.run(
            contenders, gemmRate: { self.gemmRate(comparison) },
            failed: { contender, reason in
                failed.insert(ObjectIdentifier(contender))
                absent.append("\(contender.name): \(reason)")
            })
        var others: Double?
        if let before, let after = MachineLoad() {
            let peers = started.map(\.computedSeconds).reduce(0, +) - peersBefore
            others = after.othersShare(since: before, peers: peers)
        }
        var rows: [Row] = []
        var variants = 0
        for (index, contender) in contenders.enumerated() {
            var row = Row(name: contender.name, version: contender.version, timing: timings[index])
            if let peer = contender as? PeerProcess {
                row.peakBytes = peer.quit()
                row.norm = peer.norm
            }
            if index == 0 { row.norm = comparison.norm }
            if let command = contender as? CommandContender { row.peakBytes = command.peakBytes }
            // A comparison without our own row is none; its failure shows as times that are no numbers.
            if index > 0, failed.contains(ObjectIdentifier(contender)) { continue }
            if index == 0, let work = comparison.memoryWork {
                row.peakBytes = try? Launch.peakBytes(of: work, threads: workers.count)
            }
            if comparison.variants.contains(where: { $0 === contender }) { variants += 1 }
            rows.append(row)
        }
        reporter.report(
            Finding(
                comparison: comparison, rows: rows, variantCount: variants, gemmRates: rates, othersShare: others,
                absent: absent),
            remarks: remarks())
    }

    private func gemmRate(_ comparison: Comparison) -> Double {
        comparison.isDouble
            ? GemmRate.gigaflops(Double.self, workers: workers, seconds: 0.1)
            : GemmRate.gigaflops(Float.self, workers: workers, seconds: 0.1)
    }
}

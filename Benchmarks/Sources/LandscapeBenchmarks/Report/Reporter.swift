import Foundation
import LinearAlgebra

/// Prints findings for people, and one JSON line a figure for machines.
final class Reporter {
    private let threads: Int
    private let lines: FileHandle?
    private(set) var missed = 0

    /// - Parameter path: where the JSON lines go; nil for nowhere.
    init(threads: Int, json path: String?) throws {
        self.threads = threads
        if let path {
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let file = FileHandle(forWritingAtPath: path)
            else { throw HarnessFailure("\(path) cannot be written") }
            lines = file
        } else {
            lines = nil
        }
    }

    func printHeader() {
        let blas = BLAS.description
        print(
            """
            \(threads) threads, kernels \(blas.core), \(blas.configuration)
            Best and median of runs interleaved with the others'; a ratio is their time over ours.
            CPU is the mean of a run, all threads together.

            """)
    }

    func report(_ finding: Finding, remarks: [String] = []) {
        let comparison = finding.comparison
        print("\(comparison.work): \(comparison.title)")
        let unit = comparison.unit
        var table = [
            [
                "", "best \(unit.name)", "median \(unit.name)", "ratio of best", "of medians", "CPU ms", "peak MB",
                "version",
            ]
        ]
        for row in finding.rows {
            let ratio = finding.ratio(row)
            let isOurs = row.name == finding.ours.name
            table.append([
                row.name, Texts.number(unit.value(row.timing.best, perRun: comparison.perRun)),
                Texts.number(unit.value(row.timing.median, perRun: comparison.perRun)),
                isOurs ? "" : Texts.number(ratio.best), isOurs ? "" : Texts.number(ratio.median),
                Texts.number(row.timing.computedMean / comparison.perRun * 1e3),
                row.peakBytes.map { Texts.number(Double($0) / 1e6) } ?? "", row.version,
            ])
            write(row, in: finding)
        }
        print(Texts.table(table))
        let rates = Timing(samples: finding.gemmRates)
        var speed = "  machine's GEMM: \(Texts.number(finding.gemmRates.max() ?? .nan)) GFLOP/s best, "
        speed += "\(Texts.number(rates.median)) median"
        if let own = finding.speed {
            speed += "; ours \(Texts.number(own.gigaflops)) GFLOP/s, \(Verdict.percent(own.share)) of the best"
        }
        print(speed)
        if let others = finding.othersShare, others > 0.02 {
            print("  CAUTION: other processes took \(Verdict.percent(others)) of the cores meanwhile")
        }
        for target in comparison.targets {
            let verdict = Verdict(target, finding)
            if verdict.isMet == false { missed += 1 }
            print("  " + verdict.text)
        }
        for remark in remarks { print("  " + remark) }
        for line in finding.absent { print("  left out: \(line)") }
        print("")
        fflush(nil)
    }

    private func write(_ row: Row, in finding: Finding) {
        guard let lines else { return }
        let comparison = finding.comparison
        let figure = Figure(
            work: comparison.work, title: comparison.title, who: row.name, version: row.version,
            cpuSeconds: row.timing.computedMean, seconds: .init(best: row.timing.best, median: row.timing.median),
            samples: row.timing.samples.count,
            ratio: .init(best: finding.ratio(row).best, median: finding.ratio(row).median),
            peakBytes: row.peakBytes, precision: comparison.isDouble ? "double" : "single", threads: threads,
            core: BLAS.description.core, gemmGigaflops: finding.gemmRates.max(),
            othersShare: finding.othersShare, share: row.name == finding.ours.name ? finding.speed?.share : nil)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let line = try? encoder.encode(figure) else { return }
        lines.write(line + Data("\n".utf8))
    }

    private struct Figure: Encodable {
        struct Pair: Encodable {
            let best: Double
            let median: Double
        }

        let work: String
        let title: String
        let who: String
        let version: String
        let cpuSeconds: Double
        let seconds: Pair
        let samples: Int
        let ratio: Pair
        let peakBytes: Int?
        let precision: String
        let threads: Int
        let core: String
        let gemmGigaflops: Double?
        let othersShare: Double?
        let share: Double?
    }
}

import ArgumentParser
import CommandSupport
import Landscape
import LinearAlgebra

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Which BLAS this machine runs, how fast it is, and what to do when it is slow.")

    @OptionGroup var threads: ThreadOptions

    @Flag(help: "Print the result as one JSON document instead of a table.")
    var json = false

    func run() throws {
        let finding = Examination(workers: threads.workers)
        try StandardOutput.write(json ? JSONText.encode(finding) : finding.text)
    }
}

/// What the machine's linear algebra is found to be.
private struct Examination: Encodable {
    let library: String
    let kernels: String
    let replacedKernels: String?
    let requestedKernels: String?
    let processor: String
    let cores: Int
    let threads: Int
    /// 10⁹ operations a second.
    let single: Rate
    let double: Rate
    let advice: [String]

    struct Rate: Encodable {
        let oneThread: Double
        let allThreads: Double

        init<Element: Scalar>(_ type: Element.Type, _ workers: Workers) {
            oneThread = GemmRate.gigaflops(type, workers: .one)
            allThreads = workers.count > 1 ? GemmRate.gigaflops(type, workers: workers) : oneThread
        }
    }

    init(workers: Workers) {
        let blas = BLAS.description
        library = blas.configuration
        kernels = blas.core
        replacedKernels = blas.replacedCore
        requestedKernels = blas.requestedCore
        processor = Processor.level.rawValue
        cores = MachineCores.count
        threads = workers.count
        single = Rate(Float.self, workers)
        double = Rate(Double.self, workers)
        advice = Self.advice(single: single, workers: workers, blas: blas)
    }

    private static func advice(single: Rate, workers: Workers, blas: BLAS.Description) -> [String] {
        var advice: [String] = []
        if let requested = blas.requestedCore {
            advice.append("OPENBLAS_CORETYPE=\(requested) is set; unset it unless you mean it.")
        }
        // A core of the last ten years does 8 (AVX2) or 16 (AVX-512) multiplications and additions twice a cycle.
        if single.oneThread < 25 {
            advice.append(
                "Matrix products run at \(Table.text(single.oneThread)) GFLOP/s a thread, a fraction of what processors "
                    + "with AVX2 do. Install a newer OpenBLAS, or set OPENBLAS_CORETYPE=Haswell (AVX2) or SkylakeX "
                    + "(AVX-512) before starting.")
        }
        if single.allThreads < 0.6 * single.oneThread * Double(workers.count) {
            advice.append(
                "\(workers.count) threads together do \(Table.text(single.allThreads)) GFLOP/s: the cores are shared with "
                    + "other work, or are hyper-threads of fewer cores. Try fewer with --threads.")
        }
        return advice
    }

    var text: String {
        var table = Table([.init("GFLOP/s", .left), .init("one thread"), .init("\(threads) threads")])
        table.append(["single", .number(single.oneThread), .number(single.allThreads)])
        table.append(["double", .number(double.oneThread), .number(double.allThreads)])
        let replaced = replacedKernels.map { " (in place of \($0), which the library had chosen)" } ?? ""
        return """
            BLAS        \(library)
            kernels     \(kernels)\(replaced)
            processor   \(processor), \(cores) cores

            \(table.text)
            """ + (advice.isEmpty ? "Nothing to mend.\n" : advice.map { $0 + "\n" }.joined())
    }

    enum CodingKeys: String, CodingKey {
        case library, kernels, processor, cores, threads, single, double, advice
        case replacedKernels = "replaced_kernels"
        case requestedKernels = "requested_kernels"
    }
}

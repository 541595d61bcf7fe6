import ArgumentParser
import CommandSupport
import LinearAlgebra

/// A command that computes in the precision which its options ask for.
protocol PrecisionCommand: ReportingCommand {
    var precision: PrecisionOptions { get }

    func run<Element: Scalar>(in precision: Element.Type) throws
}

extension PrecisionCommand {
    func run() throws {
        switch precision.precision {
        case .single: try run(in: Float.self)
        case .double: try run(in: Double.self)
        }
    }
}

/// One that analyses checkpoints on examples.
protocol AnalysisCommand: PrecisionCommand {
    var analysis: AnalysisOptions { get }
}

extension AnalysisCommand {
    var precision: PrecisionOptions { analysis.precision }
}

import CommandSupport
import Foundation
import Landscape

/// A report's header in words.
enum HeaderText {
    static func lines(_ header: ReportHeader, matrix: String? = nil) -> String {
        """
        checkpoint  \(header.checkpoint)
        loss        \(header.loss.kind) \(Table.text(header.loss.value)) on \(header.examples) examples of \(header.data)
        parameters  \(header.parameters), \(header.precision) precision, seed \(header.seed)

        """ + (matrix.map { "matrix      \(matrixName($0))\n" } ?? "")
    }

    static func subtitle(_ header: ReportHeader) -> String {
        "\(name(header.checkpoint)), \(header.loss.kind) \(Table.text(header.loss.value)), "
            + "\(header.examples) examples, \(header.parameters) parameters"
    }

    /// The same for a series, whose checkpoints may have different numbers of examples.
    static func subtitle(_ headers: [ReportHeader]) -> String {
        "\(examples(headers)) examples, \(headers[0].parameters) parameters"
    }

    private static func examples(_ headers: [ReportHeader]) -> String {
        let counts = headers.map(\.examples)
        guard let least = counts.min(), let most = counts.max(), least < most else { return "\(counts[0])" }
        return "\(least) to \(most)"
    }

    /// Those of a series' members, and what to know of all together.
    static func warnings(_ headers: [ReportHeader]) -> String {
        headers.map { warnings($0) }.joined() + unequalExamples(headers)
    }

    /// A warning where the members of a series cannot be compared in all respects; else nothing.
    static func unequalExamples(_ headers: [ReportHeader]) -> String {
        guard let least = headers.map(\.examples).min(), headers.contains(where: { $0.examples > least }) else {
            return ""
        }
        return "\nwarning: the checkpoints have \(examples(headers)) examples, and what depends on how many "
            + "(ranks, dead units, estimates) changes with that; --examples \(least) takes as many of each\n"
    }

    static func warnings(_ header: ReportHeader) -> String {
        header.warnings.isEmpty ? "" : "\n" + header.warnings.map { "warning: \($0)\n" }.joined()
    }

    static func matrixName(_ kind: String) -> String {
        switch OperatorKind(rawValue: kind) {
        case .hessian: "Hessian"
        case .gaussNewton: "generalised Gauss-Newton matrix"
        case .residual: "Hessian less its Gauss-Newton part"
        case .fisher: "Fisher matrix"
        case .monteCarloFisher: "Fisher matrix by Monte Carlo"
        case .empiricalFisher: "empirical Fisher matrix"
        case .gradientCovariance: "covariance of the examples' gradients"
        case .tangentKernel: "neural tangent kernel"
        case nil: kind
        }
    }

    /// A file's name without folder and ending.
    static func name(_ path: String) -> String {
        URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }
}

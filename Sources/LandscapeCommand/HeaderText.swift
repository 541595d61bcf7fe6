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

    static func subtitle(_ header: ReportHeader, series: Bool = false) -> String {
        let start = series ? "" : "\(name(header.checkpoint)), \(header.loss.kind) \(Table.text(header.loss.value)), "
        return start + "\(header.examples) examples, \(header.parameters) parameters"
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

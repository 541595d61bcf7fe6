import ArgumentParser
import CommandSupport
import Files
import Landscape
import LinearAlgebra
import Networks

struct ProductCommand: AnalysisCommand {
    static let configuration = CommandConfiguration(
        commandName: "product",
        abstract: "Products of the Hessian (or another curvature matrix) with vectors of your own.",
        discussion: """
            The vectors are tensors named direction.0/<parameter>, direction.1/<parameter>, …, in the parameters' shapes; the \
            products come out as product.0/<parameter>, ….
            """)

    @OptionGroup(title: "Problem") var analysis: AnalysisOptions

    @Option(help: ArgumentHelp("The vectors (safetensors).", valueName: "file"), completion: .file())
    var vectors: String

    @Option(help: ArgumentHelp("Where the products go (safetensors).", valueName: "file"), completion: .file())
    var output: String

    @Option(
        name: .customLong("operator"),
        help: "The matrix: hessian, ggn, residual, fisher or empirical-fisher.")
    var kind: OperatorKind = .hessian

    @OptionGroup(title: "Messages") var reporting: ReportingOptions

    func validate() throws {
        if analysis.model.checkpoint.count > 1 { throw ValidationError("A product is taken at one checkpoint.") }
    }

    func run<Element: Scalar>(in _: Element.Type) throws {
        let problem = try Problem<Element>(
            analysis.problem(analysis.model.onlyCheckpoint("A product is taken at one checkpoint")))
        let file = try ProductFile<Element>(reading: vectors, layout: problem.network.layout)
        let bytes = 2 * file.directions.count * problem.network.layout.count * MemoryLayout<Element>.stride
        let linearised = try problem.linearised(directions: min(8, file.directions.count), reserving: bytes)
        let curvature = CurvatureOperator(try kind.curvature(for: problem.loss.kind), of: linearised)
        let products = file.directions.map { Vector<Element>(count: $0.count) }
        let bar = CommandSupport.Progress(
            "products", total: products.count, unit: "products", style: reporting.progressStyle)
        for first in stride(from: 0, to: products.count, by: linearised.directions) {
            try Interruption.check()
            let group = first..<min(products.count, first + linearised.directions)
            try curvature.apply(to: Array(file.directions[group]), into: Array(products[group]))
            bar.advance(to: group.upperBound)
        }
        bar.finish()
        guard products.allSatisfy(\.isFinite) else {
            throw Fault(
                .data, "a product is not finite", at: vectors,
                remedy: "Scale the vectors down, or try --precision double")
        }
        try file.write(products, to: output)
    }
}

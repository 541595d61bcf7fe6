import Files
import Networks

/// What one way to a spectrum takes.
public struct ExactCost: Sendable, Equatable, Codable {
    public let method: ExactMethod
    /// The order of the matrix whose eigenvalues are computed: P, or the rows of the Gram matrix.
    public let order: Int
    /// Multiplications and additions.
    public let operations: Double
    /// Matrices and activations together.
    public let bytes: Int
}

extension ExactCost {
    /// - Parameter directions: unit vectors that go through together.
    static func dense<Element>(
        _ configuration: ExactConfiguration, of linearised: LinearisedNetwork<Element>, directions: Int
    ) throws(Fault) -> ExactCost {
        let isKernel = configuration.target.kind == .tangentKernel
        let order =
            isKernel ? linearised.exampleCount * linearised.network.outputCount : linearised.network.layout.count
        let product = linearised.operations { configuration.target.kind.operations($0) }
        let matrices = Double(order) * Double(order) * Double(MemoryLayout<Double>.stride)
        // The matrix and LAPACK's copy; for the residuals the products with all eigenvectors.
        let bytes =
            matrices * (configuration.wantsVectors ? 3 : 2)
            + Double(try activationBytes(linearised, examples: linearised.exampleCount, directions, configuration))
        let cube = Double(order) * Double(order) * Double(order)
        // 4/3 n³ for eigenvalues, some 9 n³ with vectors (LAPACK Users' Guide, section 3.4.3), 2 n³ for residuals.
        return ExactCost(
            method: .dense, order: order,
            operations: Double(order) * product + (configuration.wantsVectors ? 11 : 4.0 / 3) * cube,
            bytes: Int(min(bytes, 0x1p62)))
    }

    /// - Parameter rows: of each example, at most.
    static func gram<Element>(
        _ configuration: ExactConfiguration, of linearised: LinearisedNetwork<Element>, rows: Int
    ) throws(Fault) -> ExactCost {
        let order = linearised.exampleCount * rows
        let count = OperationCount(linearised.network.architecture)
        let square = Double(order) * Double(order)
        let network = linearised.network
        // The Gram matrix and LAPACK's copy (single precision has one more, narrower); inputs and weights for every row.
        let repeated = Double(order * (network.inputCount + network.outputCount))
        let bytes =
            (square * 2.5 + repeated) * Double(MemoryLayout<Double>.stride)
            + Double(try activationBytes(linearised, examples: order, 0, configuration))
            + Double(LinearisedNetwork<Double>.formedBytes)
        return ExactCost(
            method: .gram, order: order,
            operations: Double(order) * count.gradient + count.innerProducts(examples: order)
                + 4.0 / 3 * square * Double(order), bytes: Int(min(bytes, 0x1p62)))
    }

    private static func activationBytes<Element>(
        _ linearised: LinearisedNetwork<Element>, examples: Int, _ directions: Int,
        _ configuration: ExactConfiguration
    ) throws(Fault) -> Int {
        let bytes = try linearised.memoryPlan(examples: max(1, examples), directions: directions).bytes
        return configuration.arithmetic == .double
            ? bytes * MemoryLayout<Double>.stride / MemoryLayout<Element>.stride : bytes
    }

    /// In words, for messages.
    var text: String {
        "\(method.rawValue): order \(order), \(MemoryPlan.megabytes(bytes)) and "
            + "\((operations / 1e9).rounded()) billion operations"
    }
}

extension OperatorKind {
    /// Operations of one product, for one example.
    func operations(_ count: OperationCount) -> Double {
        switch self {
        case .hessian: count.product(.hessian)
        case .residual: count.product(.residual)
        case .gaussNewton, .fisher, .monteCarloFisher, .empiricalFisher: count.product(.gaussNewton)
        case .gradientCovariance, .tangentKernel: count.jacobianProduct + count.jacobianTransposeProduct
        }
    }
}

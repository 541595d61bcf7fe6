import CommandSupport
import Foundation
import Landscape
import LinearAlgebra
import Logging
import Networks

/// What a run will cost, said before it begins where that is long: products, time, memory.
struct CostNotice {
    /// Runs expected to be shorter than this are not announced.
    private static let longSeconds = 15.0

    let products: Int
    /// Bytes: activations and tangents, Krylov bases, parameters.
    let bytes: Int
    /// From one product that is made to be timed; nil for a run too short to be worth one.
    let secondsPerProduct: Double?
    private let plan: MemoryPlan

    /// - Parameters:
    ///   - seconds: what linearising took, of which a product is about twice.
    ///   - vectorBytes: what the Krylov bases will take.
    init<Element: Scalar>(
        products: Int, of linearised: LinearisedNetwork<Element>, linearisedIn seconds: Double, vectorBytes: Int
    ) {
        self.products = products
        plan = linearised.memory
        bytes = plan.bytes + vectorBytes + 3 * linearised.parameters.vector.count * MemoryLayout<Element>.stride
        secondsPerProduct =
            2 * seconds * Double(products) > Self.longSeconds ? Self.timed(linearised) : nil
    }

    var seconds: Double { (secondsPerProduct ?? 0) * Double(products) }

    var text: String? {
        guard seconds > Self.longSeconds else { return nil }
        let memory = ByteCount(bytes: bytes).text
        let recomputed =
            plan.recomputes
            ? "; with \(ByteCount(bytes: plan.bytesForAll + bytes - plan.bytes).text) no example would be computed anew"
            : ""
        return "about \(products) products of \(Self.duration(secondsPerProduct ?? 0)), "
            + "\(Self.duration(seconds)) in all, and \(memory) of memory\(recomputed)"
    }

    /// `40 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<1: return "\(Int((seconds * 1000).rounded())) ms"
        case ..<10: return String(format: "%.1f s", seconds)
        case ..<60: return "\(Int(seconds.rounded())) s"
        case ..<3600: return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
        default: return "\(Int(seconds) / 3600) h \(Int(seconds) % 3600 / 60) min"
        }
    }

    func announce(_ logger: Logger) {
        if let text { logger.notice("\(text)") }
    }

    /// As in the run: a block of products for each group that goes through together.
    private static func timed<Element: Scalar>(_ linearised: LinearisedNetwork<Element>) -> Double {
        let count = linearised.parameters.vector.count
        let vectors = (0..<linearised.directions).map { _ in Vector<Element>(count: count) }
        let results = vectors.map { _ in Vector<Element>(count: count) }
        let clock = ContinuousClock()
        let time = clock.measure { linearised.multiply(.hessian, by: vectors, into: results) }
        return time / .seconds(1) / Double(linearised.directions)
    }
}

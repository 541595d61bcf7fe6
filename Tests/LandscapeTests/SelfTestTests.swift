import LinearAlgebra
import Testing

@testable import Landscape

@Suite struct SelfTestTests {
    /// Oracle: closed forms and PyTorch, as the checks say themselves.
    @Test(arguments: [1, 2]) func everyCheckPasses(_ workers: Int) throws {
        let checks = try SelfTest.run(workers: Workers(workers))
        for check in checks { #expect(check.passed, "\(check.name): \(check.error) > \(check.tolerance)") }
        #expect(Set(checks.map(\.name)).count == checks.count && checks.count >= 15)
        // The errors are measured: in single precision all are there, and none would pass in double's stead.
        let singles = checks.filter { $0.oracle.hasPrefix("PyTorch") && $0.name.hasSuffix("single") }
        #expect(singles.count == 4 && singles.allSatisfy { $0.error > 1e-10 && $0.error < 1e-4 })
        let doubles = checks.filter { $0.oracle.hasPrefix("PyTorch") && $0.name.hasSuffix("double") }
        #expect(doubles.count == 4 && doubles.allSatisfy { $0.error > 0 && $0.error < 1e-10 })
    }

    /// A check fails for an error above its tolerance, and for one that is no number.
    @Test func aCheckCanFail() {
        func passed(_ error: Double, _ tolerance: Double) -> Bool {
            SelfTest.Check("c", oracle: "o", error: error, tolerance: tolerance).passed
        }
        #expect(passed(0, 0) && passed(1e-10, 1e-10))
        #expect(!passed(1e-300, 0) && !passed(1.1e-10, 1e-10) && !passed(.nan, 1) && !passed(.infinity, 1e300))
        #expect(SelfTest.Check("c", oracle: "o", error: .nan, tolerance: 1).error.isFinite)
    }
}

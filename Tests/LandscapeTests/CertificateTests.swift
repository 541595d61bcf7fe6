import Files
import Foundation
import Krylov
import Testing

@testable import Landscape

@Suite struct CertificateTests {
    private let good = Certificate("weights", value: 0, limit: 1e-12, meaning: "they sum to 1", method: "a sum")
    private let bad = Certificate("symmetry", value: 0.0123, limit: 4e-5, meaning: "A is Aᵀ", method: "two products")

    /// Oracle: the limits themselves; what is no number passes nothing.
    @Test func whatPasses() {
        #expect(good.passed && !bad.passed)
        #expect(!Certificate("a", value: .nan, limit: 1, meaning: "", method: "").passed)
        #expect(!Certificate("a", value: .infinity, limit: nil, meaning: "", method: "").passed)
        #expect(Certificate("a", value: 7, limit: nil, meaning: "", method: "").passed)
        #expect(Certificates([good, bad]).failed == [bad])
    }

    @Test func aFailureSaysWhichAndByHowMuch() throws {
        #expect(throws: Never.self) { try Certificates([good]).requirePassed(at: "run.safetensors") }
        let fault = #expect(throws: Fault.self) { try Certificates([good, bad]).requirePassed(at: "run.safetensors") }
        #expect(fault?.kind == .software && fault?.place == "run.safetensors")
        #expect(fault?.what.contains("symmetry is 0.012, at most 4.0e-5 is right (A is Aᵀ)") == true)
        #expect(fault?.what.contains("weights") == false)
    }

    @Test func asJSON() throws {
        let list = Certificates([
            good, Certificate("finite", value: .nan, limit: 0, meaning: "", method: ""),
            Certificate("kinks", value: 0.5, limit: nil, meaning: "", method: "", interval: 0.25...0.75),
        ])
        let data = try JSONEncoder().encode(["certificates": list])
        let document = try #require(JSONSerialization.jsonObject(with: data) as? [String: [[String: Any]]])
        let found = try #require(document["certificates"])
        #expect(found.map { $0["name"] as? String } == ["weights", "finite", "kinks"])
        #expect(found.map { $0["passed"] as? Bool } == [true, false, true])
        #expect(found[0]["limit"] as? Double == 1e-12 && found[0]["meaning"] as? String == "they sum to 1")
        #expect(found[1]["value"] == nil && found[2]["limit"] == nil)
        #expect(found[2]["interval"] as? [Double] == [0.25, 0.75])
    }

    /// What is kept with a state comes back as it was; what is no number stays none.
    @Test func readBack() throws {
        let list = Certificates([
            good, bad, Certificate("kinks", value: 0.5, limit: nil, meaning: "m", method: "w", interval: 0.25...0.75),
        ])
        let read = try JSONDecoder().decode(Certificates.self, from: JSONEncoder().encode(list))
        #expect(read == list)
        let lost = Certificates([Certificate("finite", value: .infinity, limit: 0, meaning: "", method: "")])
        let none = try JSONDecoder().decode(Certificates.self, from: JSONEncoder().encode(lost))
        #expect(none.list[0].value.isNaN && !none.list[0].passed)
        #expect(list.named("third").list.map(\.name) == ["third: weights", "third: symmetry", "third: kinks"])
    }

    /// Oracle: Wilson's formula by hand: (0 + z²)/(10 + z²) for none of 10; for 5 of 10, ½ ± ½ z/√(10 + z²).
    @Test func wilson() {
        let z = 1.959963984540054
        let none = wilsonInterval(0, of: 10)
        #expect(none.lowerBound == 0 && abs(none.upperBound - z * z / (10 + z * z)) < 1e-9)
        let half = wilsonInterval(5, of: 10)
        #expect(abs(half.upperBound - 0.5 - 0.5 * z / (10 + z * z).squareRoot()) < 1e-9)
        #expect(abs(half.lowerBound + half.upperBound - 1) < 1e-9)
    }

    /// Oracle: bases and densities that are known to be good or bad; the limits' derivations stand beside them.
    @Test func resultsAreJudged() {
        func orthogonality(_ loss: Double, _ kind: Reorthogonalisation) -> Bool {
            Certificate.orthogonality(of: "x", loss: loss, kind, epsilon: 0x1p-52, dimension: 10_000).passed
        }
        #expect(orthogonality(1e-14, .full) && !orthogonality(1e-12, .full))
        #expect(orthogonality(1e-8, .partial) && !orthogonality(1e-3, .partial) && !orthogonality(.nan, .partial))
        #expect(Certificate.residuals([0.1, 0.9]).passed && !Certificate.residuals([0.1, 1.1]).passed)
        #expect(Certificate.residuals([]).passed)
        #expect(Certificate.mass(error: 5e-4).passed && !Certificate.mass(error: 0.01).passed)
        #expect(Certificate.weights(sum: 1 + 1e-14, nodes: 80).passed)
        #expect(!Certificate.weights(sum: 50, nodes: 80).passed)
    }

    /// Oracle: rewritten by hand.
    @Test func numbersInMessages() {
        #expect(Certificates.text(0) == "0" && Certificates.text(1) == "1.0" && Certificates.text(0.0123) == "0.012")
        #expect(Certificates.text(3.14e-7) == "3.1e-7" && Certificates.text(-2.5e9) == "-2.5e9")
        #expect(Certificates.text(.nan) == "no number")
    }
}

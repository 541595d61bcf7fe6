import Agents
import Files
import Foundation
import LinearAlgebra
import Synchronization
import TestSupport
import Testing

@testable import Studies

@Suite struct BrownianMotionTests {
    /// Numbers alone, of three agents with two twins: after 5 iterations λ₁, outliers and interference as given.
    private static func outcome(
        largest: Double = 5, outliers: Double = 10, interference: Double = -0.06, ownInterference: Double = -0.06
    ) -> BrownianMotion.Outcome {
        func contrast(_ quantity: BrownianMotion.Quantity, _ iteration: Int, _ agent: Double, _ twin: Double)
            -> TwinContrast
        {
            // A little of the seed's own, so that there is a spread.
            let seeds = (0..<3).map { 1 + 0.01 * Double($0) }
            return TwinContrast(
                quantity.rawValue, iteration: iteration, agents: seeds.map { agent * $0 },
                twins: seeds.map { [twin * $0, twin * $0 * 1.01] })
        }
        return .init(
            spectra: [contrast(.largest, 5, largest, 0.5), contrast(.outliers, 5, outliers, 0.1)],
            cosines: [
                contrast(.interference, 20, interference, -0.01), contrast(.negativeErrors, 20, 0.6, 0.9),
                contrast(.ownInterference, 20, interference, ownInterference),
                contrast(.ownNegativeErrors, 20, 0.6, 0.5),
            ], warnings: ["something was odd"],
            densities: [
                .init(iteration: 0, twin: nil, grid: [0, 1, 2], values: [1, 0.1, 0.01]),
                .init(iteration: 5, twin: nil, grid: [0, 1, 5], values: [1, 0.1, 0.02]),
                .init(iteration: 5, twin: 1, grid: [0, 1, 2], values: [1, 0.1, 0.01]),
            ],
            matrices: [
                .init(iteration: 20, twin: nil, entries: [1, -0.5, -0.5, 1]),
                .init(iteration: 20, twin: 1, entries: [1, 0, 0, 1]),
            ])
    }

    private static let study: BrownianMotion = {
        var study = BrownianMotion(scale: .small)
        (study.seeds, study.twins) = (3, 2)
        return study
    }()

    @Test func claimsHoldWhereTheNumbersBearThemOut() {
        let report = Self.study.report(Self.outcome())
        #expect(report.claims.count == 4 && report.check().isEmpty)
        // With each network as its own target twins hinder themselves as much: told, and not asserted.
        #expect(report.claims.map(\.holds) == [true, true, true, false])
        #expect(report.claims.map(\.isAsserted) == [true, true, true, false])
        #expect(!Self.study.report(Self.outcome(ownInterference: -0.01)).claims.contains { !$0.holds })
        #expect(
            report.cautions.contains { $0.contains("91.4 % of a twin's errors are negative (of the agent's 60.6 %)") })
        #expect(report.cautions.contains("something was odd"))
    }

    /// Each number that the paper's figure does not have fails the claim that is about it, and no other; the conclusion
    /// says which.
    @Test func claimsFailWhereTheNumbersDoNot() {
        func failed(_ outcome: BrownianMotion.Outcome) -> [String] {
            Self.study.report(outcome).check().map { String($0.statement.prefix(24)) }
        }
        #expect(failed(Self.outcome(largest: 0.4)) == ["the Hessian's largest ei"])
        #expect(failed(Self.outcome(outliers: 0.1)) == ["gradient descent leaves "])
        #expect(failed(Self.outcome(interference: 0)) == ["on the agent's loss, gra"])
        let words = Self.study.report(Self.outcome(outliers: 0.1)).blocks.compactMap { block in
            if case .text(let text) = block { text } else { nil }
        }
        #expect(words.contains { $0.contains("They do not bear out that gradient descent leaves more outliers") })
    }

    /// The report word for word, from made-up numbers: a change of what users read must be meant.
    @Test func theReportReadsAsItShould() throws {
        let folder = try TemporaryFolder()
        let place = try StudyFolder(folder.file("study"))
        _ = try Self.study.report(Self.outcome()).write(
            to: place, settings: StudyTable(["setting", "here"]), about: "About.")
        let text = try String(contentsOfFile: place.reportPath, encoding: .utf8)
        for words in [
            "# Gradient descent against Brownian motion\n\nAbout.\n\n## Findings\n\n",
            "(λ₁ of the Hessian after 5 iterations: agent 5.05, twins 0.508, difference 4.54, 95 % interval over 3 agents "
                + "[4.43, 4.65], to lie above 0)",
            "| mean of min(cosine, 0) | 20 | -0.0606 [-0.0621, -0.0591] | -0.0102 [-0.0104, -0.0099] | "
                + "-0.0504 [-0.0517, -0.0492] |\n",
            "![Cosines of the first agent and its first twin.](figures/cosines.svg)",
            "The numbers bear out that the Hessian's largest eigenvalue is larger",
            "The numbers in full: [contrasts.csv](tables/contrasts.csv).\n",
        ] { #expect(text.contains(words), "\(words) in \(text)") }
        let numbers = try String(contentsOfFile: place.tables + "/contrasts.csv", encoding: .utf8)
        #expect(numbers.split(separator: "\n").count == 1 + 6 * 3 * 3)
    }

    private static let smallest: [StudySetting] = [
        StudySetting("hidden", "[8]"), StudySetting("images", "40"), StudySetting("batch", "8"),
        StudySetting("target_period", "5"), StudySetting("hessian_iterations", "[0,2]"),
        StudySetting("covariance_iterations", "[1,3]"), StudySetting("replay", "100"), StudySetting("warm_up", "40"),
        StudySetting("seeds", "2"), StudySetting("twins", "2"), StudySetting("hessian_examples", "20"),
        StudySetting("covariance_examples", "16"), StudySetting("top", "2"), StudySetting("probes", "2"),
        StudySetting("lanczos_steps", "20"),
    ]

    @discardableResult
    private func execute(in path: String, _ session: StudySession = StudySession()) throws -> StudyEnding {
        try StudyExecution(BrownianMotion.self, settings: Self.smallest, in: path).run(session)
    }

    /// Oracle: an execution that nobody interrupted; every file that people and programs read, byte by byte. At step 0 the
    /// twins are where their agents are.
    @Test func goesOnAfterAnInterruption() throws {
        let folder = try TemporaryFolder()
        try execute(in: folder.file("whole"))
        let asked = Atomic<Int>(0)
        var session = StudySession()
        session.shouldStop = { asked.wrappingAdd(1, ordering: .relaxed).newValue > 25 }
        let fault = #expect(throws: Fault.self) { try execute(in: folder.file("part"), session) }
        #expect(fault?.kind == .interrupted)
        session.shouldStop = { false }
        session.workers = Workers(2)
        let ending = try execute(in: folder.file("part"), session)
        #expect(ending.claims.count == 4)
        for name in [
            "report.md", "result.json", "study.json", "tables/contrasts.csv", "figures/densities.dat",
            "figures/cosines.dat", "runs/agent-1/checkpoints/step_00000015.twin_2.safetensors",
        ] {
            let files = try ["whole", "part"].map {
                try Data(contentsOf: URL(fileURLWithPath: folder.file("\($0)/\(name)")))
            }
            #expect(files[0] == files[1], "\(name)")
        }
        let numbers = try String(contentsOfFile: folder.file("whole/tables/contrasts.csv"), encoding: .utf8)
        let rows = numbers.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let first = rows.filter { $0[0] == "largest_eigenvalue" && $0[1] == "0" && $0[2] == "0" }
        #expect(first.count == 3 && Set(first.map { $0[4] }).count == 1)
        let later = rows.filter { $0[0] == "largest_eigenvalue" && $0[1] == "2" && $0[2] == "0" }
        #expect(Set(later.map { $0[4] }).count == 3)
    }

    /// Only the checkpoints that are needed are kept.
    @Test func checkpointsAreTheIterations() throws {
        let folder = try TemporaryFolder()
        try execute(in: folder.file("study"))
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder.file("study/runs/agent-0/checkpoints"))
        let agents = names.filter { $0.split(separator: ".").count == 2 }.sorted()
        #expect(
            agents == [
                "step_00000000.safetensors", "step_00000005.safetensors", "step_00000010.safetensors",
                "step_00000015.safetensors",
            ])
    }

    /// Every setting is in the report: what decides the result must be read there.
    @Test func everySettingIsAChoice() {
        for scale in StudyScale.allCases {
            #expect(Set(BrownianMotion(scale: scale).choices.map(\.key)) == Set(BrownianMotion.keys))
        }
    }

    @Test func impossibleSettingsAreRefused() throws {
        for (key, value, words) in [
            ("seeds", "0", "from 1"), ("twins", "0", "from 1"), ("hessian_iterations", "[5]", "begin with 0"),
            ("covariance_iterations", "[3,1]", "ascending"), ("data", "imagenet", "objects"),
            ("hidden", "[]", "at least one"), ("learning_rate", "-1", "above 0"),
        ] {
            var study = BrownianMotion(scale: .small)
            let fault = #expect(throws: Fault.self) { try study.apply([StudySetting(key, value)]) }
            #expect(fault?.kind == .usage && fault?.description.contains(words) == true, "\(fault?.description ?? "")")
        }
        for scale in StudyScale.allCases { try BrownianMotion(scale: scale).validate() }
    }
}

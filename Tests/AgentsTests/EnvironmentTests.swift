import Agents
import Datasets
import Files
import LinearAlgebra
import Testing

@Suite struct EnvironmentTests {
    static let images = ImageSet.labelled(count: 200)

    /// Oracle: Pearson's χ² of ten equally likely cells has 9 degrees of freedom: mean 9, and above 33.7 with
    /// probability 1e-4. The seed is fixed, so it either always passes or never.
    private func expectUniform(_ counts: [Int], _ what: String) {
        let expected = Double(counts.reduce(0, +)) / Double(counts.count)
        let statistic = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        #expect(statistic < 33.7, "\(what): \(counts)")
    }

    private func counts(_ values: some Sequence<Int>) -> [Int] {
        values.reduce(into: [Int](repeating: 0, count: 10)) { $0[$1] += 1 }
    }

    /// Random labels are drawn once from the seed: uniform (χ² as above), the same for the same seed, and equal to the
    /// true ones for a tenth of 2000 images within five standard deviations, √(2000 · 0.1 · 0.9) = 13.4.
    @Test func randomLabelsAreUniformAndFixed() throws {
        let images = ImageSet.labelled(count: 2000)
        let first = try ClassificationMDP(images: images, rewards: .randomLabel, seed: 1)
        expectUniform(counts(first.labels), "random labels")
        #expect(try ClassificationMDP(images: images, rewards: .randomLabel, seed: 1).labels == first.labels)
        #expect(try ClassificationMDP(images: images, rewards: .randomLabel, seed: 2).labels != first.labels)
        let agreements = zip(first.labels, images.labels).count { $0 == $1 }
        #expect(abs(Double(agreements) - 200) < 67)
    }

    /// Oracle: an environment that was never saved.
    @Test func aRestoredEnvironmentGoesOnTheSame() throws {
        var environment = try ClassificationMDP(images: Self.images, rewards: .sparseReward, seed: 14)
        for action in 0..<10 { _ = environment.step(action) }
        var other = try ClassificationMDP(images: Self.images, rewards: .sparseReward, seed: 14)
        try other.restore(environment.state)
        for _ in 0..<50 {
            #expect(environment.step(environment.state.state).observation == other.step(other.state.state).observation)
        }
        #expect(environment.state == other.state)
        var wrong = environment.state
        wrong.image = (wrong.image + 1) % 200
        #expect(throws: Fault.self) { try other.restore(wrong) }
    }

    @Test func aStateWithoutImagesIsRefused() {
        let fault = #expect(throws: Fault.self) {
            _ = try ClassificationMDP(images: .labelled(count: 9), rewards: .trueLabel, seed: 0)
        }
        #expect(fault?.kind == .data)
        #expect(fault?.what.contains("class 9") == true)
    }

    @Test func observationsAreTheImagesNumbers() throws {
        let environment = try ClassificationMDP(images: Self.images, rewards: .trueLabel, seed: 15)
        let inputs = Matrix<Float>(rows: 2, columns: Self.images.imageSize)
        environment.write([ImageIndex(7), ImageIndex(3)], into: inputs)
        #expect(inputs.row(0).array == Self.images.pixels(of: 7).map { Float($0) / 255 })
        #expect(inputs.row(1).array == Self.images.pixels(of: 3).map { Float($0) / 255 })
    }

    @Test func imageIndicesSurviveTheirBytes() {
        let indices = [0, 1, 255, 256, 65_536, 2_147_483_647].map(ImageIndex.init)
        let bytes = ImageIndex.bytes(of: indices)
        #expect(bytes.count == 24)
        #expect(Array(bytes[4..<8]) == [1, 0, 0, 0])
        #expect(ImageIndex.observations(from: bytes, count: 6) == indices)
        #expect(ImageIndex.observations(from: bytes, count: 5) == nil)
    }
}

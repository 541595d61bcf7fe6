import Krylov
public import LinearAlgebra
public import Networks

extension HessianConfiguration {
    /// Probes of each half of the examples: a third of all, at least 3, so that their own spread is known.
    var probesPerResample: Int { max(3, density.probes / 3) }

    /// How many probes advance together, so that their products go through as one block: as many as keep the bases
    /// within 512 MB, and the tangents on all boundaries within another, at most 8. The problem decides, not the
    /// machine, so that the result is the same everywhere.
    public func blockSize<Element: Scalar>(for network: Network<Element>, examples: Int) -> Int {
        let basis = basisBytes(for: network, length: density.steps)
        // The values' tangents, and the cotangents'.
        let tangents = 2 * examples * network.layers.widthOfAllBoundaries * MemoryLayout<Element>.stride
        // Two at least where there is room: certificates take them together.
        return max(1, min(8, max(2, density.probes), (512 << 20) / max(1, basis), (512 << 20) / max(1, tangents)))
    }

    /// What the Krylov bases take at a time, in bytes.
    public func vectorBytes<Element: Scalar>(for network: Network<Element>, examples: Int) -> Int {
        let count = network.layout.count
        let block = density.probes == 0 ? 0 : blockSize(for: network, examples: examples)
        let extremes = top == 0 ? 0 : ExtremeConfiguration.basisLength(count: min(top, count), dimension: count)
        let held = density.deflation == .yes && density.probes > 0 ? min(top, count) : 0
        return max(
            block * basisBytes(for: network, length: density.steps + 2) + basisBytes(for: network, length: held),
            basisBytes(for: network, length: extremes + held + 2))
    }

    private func basisBytes<Element: Scalar>(for network: Network<Element>, length: Int) -> Int {
        // No basis is longer than the space.
        min(length, network.layout.count) * network.layout.count * MemoryLayout<Element>.stride
    }

    /// Products that a run usually takes: the densities' exactly (but for those of `tolerance`), the extremes' by
    /// experience, five for certificates. Those on halves of the examples count half.
    public func expectedProducts(parameters: Int) -> Int {
        let steps = min(density.steps, parameters)
        let methods = density.estimators == .both ? 2 : 1
        let densities = methods * density.probes * steps + resamples * probesPerResample * steps / 2
        let extremes = top > 0 ? 4 * min(top, parameters) + 40 : 0
        return OperatorExamination<Float>.productCount + densities + extremes
    }
}

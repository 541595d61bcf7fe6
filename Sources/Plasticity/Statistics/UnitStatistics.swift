import Networks

/// Counted units of some of the layers.
private struct Share {
    private var count = 0
    private var total = 0

    mutating func add(_ units: [Bool]) {
        count += units.count { $0 }
        total += units.count
    }

    var fraction: Double? { total > 0 ? Double(count) / Double(total) : nil }
}

extension NetworkStatistics {
    /// Dead, dormant, saturated and linearised units of every layer, and of all layers together.
    mutating func addUnits(_ layers: [UnitCounts], _ configuration: StatisticsConfiguration) {
        let tau = configuration.dormantThreshold
        addShares(of: layers.filter(\.canDie), .dead, .deadChannels) { $0.isDead }
        addShares(of: layers.filter(\.canSaturate), .saturated, .saturatedChannels) { $0.isSaturated }
        addShares(of: layers.filter(\.canBeLinear), .linearised, .linearisedChannels) { $0.isLinearised }
        addShare(of: layers, Statistic.dormant.name) { $0.isDormant(tau) }
        addShare(of: layers, Statistic.dormantChannels.name) { $0.isDormantChannel(tau) }
        for threshold in configuration.furtherDormantThresholds {
            addShare(of: layers, StatisticsConfiguration.dormantName(threshold)) { $0.isDormant(threshold) }
        }
        addRate(of: layers.filter(\.canDie), .zeroActivations) { $0.zeroPairs }
        addRate(of: layers.filter(\.canSaturate), .saturationRate) { $0.saturatedPairs }
        if layers.isEmpty { warnings.append("the network has no activation functions, so no units that could be dead") }
    }

    private mutating func addShares(
        of layers: [UnitCounts], _ units: Statistic, _ channels: Statistic, _ test: (UnitCounts) -> [Bool]
    ) {
        addShare(of: layers, units.name, test)
        addShare(of: layers, channels.name) { $0.channels(allOf: test($0)) }
    }

    /// - Parameter test: which of the layer's units (or channels) are counted.
    private mutating func addShare(of layers: [UnitCounts], _ name: String, _ test: (UnitCounts) -> [Bool]) {
        var all = Share()
        for counts in layers {
            var share = Share()
            let found = test(counts)
            share.add(found)
            all.add(found)
            if let fraction = share.fraction { set(name, fraction, layer: counts.layer.name, kind: counts.layer.kind) }
        }
        if let fraction = all.fraction { set(name, fraction) }
    }

    private mutating func addRate(
        of layers: [UnitCounts], _ statistic: Statistic, _ pairs: (UnitCounts) -> Double
    ) {
        var (sum, total) = (0.0, 0.0)
        for counts in layers where counts.pairs > 0 {
            set(statistic, pairs(counts) / counts.pairs, layer: counts.layer.name, kind: counts.layer.kind)
            sum += pairs(counts)
            total += counts.pairs
        }
        if total > 0 { set(statistic, sum / total) }
    }
}

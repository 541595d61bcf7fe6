public import Files

extension RunConfiguration {
    /// Adds interventions after those that are there, each applied to the configuration as those before it left it.
    ///
    /// What is then written down is the configuration after the change and, in `interventions`, the settings with all
    /// their constants; a resumed run takes it as it stands, so that nothing is done twice. Call it when everything
    /// else is set.
    ///
    /// - Throws: `Fault` of kind `usage` for an intervention that is not known, is there already, or does not go
    ///   together with the run; the configuration is then as it was.
    public mutating func intervene(with settings: [InterventionSetting]) throws(Fault) {
        var changed = self
        for setting in settings {
            let intervention = try Interventions.intervention(setting)
            if changed.interventions.contains(where: { $0.name == setting.name }) {
                throw Fault(
                    .usage, "is given twice", at: "intervention \(setting.name)",
                    remedy: "Give it once, with the constants that you want")
            }
            try intervention.change(&changed)
            changed.interventions.append(try Interventions.completed(setting))
        }
        self = changed
    }
}

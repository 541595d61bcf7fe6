import Files
import Plasticity
import Testing

@Suite struct ProbeConfigurationTests {
    @Test(arguments: [\ProbeConfiguration.tasks, \ProbeConfiguration.steps, \ProbeConfiguration.batchSize])
    func refusesNothingToDo(_ key: WritableKeyPath<ProbeConfiguration, Int>) throws {
        var configuration = ProbeConfiguration()
        try configuration.validate()
        configuration[keyPath: key] = 0
        #expect(throws: Fault.self) { try configuration.validate() }
    }
}

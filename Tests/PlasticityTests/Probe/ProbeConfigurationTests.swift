import Files
import Foundation
import Plasticity
import Testing

@Suite struct ProbeConfigurationTests {
    @Test(arguments: ["tasks", "steps", "batch_size", "frequency"])
    func refusesNothingToDo(_ key: String) throws {
        let json = Data(#"{"\#(key)": 0}"#.utf8)
        let configuration = try JSONDecoder().decode(ProbeConfiguration.self, from: json)
        #expect(throws: Fault.self) { try configuration.validate() }
    }

    /// Files may leave out what they do not change.
    @Test func absentKeysHaveTheirDefaults() throws {
        let read = try JSONDecoder().decode(ProbeConfiguration.self, from: Data("{}".utf8))
        #expect(read == ProbeConfiguration())
        try read.validate()
    }
}

import ArgumentParser
@testable import HostCLI
import ProgramVersion
import Testing

@Suite struct ProgramVersionTests {
    @Test func versionNamesTheCommitThatTheProgramIsOf() throws {
        #expect(Aftercare.configuration.version == "aftercare, \(ProgramVersion.text)")
        #expect(ProgramVersion.text.wholeMatch(of: /unreleased, of commit (unknown|[0-9a-f]{12,})/) != nil)
    }

    /// The port is known before anybody listens, nobody else is given it, and whoever is meant to listen there can.
    @Test(arguments: ["127.0.0.1", "::1", "localhost"]) func portIsReservedUntilItIsListenedOn(host: String) throws {
        let first = try #require(ReservedPort(host: host))
        let second = try #require(ReservedPort(host: host))
        #expect(first.number > 0 && first.number != second.number)
    }
}

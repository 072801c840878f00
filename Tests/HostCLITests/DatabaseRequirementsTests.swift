@testable import HostCLI
import Testing

/// What a database must be, as a rule: which servers and roles are refused, and why.
struct DatabaseRequirementsTests {
    private func faults(
        encoding: String = "UTF8",
        version: Int = 150_004,
        schema: String? = "public",
        mayCreate: Bool = true,
        isReadOnly: Bool = false,
        timeout: Int = 0,
        migrates: Bool = false
    ) -> [String] {
        DatabaseRequirements(
            encoding: encoding,
            serverVersion: version,
            schema: schema,
            mayCreate: mayCreate,
            isReadOnly: isReadOnly,
            statementTimeout: timeout
        ).faults(migrates: migrates)
    }

    @Test func whatFitsHasNoFault() {
        #expect(faults().isEmpty && faults(version: 140_000, migrates: true).isEmpty)
        // Only whoever makes tables must be allowed to.
        #expect(faults(mayCreate: false).isEmpty)
    }

    @Test func eachFaultIsNamed() {
        #expect(faults(encoding: "LATIN1")[0].contains("LATIN1"))
        #expect(faults(encoding: "SQL_ASCII").count == 1)
        #expect(faults(version: 130_012)[0].contains("PostgreSQL 13"))
        #expect(faults(schema: nil)[0].contains("search_path"))
        #expect(faults(mayCreate: false, migrates: true)[0].contains("GRANT CREATE"))
        #expect(faults(isReadOnly: true)[0].contains("default_transaction_read_only"))
        #expect(faults(timeout: 50)[0].contains("statement_timeout of 50 ms"))
        #expect(faults(encoding: "LATIN1", isReadOnly: true, timeout: 1).count == 3)
    }
}

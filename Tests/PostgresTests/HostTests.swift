import Glibc
@testable import Postgres
import TestSupport
import Testing

@Suite(.emptyDatabase) struct HostTests {
    private typealias Host = ConnectionSettings.Host

    /// The running test's database behind other hosts.
    private func settings(hosts: String, ports: String) throws -> ConnectionSettings {
        var parameters = Database.current.settings.parameters
        parameters["host"] = hosts
        parameters["port"] = ports
        var settings = try ConnectionSettings(parameters: parameters)
        settings.requiresDurability = false
        return settings.patient
    }

    private func socketFolder() throws -> String {
        try #require(Database.current.settings.hosts.first).name
    }

    @Test func everyHostOfTheListHasItsOwnPort() throws {
        let one = try ConnectionSettings(parameters: ["host": "a,b", "port": "1,2"])
        #expect(one.hosts == [Host(name: "a", address: "", port: "1"), Host(name: "b", address: "", port: "2")])
        let shared = try ConnectionSettings(parameters: ["host": "a,b", "port": "5"])
        #expect(shared.hosts.map(\.port) == ["5", "5"])
        let none = try ConnectionSettings(parameters: ["host": "/run/postgresql"])
        #expect(none.hosts == [Host(name: "/run/postgresql", address: "", port: "")])
        let addresses = try ConnectionSettings(parameters: ["host": "a,b", "hostaddr": "10.0.0.1,10.0.0.2"])
        #expect(addresses.hosts.map(\.address) == ["10.0.0.1", "10.0.0.2"])
        let link = try ConnectionSettings("postgresql://me@a:1,b:2/shop?connect_timeout=7")
        #expect(link.hosts.map(\.name) == ["a", "b"])
        #expect(link.hosts.map(\.port) == ["1", "2"])
        #expect(link.databaseName == "shop")
        #expect(link.connectTimeout == .seconds(7))
    }

    @Test(arguments: [
        ["host": "a,b,c", "port": "1,2"], ["host": "a,b", "hostaddr": "10.0.0.1"], ["host": "a", "port": "1,2"],
    ])
    func listsOfDifferentLengthsAreRefused(parameters: [String: String]) {
        let refused = #expect(throws: PostgresError.self) { _ = try ConnectionSettings(parameters: parameters) }
        guard case .configuration = refused else {
            Issue.record("refused with \(String(describing: refused))")
            return
        }
    }

    @Test func hostThatHangsIsPassedOverAndTriedLastFromThenOn() async throws {
        let hole = try Port(listens: true)
        defer { withExtendedLifetime(hole) {} }
        var settings = try settings(hosts: "127.0.0.1,\(try socketFolder())", ports: "\(hole.number),5432")
        settings.connectTimeout = .seconds(10)
        let hosts = HostOrder(settings)
        #expect(hosts.current.map(\.port) == ["\(hole.number)", "5432"])
        for _ in 0..<2 {
            let connection = try await Connection.connect(settings, hosts: hosts)
            let row = try await connection.read([Statement("SELECT 1 AS n")])[0].single()
            #expect(try row.value("n", as: Int.self) == 1)
            await connection.close()
            #expect(hosts.current.map(\.port) == ["5432", "\(hole.number)"])
        }
    }

    @Test func hostThatHangsAloneIsReportedAsSuch() async throws {
        let hole = try Port(listens: true)
        defer { withExtendedLifetime(hole) {} }
        var settings = try settings(hosts: "127.0.0.1", ports: "\(hole.number)")
        settings.connectTimeout = .milliseconds(300)
        let hung = settings
        let refused = await #expect(throws: PostgresError.self) { _ = try await Connection.connect(hung) }
        #expect(
            refused == .unreachable([HostFailure(host: "127.0.0.1", port: "\(hole.number)", reason: .deadline)])
        )
    }

    @Test func cancelledWhileTheHostHangsIsCancelled() async throws {
        let hole = try Port(listens: true)
        defer { withExtendedLifetime(hole) {} }
        var settings = try settings(hosts: "127.0.0.1", ports: "\(hole.number)")
        settings.connectTimeout = .seconds(600)
        let connecting = Task { [settings] in
            let connection = try await Connection.connect(settings)
            await connection.close()
        }
        try await Task.sleep(for: .milliseconds(50))
        connecting.cancel()
        #expect(await connecting.postgresError == .cancelled)
    }

    @Test func portWhereNobodyListensRefuses() async throws {
        let closed = try Port(listens: false)
        defer { withExtendedLifetime(closed) {} }
        let alone = try settings(hosts: "127.0.0.1", ports: "\(closed.number)")
        let refused = await #expect(throws: PostgresError.self) { _ = try await Connection.connect(alone) }
        let expected = HostFailure(host: "127.0.0.1", port: "\(closed.number)", reason: .refused)
        #expect(refused == .unreachable([expected]))

        // A refusal costs no time: the order stays as the settings have it.
        let both = try settings(hosts: "127.0.0.1,\(try socketFolder())", ports: "\(closed.number),5432")
        let hosts = HostOrder(both)
        let connection = try await Connection.connect(both, hosts: hosts)
        await connection.close()
        #expect(hosts.current.map(\.port) == ["\(closed.number)", "5432"])
    }

    /// Each cause by its own name: what is to be done about it differs.
    @Test func causesOfARefusalAreToldApart() async throws {
        func reasons(_ change: (inout ConnectionSettings) throws -> Void) async throws -> [HostFailure.Reason] {
            var settings = Database.current.settings
            try change(&settings)
            let wrong = settings
            return await #expect(throws: PostgresError.self) { _ = try await Connection.connect(wrong) }?.reasons ?? []
        }
        let folder = try socketFolder()
        func named(_ more: String) throws -> ConnectionSettings {
            try ConnectionSettings("port=5432 dbname=\(Database.current.settings.databaseName) \(more)").patient
        }
        #expect(try await reasons { $0 = $0.database("no_such_database") } == [.noSuchDatabase])
        #expect(try await reasons { $0 = try named("host=\(folder) user=nobody_of_that_name") } == [.notAdmitted])
        #expect(try await reasons { $0 = try named("host=/no/such/folder user=aftercare") } == [.noSocket])
    }

    /// As libpq 15 says it; the server's part is the SQLSTATE, whose severity may be in any language.
    @Test(
        arguments: [
            ("connection to server at \"db\", port 5432 failed: FATAL:  28P01\n", .wrongPassword),
            ("connection to server at \"db\", port 28000 failed: ВАЖНО:  3D000\n", .noSuchDatabase),
            ("connection to server at \"db\", port 5432 failed: fe_sendauth: no password supplied\n", .passwordMissing),
            ("connection to server at \"db\", port 5432 failed: FATAL:  53300\n", .tooManyConnections),
            ("connection to server at \"db\", port 5432 failed: FATAL:  57P03\n", .starting),
            ("failed: FATAL:  28P01\nconnection to server at \"db\" failed: FATAL:  28000\n", .wrongPassword),
            ("could not translate host name \"db\" to address: Name or service not known\n", .unknownHost),
            ("root certificate file \"/x\" does not exist\n", .untrustedCertificate),
            ("failed: SSL error: certificate verify failed\n", .untrustedCertificate),
            ("server certificate for \"other\" does not match host name \"db\"\n", .otherCertificate),
            ("failed: server does not support SSL, but SSL was required\n", .noTLS),
            ("failed: session is read-only\n", .notWritable), ("failed: FATAL:  42704\n", .rejected),
            ("failed: Connection refused\n\tIs the server running on that host?\n", .refused), ("", .refused),
        ] as [(String, HostFailure.Reason)]
    )
    func libpqsSentencesAreUnderstood(sentences: String, reason: HostFailure.Reason) {
        #expect(HostFailure.Reason(sentences: sentences) == reason)
    }

    @Test func serverThatMayLoseCommitsIsRefused() async throws {
        var settings = Database.current.settings
        settings.requiresDurability = true
        let strict = settings
        let refused = await #expect(throws: PostgresError.self) { _ = try await Connection.connect(strict) }
        #expect(refused?.reasons == [.notDurable])
    }

    @Test func readOnlyDatabaseIsRefused() async throws {
        let name = Database.current.settings.databaseName
        try await Database.current.withPool(connections: 1) { pool in
            _ = try await pool.write([
                Statement(assembled: "ALTER DATABASE \(name) SET default_transaction_read_only = on")
            ])
        }
        let refused = await #expect(throws: PostgresError.self) {
            _ = try await Connection.connect(Database.current.settings)
        }
        #expect(refused?.reasons == [.notWritable])
    }

    @Test func hostOfAnotherClusterIsRefused() throws {
        let hosts = HostOrder(try ConnectionSettings(parameters: ["host": "a,b"]))
        #expect(hosts.admits(systemIdentifier: "1"))
        #expect(!hosts.admits(systemIdentifier: "2"))
        #expect(hosts.admits(systemIdentifier: "1"))
    }
}

extension PostgresError {
    fileprivate var reasons: [HostFailure.Reason] {
        if case .unreachable(let failures) = self { failures.map(\.reason) } else { [] }
    }
}

/// A TCP port of this machine where nobody ever answers: a black hole if it listens (the kernel takes the caller in),
/// a refusal if it does not.
private final class Port {
    let number: UInt16
    private let descriptor: Int32

    init(listens: Bool) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let succeeded = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                if bind(descriptor, address, length) != 0 { return false }
                if listens, listen(descriptor, 16) != 0 { return false }
                return getsockname(descriptor, address, &length) == 0
            }
        }
        number = UInt16(bigEndian: address.sin_port)
        try #require(succeeded)
    }

    deinit { close(descriptor) }
}

/// Where the database is and how to speak to it, given the libpq way: a URL or `key=value` string over the `PG…`
/// environment, with a comma-separated host list if the database has several machines.
public struct ConnectionSettings: Sendable, CustomStringConvertible, CustomReflectable {
    /// One entry of the host list.
    struct Host: Sendable, Hashable {
        let name: String
        let address: String
        let port: String
    }

    /// What stands between this client and the server.
    public enum Pooler: String, Sendable {
        /// Nothing, or a pooler that gives each client a session of its own.
        case none
        /// A pooler in transaction mode (PgBouncer): no named statements, no settings that outlive a transaction.
        case transaction
    }

    let hosts: [Host]
    private(set) var parameters: [String: String]

    /// The pooler between this client and the server.
    public var pooler = Pooler.none
    /// Whether statements are prepared by name and kept per connection. Always off behind a transaction-mode pooler.
    public var preparesStatements = true
    /// How long one host may take to accept a connection; name look-up included.
    public var connectTimeout = Duration.seconds(2)
    /// How long one round trip may take, from the first byte sent to the last received.
    public var queryTimeout = Duration.milliseconds(2_500)
    /// How long a statement may wait for a lock; below `queryTimeout`, so that the server's answer arrives in time.
    public var lockTimeout = Duration.milliseconds(1_500)
    /// Whether a server that may lose acknowledged commits (fsync, full_page_writes or synchronous_commit off) is
    /// refused.
    public var requiresDurability = true

    /// Whether what is asked is a step of the trace in which it is asked.
    package var isTraced = false

    /// Statements are prepared by name only where a session is ours alone.
    var usesNamedStatements: Bool { preparesStatements && pooler == .none }

    /// Settings from a connection string, empty for the environment alone. What neither says is libpq's to fill in: from
    /// a service's file, a password file, its own defaults.
    /// - Throws: `PostgresError.configuration` when libpq cannot read it. The message never repeats the string, which
    ///   may hold a password.
    public init(_ connectionString: String = "") throws(PostgresError) {
        try self.init(parameters: ConnectionString(connectionString).completed())
    }

    /// Settings from libpq's own keywords, on top of nothing: the environment plays no part.
    public init(parameters: [String: String]) throws(PostgresError) {
        var parameters = parameters
        let names = Self.list(parameters.removeValue(forKey: "host"))
        let addresses = Self.list(parameters.removeValue(forKey: "hostaddr"))
        let ports = Self.list(parameters.removeValue(forKey: "port"))
        let count = Swift.max(names.count, addresses.count, 1)
        guard names.isEmpty || addresses.isEmpty || names.count == addresses.count else {
            throw .configuration("host and hostaddr list different numbers of hosts")
        }
        guard ports.count <= 1 || ports.count == count else {
            throw .configuration("port must be given once or once for each host")
        }
        // What is no number is not repeated: in a URL it may be a part of the password.
        guard ports.allSatisfy({ $0.isEmpty || UInt16($0).map { $0 > 0 } == true }) else {
            throw .configuration("a port is no number from 1 to 65535 (a / in a password of a URL is written as %2F)")
        }
        hosts = (0..<count).map { index in
            Host(
                name: index < names.count ? names[index] : "",
                address: index < addresses.count ? addresses[index] : "",
                port: ports.isEmpty ? "" : ports[ports.count == 1 ? 0 : index]
            )
        }
        if let seconds = parameters.removeValue(forKey: "connect_timeout").flatMap({ Int($0) }), seconds > 0 {
            connectTimeout = .seconds(seconds)
        }
        // No TCP setting notices a server that hangs, but these notice a link that is cut.
        let linkChecks = [
            "keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "2",
            "tcp_user_timeout": "3000", "target_session_attrs": "read-write",
        ]
        for (key, value) in linkChecks where (parameters[key] ?? "any") == "any" || parameters[key] == "0" {
            parameters[key] = value
        }
        parameters["client_encoding"] = "UTF8"
        // So that whoever looks at the server's sessions sees whose they are.
        parameters["fallback_application_name"] = "aftercare"
        self.parameters = parameters
    }

    /// The same settings for another database of the same server.
    public func database(_ name: String) -> ConnectionSettings {
        var copy = self
        copy.parameters["dbname"] = name
        return copy
    }

    /// The same settings for another role.
    package func user(_ name: String) -> ConnectionSettings {
        var copy = self
        copy.parameters["user"] = name
        return copy
    }

    /// The hosts and the database, and no password.
    public var description: String {
        "database \(databaseName) at \(hosts.map { "\($0.name.isEmpty ? $0.address : $0.name):\($0.port)" }.joined(separator: ","))"
    }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// The folder of the Unix socket, or the name of the first host.
    public var socketFolder: String { hosts[0].name }

    /// The name of the database; libpq falls back on the user's.
    public var databaseName: String { parameters["dbname"] ?? parameters["user"] ?? "" }

    private static func list(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}

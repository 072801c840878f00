import ArgumentParser
import Audit
import CivilTime
import Commerce
import Encodings
import FoundationEssentials
import Logging
import Orders
import StoreHTTP
import SystemPackage

/// `aftercare audit`: whether logs and ledger are as they were.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prove that logs and ledger are as they were.",
        subcommands: [AuditVerify.self, AuditCheckpoint.self]
    )
}

/// `aftercare audit verify`.
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare the log of each order and its money with the checkpoints.",
        discussion: "Exits with 1 where anything was changed, added or taken away since it was written down."
    )

    @OptionGroup var data: DataOptions

    func run() async throws {
        var sentences: [String] = []
        try await Auditor.with(data) { auditor, store in
            let report = try await auditor.verify()
            guard let last = report.last else {
                throw HostError.refused(
                    "There is no checkpoint yet in \(auditor.file.path): \"aftercare audit checkpoint\" makes one."
                )
            }
            sentences = report.findings.map { $0.sentence(store.orders) }
            for at in report.beginnings {
                say("Begun anew at \(at), because the database was restored: nothing from before is compared any more.")
            }
            say(
                "\(report.orders) orders with \(report.entries) entries in \(auditor.file.path), the last of "
                    + "\(last.at), code \(last.codeStart). Newer: \(report.newer)."
            )
        }
        for sentence in sentences { say(sentence) }
        guard sentences.isEmpty else { throw ExitCode(1) }
        say("Logs and ledger are as they were.")
    }
}

/// `aftercare audit checkpoint`.
struct AuditCheckpoint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Write down what logs and ledger come to now.",
        discussion: """
            A server does the same every hour. Exits with 1 where something is not as it was.

            After a restore to an earlier moment, or a failover to a standby that was behind, the database is older than its \
            last checkpoint. --restored says that this is right, and begins anew with all that is there now. That is written \
            down too: aftercare audit verify lists each such beginning.
            """
    )

    @Flag(help: "The database was restored: let it count as it is now.")
    var restored = false
    @OptionGroup var data: DataOptions

    func run() async throws {
        var sentences: [String] = []
        try await Auditor.with(data) { auditor, store in
            let (made, findings) = try await auditor.checkpoint(now: .now(), isBeginning: restored)
            say("\(made.heads.count) orders changed. Checkpoint of \(made.at), code \(made.codeStart).")
            sentences = findings.map { $0.sentence(store.orders) }
        }
        for sentence in sentences { say(sentence) }
        guard sentences.isEmpty else { throw ExitCode(1) }
    }
}

extension Auditor {
    /// The one of a store, where its settings have a place for checkpoints.
    init?(_ store: Store, _ settings: Settings) {
        guard let folder = settings.auditFolder else { return nil }
        self.init(store.pool, keys: store.keys, file: CheckpointFile(folder: folder))
    }

    /// Lends the one of the store that is meant.
    static func with(_ data: DataOptions, _ body: (Auditor, Store) async throws -> Void) async throws {
        let settings = try Settings(options: data.values, environment: ProcessInfo.processInfo.environment)
        try await Host.with(settings) { host in
            try await host.prepareSchema()
            let store = try await Store(
                host.pool,
                keys: host.linkKeys(),
                settings: settings.store,
                provider: nil,
                logger: settings.logger()
            )
            guard let auditor = Auditor(store, settings) else {
                throw HostError.refused(
                    "Nobody said where the checkpoints are: name a folder outside the database with AFTERCARE_AUDIT_DIR."
                )
            }
            try await body(auditor, store)
        }
    }
}

extension Checkpoint {
    /// As much of the code as a person compares.
    fileprivate var codeStart: String { String(code.hexadecimal.prefix(16)) }
}

extension AuditFinding {
    fileprivate func sentence(_ orders: OrderStore) -> String {
        order.map { "Order \(orders.number(of: $0)): \(text)." } ?? "\(text.prefix(1).uppercased() + text.dropFirst())."
    }
}

import Backup
import Commerce
import Configuration
import CivilTime
import Encodings
import GuideFormats
import Links
import Logging
import Mail
import Postgres
import Records
import SMTP
import StaffCLI
import StoreHTTP
import SystemPackage
import Telemetry

/// A setting that can't be used.
struct SettingsError: Error, CustomStringConvertible {
    let key: String
    let problem: String
    var description: String { "\(key) \(problem)" }
}

/// The settings of the program, read and checked at start. `HostCLI.docc/SettingsList.md` has the same
/// list for people.
struct Settings: Sendable {
    /// `AFTERCARE_HOST`: the address to listen on. 127.0.0.1
    let host: String
    /// `AFTERCARE_PORT`: the port to listen on, 0 for any that is free. 8080
    let port: Int
    /// `AFTERCARE_MODE`: `live`, or `test` for a store to try things out in, with a database of its own. live
    let mode: InstallationMode
    /// `AFTERCARE_TLS_CERTIFICATE` and `AFTERCARE_TLS_KEY`: files (PEM) with the server's certificate, those above it after
    /// it, and with its private key, for HTTPS. None: HTTP.
    let tlsFiles: (certificate: String, key: String)?
    /// `AFTERCARE_DATA_DIR`: where the private cluster lives. /var/lib/aftercare for root, else below the home folder.
    let dataFolder: String
    /// `AFTERCARE_BACKUP_DIR`: the folder that the private cluster is backed up to. None: nothing is.
    let backupFolder: String?
    /// `AFTERCARE_BACKUP_PASSPHRASE_FILE`: a file with the passphrase that link key and settings are sealed under in each
    /// backup. Required with a folder.
    let backupPassphraseFile: String?
    /// `AFTERCARE_BACKUP_DAYS` and `AFTERCARE_BACKUP_COUNT`: backups of so many days are kept, 1 to 3650, and the newest of
    /// them whatever their age, 1 to 1000. 14 and 3
    let backupRetention: Retention
    /// The variables that were given, with what managers may see of them.
    let shown: [(name: String, value: String?)]
    /// Whether somebody said which store is meant: by a data folder, or by a database.
    let isStoreNamed: Bool
    /// `AFTERCARE_MIGRATE`: bring the schema up to date before serving. false
    let migrates: Bool
    /// `AFTERCARE_RESET`: empty a database whose schema is an earlier version's. false
    let resets: Bool
    /// `DATABASE_URL`, secret: the database as libpq understands it. Where it and all of libpq's own variables are
    /// absent, the private cluster is used.
    let databaseURL: Secret?
    /// `AFTERCARE_DATABASE_CONNECTIONS`: the most connections to the database, 1 to 100. 10
    let databaseConnections: Int
    /// `AFTERCARE_DATABASE_PATIENCE`: for how many seconds a request waits for the database, for a connection and for each answer,
    /// before it is answered 503, 1 to 600; nil for as long as serves most shops. 2.5
    let databasePatience: Duration?
    /// `AFTERCARE_DATABASE_POOLER`: `none`, or `transaction` behind a pooler in transaction mode. none
    let pooler: ConnectionSettings.Pooler
    /// `AFTERCARE_PUBLIC_URL`: where the store is reached from outside. http://HOST:PORT
    let publicURL: String
    /// `AFTERCARE_TIME_ZONE`: the shop's own time zone. Europe/London
    let timeZone: String
    /// `AFTERCARE_CURRENCY`: the shop's own currency. GBP
    let currency: Currency
    /// `AFTERCARE_STOREFRONT`: whether the shop has a window at `/`, the storefront that comes with the store. true
    let hasStorefront: Bool
    /// `AFTERCARE_PAPER`: what the shop prints on, `a4` with A5 for what lies in the box, or `letter` with its half. a4
    let paper: Paper
    /// `AFTERCARE_INVOICE_DAYS`: after so many days an order that was not paid is cancelled, 1 to 365. 14
    let invoiceDays: Int
    /// `AFTERCARE_SHIP_UNPAID`: whether orders are packed and sent before they are paid. false
    let shipsUnpaid: Bool
    /// `AFTERCARE_STRIPE_KEY`, secret: Stripe's secret key. Without it the shop takes invoices only.
    let stripeKey: Secret?
    /// `AFTERCARE_STRIPE_WEBHOOK_SECRETS`, secret: what Stripe signs its events with; two, separated by a comma, while one
    /// takes over from the other. Required with a key.
    let stripeWebhookSecrets: [Secret]
    /// `AFTERCARE_STRIPE_URL`: where Stripe's API is. https://api.stripe.com
    let stripeURL: String
    /// `AFTERCARE_PAYMENT_MINUTES`: how long a customer has to pay on Stripe's page, and stock is held for it, 35 to 1400.
    /// 60
    let paymentMinutes: Int
    /// `AFTERCARE_PAYMENT_HOURS`: after so many hours an order that was not paid there is cancelled, 1 to 720. 24
    let paymentHours: Int
    /// `AFTERCARE_CORS_ORIGINS`: origins whose pages may call the API, separated by commas. None.
    let corsOrigins: [String]
    /// `AFTERCARE_TRUSTED_PROXIES`: addresses whose X-Forwarded-For is believed, separated by commas. None.
    let trustedProxies: Set<String>
    /// `AFTERCARE_LINK_KEY`, secret, or `AFTERCARE_LINK_KEY_FILE`: 32 bytes in base64 or hexadecimal. Made in the data
    /// folder for the private cluster, required with any other database.
    let linkKey: LinkKey?
    /// `AFTERCARE_LINK_KEY_PREVIOUS`, secret: former link keys whose links still work, separated by commas, at most 15.
    let previousLinkKeys: [LinkKey]
    /// `AFTERCARE_MAIL_FROM`: the address that mail to customers comes from. aftercare@localhost
    let mailFrom: MailAddress
    /// `AFTERCARE_MAIL_NAME`: the name beside that address. DM Aftercare
    let mailName: String
    /// `AFTERCARE_MAIL_REPLY_TO`: the address that answers go to, which a person reads. Where mail comes from.
    let mailReplyTo: MailAddress?
    /// The relay that mail goes through; nil where it goes into a folder. `AFTERCARE_SMTP_URL`: `smtp://HOST:PORT` or
    /// `smtps://HOST:PORT`. `AFTERCARE_SMTP_USER`, and `AFTERCARE_SMTP_PASSWORD`, secret, or `AFTERCARE_SMTP_PASSWORD_FILE`:
    /// the login. `AFTERCARE_SMTP_TLS`: whether STARTTLS is `required`, taken where it is `offered`, or `never` asked for.
    /// `AFTERCARE_SMTP_CA_FILE`: certificates (PEM) of those who may vouch for it, instead of the machine's own.
    let mailRelay: SMTPRelay?
    /// `AFTERCARE_SMTP_RATE`: how many messages a minute the relay takes, 0 for any number. 0
    let mailRate: Int?
    /// Where mail to customers goes without a relay, a file a message: beside the private cluster, or in the data folder that is named
    /// (`AFTERCARE_DATA_DIR`). Nil where there is neither.
    let mailFolder: String?
    /// `AFTERCARE_AUDIT_DIR`: where the checkpoints are kept that prove logs and ledger. The folder `audit` beside the private
    /// cluster, or in the data folder that is named; nil where there is neither.
    let auditFolder: String?
    /// Where erasures are written down beside the database: in the same folder. Nil where there is none.
    let erasureList: String?
    /// `AFTERCARE_PERSONAL_YEARS`: so many years after an order was placed it is erased whose it was, once it is over, 1 to 50;
    /// nil for as many as the law of the seller's country wants invoices kept.
    let personalYears: Int?
    /// `AFTERCARE_VIEW_DAYS`: so many days it is known who of the staff looked at an order, 30 to 3650. 365
    let viewDays: Int
    /// `AFTERCARE_MAIL_DAYS`: so many days a mail's file is kept on this machine, 1 to 3650. 90
    let mailDays: Int
    /// `AFTERCARE_WORKERS`: whether this server tells customers and other systems what happens to the orders.
    /// true
    let tellsCustomers: Bool
    /// `AFTERCARE_WEBHOOK_PRIVATE_TARGETS`: whether webhooks may lead into the shop's own network, without TLS too. false
    let allowsPrivateWebhooks: Bool
    /// `AFTERCARE_STOP_NOTICE`: for how many seconds a server that is told to stop goes on, while `/readyz` says that it is
    /// not ready, 0 to 120. 0
    let stopNotice: Int
    /// `AFTERCARE_METRICS_PORT`: the port at which Prometheus fetches what the program measures; nil for none.
    let metricsPort: Int?
    /// `AFTERCARE_METRICS_HOST`: the address of that port. 127.0.0.1
    let metricsHost: String
    /// `AFTERCARE_OTLP_ENDPOINT`: where a collector takes traces, by OTLP over HTTP in JSON, without the path; nil for none.
    let traceEndpoint: String?
    /// `AFTERCARE_TRACE_RATIO`: which part of the traces that begin here is told, from 0 to 1. 1
    let traceRatio: Double
    /// `AFTERCARE_LOG_FORMAT`: `text`, or `json` for an object a line by OpenTelemetry's names. text
    let logFormat: LineLogHandler.Form
    /// `AFTERCARE_ACCESS_LOG`: what is logged of each request at the level `info`: nothing (`off`), `requests`, or
    /// `addresses` for the caller's address too. requests
    let accessLog: AccessLog
    /// `AFTERCARE_LOG_LEVEL`: trace, debug, info, notice, warning, error or critical. notice
    let logLevel: Logger.Level

    /// libpq's own variables that name a database.
    private static let libpqVariables = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE", "PGUSER"]

    /// Reads the settings.
    /// - Parameters:
    ///   - options: what the command line gives, which wins over the environment; by the variable's name without its prefix, such as `PORT`.
    ///   - environment: the process's environment.
    init(options: [String: String], environment: [String: String]) throws {
        var values = environment
        for (key, value) in options { values["AFTERCARE_" + key] = value }
        let reader = ConfigReader(
            provider: EnvironmentVariablesProvider(
                environmentVariables: values,
                secretsSpecifier: .specific(Self.secrets)
            )
        )
        shown = Self.shown(values)
        let store = reader.scoped(to: "aftercare")
        func fault(_ key: String, _ problem: String) -> SettingsError { SettingsError(key: key, problem: problem) }
        func text(_ key: ConfigKey) -> String? { store.string(forKey: key).flatMap { $0.isEmpty ? nil : $0 } }
        func integer(_ key: ConfigKey, _ name: String, _ standard: Int, _ range: ClosedRange<Int>) throws -> Int {
            guard let given = text(key) else { return standard }
            guard let value = Int(given), range.contains(value) else {
                throw fault(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }

        host = text("host") ?? "127.0.0.1"
        port = try integer("port", "AFTERCARE_PORT", 8080, 0...65_535)
        dataFolder = Self.absolute(text("dataDir") ?? Self.defaultDataFolder(environment))
        switch (text("tlsCertificate"), text("tlsKey")) {
        case (let certificate?, let key?): tlsFiles = (certificate, key)
        case (nil, nil): tlsFiles = nil
        case (nil, _): throw fault("AFTERCARE_TLS_CERTIFICATE", "must be set where AFTERCARE_TLS_KEY is")
        case (_, nil): throw fault("AFTERCARE_TLS_KEY", "must be set where AFTERCARE_TLS_CERTIFICATE is")
        }
        func flag(_ key: ConfigKey, _ name: String) throws -> Bool {
            switch text(key)?.lowercased() {
            case nil, "false", "no", "0": return false
            case "true", "yes", "1": return true
            default: throw fault(name, "must be true or false")
            }
        }
        migrates = try flag("migrate", "AFTERCARE_MIGRATE")
        resets = try flag("reset", "AFTERCARE_RESET")
        func address(_ key: ConfigKey, _ name: String) throws -> MailAddress? {
            guard let given = text(key) else { return nil }
            do { return try MailAddress(given) } catch { throw fault(name, "is no address: \(error)") }
        }
        mailFrom = try address("mailFrom", "AFTERCARE_MAIL_FROM") ?? MailAddress("aftercare@localhost")
        mailName = text("mailName") ?? "DM Aftercare"
        guard mailName.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw fault("AFTERCARE_MAIL_NAME", "must be one line without control characters")
        }
        mailReplyTo = try address("mailReplyTo", "AFTERCARE_MAIL_REPLY_TO")
        mailRelay = try Self.relay(text)
        let rate = try integer("smtpRate", "AFTERCARE_SMTP_RATE", 0, 0...1_000_000)
        mailRate = rate == 0 ? nil : rate
        tellsCustomers = text("workers") == nil ? true : try flag("workers", "AFTERCARE_WORKERS")
        hasStorefront = text("storefront") == nil ? true : try flag("storefront", "AFTERCARE_STOREFRONT")
        shipsUnpaid = try flag("shipUnpaid", "AFTERCARE_SHIP_UNPAID")
        allowsPrivateWebhooks = try flag("webhookPrivateTargets", "AFTERCARE_WEBHOOK_PRIVATE_TARGETS")
        databaseURL =
            reader.string(forKey: "database.url", isSecret: true).flatMap { $0.isEmpty ? nil : Secret($0) }
            ?? (Self.libpqVariables.contains { environment[$0]?.isEmpty == false } ? Secret("") : nil)
        isStoreNamed = text("dataDir") != nil || databaseURL != nil
        let hasFolder = databaseURL == nil || text("dataDir") != nil
        mailFolder = hasFolder && mailRelay == nil ? dataFolder + "/mail" : nil
        auditFolder = text("auditDir").map(Self.absolute) ?? (hasFolder ? dataFolder + "/audit" : nil)
        backupFolder = text("backupDir").map(Self.absolute)
        backupPassphraseFile = text("backupPassphraseFile").map(Self.absolute)
        backupRetention = Retention(
            days: try integer("backupDays", "AFTERCARE_BACKUP_DAYS", 14, 1...3650),
            count: try integer("backupCount", "AFTERCARE_BACKUP_COUNT", 3, 1...1000)
        )
        if backupFolder != nil {
            if databaseURL != nil {
                throw fault(
                    "AFTERCARE_BACKUP_DIR",
                    "is for the store's own database: one that DATABASE_URL names has its own backups"
                )
            }
            if backupPassphraseFile == nil {
                throw fault(
                    "AFTERCARE_BACKUP_PASSPHRASE_FILE",
                    "must be set where AFTERCARE_BACKUP_DIR is: without link key and settings a backup opens no link"
                )
            }
        }
        erasureList = hasFolder ? dataFolder + "/erasures" : nil
        personalYears =
            text("personalYears") == nil ? nil : try integer("personalYears", "AFTERCARE_PERSONAL_YEARS", 1, 1...50)
        viewDays = try integer("viewDays", "AFTERCARE_VIEW_DAYS", 365, 30...3_650)
        mailDays = try integer("mailDays", "AFTERCARE_MAIL_DAYS", 90, 1...3_650)
        databaseConnections = try integer("databaseConnections", "AFTERCARE_DATABASE_CONNECTIONS", 10, 1...100)
        let patience = try integer("databasePatience", "AFTERCARE_DATABASE_PATIENCE", 0, 1...600)
        databasePatience = patience == 0 ? nil : Duration.seconds(patience)
        guard let pooler = ConnectionSettings.Pooler(rawValue: text("databasePooler") ?? "none") else {
            throw fault("AFTERCARE_DATABASE_POOLER", "must be none or transaction")
        }
        self.pooler = pooler
        let publicURL = text("publicUrl") ?? Self.address(host: host, port: port, isSecure: tlsFiles != nil)
        guard publicURL.hasPrefix("http://") || publicURL.hasPrefix("https://"), !publicURL.contains("\""),
            !publicURL.contains("\\")
        else {
            throw fault("AFTERCARE_PUBLIC_URL", "must start with http:// or https://")
        }
        let authority = publicURL.drop { $0 != ":" }.drop { $0 == ":" || $0 == "/" }
        guard !authority.isEmpty, !authority.contains(where: { "?#@".contains($0) }),
            authority.firstIndex(of: "/").map({ $0 == authority.indices.last }) ?? true
        else {
            throw fault(
                "AFTERCARE_PUBLIC_URL",
                "must be an address without a path, such as https://shop.example: the store answers at the root of a host"
            )
        }
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        timeZone = text("timeZone") ?? "Europe/London"
        guard try TimeZoneDatabase().rules(for: timeZone) != nil else {
            throw fault("AFTERCARE_TIME_ZONE", "must be an IANA time zone such as Europe/London")
        }
        guard let currency = Currency(rawValue: text("currency") ?? "GBP") else {
            throw fault("AFTERCARE_CURRENCY", "must be an ISO 4217 code such as GBP")
        }
        self.currency = currency
        guard let paper = Paper(rawValue: text("paper") ?? "a4") else {
            throw fault("AFTERCARE_PAPER", "must be a4 or letter")
        }
        self.paper = paper
        invoiceDays = try integer("invoiceDays", "AFTERCARE_INVOICE_DAYS", 14, 1...365)
        guard let mode = InstallationMode(rawValue: text("mode") ?? "live") else {
            throw fault("AFTERCARE_MODE", "must be live or test")
        }
        self.mode = mode
        stripeKey = text("stripeKey").map(Secret.init)
        if mode == .test, let stripeKey, !Self.isTestKey(stripeKey) {
            throw fault("AFTERCARE_STRIPE_KEY", "must be one of Stripe's test keys where AFTERCARE_MODE is test")
        }
        stripeWebhookSecrets = Self.list(text("stripeWebhookSecrets")).map(Secret.init)
        if stripeKey != nil, !(1...2).contains(stripeWebhookSecrets.count) {
            throw fault(
                "AFTERCARE_STRIPE_WEBHOOK_SECRETS",
                "must be one secret, or two, where AFTERCARE_STRIPE_KEY is set"
            )
        }
        let stripeURL = text("stripeUrl") ?? "https://api.stripe.com"
        guard stripeURL.hasPrefix("https://") || stripeURL.hasPrefix("http://127.0.0.1:") else {
            throw fault("AFTERCARE_STRIPE_URL", "must start with https://, or be a double on http://127.0.0.1:PORT")
        }
        self.stripeURL = stripeURL
        paymentMinutes = try integer("paymentMinutes", "AFTERCARE_PAYMENT_MINUTES", 60, 35...1400)
        paymentHours = try integer("paymentHours", "AFTERCARE_PAYMENT_HOURS", 24, 1...720)
        metricsPort =
            text("metricsPort") == nil
            ? nil : try integer("metricsPort", "AFTERCARE_METRICS_PORT", 0, 0...65_535)
        metricsHost = text("metricsHost") ?? "127.0.0.1"
        traceEndpoint = try text("otlpEndpoint").map { given in
            guard let address = Self.collector(given) else {
                throw fault(
                    "AFTERCARE_OTLP_ENDPOINT",
                    "must be an address without a query, such as http://127.0.0.1:4318"
                )
            }
            return address
        }
        guard let traceRatio = Double(text("traceRatio") ?? "1"), (0...1).contains(traceRatio) else {
            throw fault("AFTERCARE_TRACE_RATIO", "must be a number from 0 to 1")
        }
        self.traceRatio = traceRatio
        guard let logFormat = LineLogHandler.Form(rawValue: text("logFormat") ?? "text") else {
            throw fault("AFTERCARE_LOG_FORMAT", "must be text or json")
        }
        self.logFormat = logFormat
        guard let accessLog = AccessLog(rawValue: text("accessLog") ?? "requests") else {
            throw fault("AFTERCARE_ACCESS_LOG", "must be off, requests or addresses")
        }
        self.accessLog = accessLog
        stopNotice = try integer("stopNotice", "AFTERCARE_STOP_NOTICE", 0, 0...120)
        corsOrigins = Self.list(text("corsOrigins"))
        trustedProxies = Set(Self.list(text("trustedProxies")))
        linkKey = try Self.key(text("linkKey"), file: text("linkKeyFile"), "AFTERCARE_LINK_KEY")
        let previous = Self.list(text("linkKeyPrevious"))
        guard previous.count <= LinkTarget.keyMax else {
            throw fault("AFTERCARE_LINK_KEY_PREVIOUS", "must be at most \(LinkTarget.keyMax) keys")
        }
        previousLinkKeys = try previous.compactMap { try Self.key($0, file: nil, "AFTERCARE_LINK_KEY_PREVIOUS") }
        guard let logLevel = Logger.Level(rawValue: text("logLevel") ?? "notice") else {
            throw fault("AFTERCARE_LOG_LEVEL", "must be trace, debug, info, notice, warning, error or critical")
        }
        self.logLevel = logLevel
    }

    /// A collector's address without a slash at its end; nil for what is none. A password has no place in it.
    private static func collector(_ text: String) -> String? {
        let form = /https?:\/\/([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(\/[A-Za-z0-9._~\-\/]*)?/
        guard text.wholeMatch(of: form) != nil else { return nil }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// The address of a server, with brackets where the host is an IPv6 address.
    static func address(host: String, port: Int, isSecure: Bool = false) -> String {
        "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// The host in the public address, without an IPv6 address's brackets; nil where it is not written in ASCII.
    var publicHost: String? {
        let authority = publicURL.drop { $0 != ":" }.drop { $0 == ":" || $0 == "/" }
        guard authority.allSatisfy(\.isASCII) else { return nil }
        if authority.first == "[" { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }

    /// The variables whose values nobody is shown.
    private static let secrets: Set<String> = [
        "DATABASE_URL", "AFTERCARE_LINK_KEY", "AFTERCARE_LINK_KEY_PREVIOUS", "AFTERCARE_STRIPE_KEY",
        "AFTERCARE_STRIPE_WEBHOOK_SECRETS", "AFTERCARE_SMTP_PASSWORD", "AFTERCARE_TOKEN",
    ]

    /// The variables that were given, with what managers may see of them: no secret, and no address that holds one.
    static func shown(_ values: [String: String]) -> [(name: String, value: String?)] {
        (["DATABASE_URL"] + names.map { "AFTERCARE_" + $0 }).sorted().compactMap { name in
            guard let value = values[name], !value.isEmpty else { return nil }
            let holdsSecret = secrets.contains(name) || value.contains("://") && value.contains("@")
            return (name, holdsSecret ? nil : value)
        }
    }

    /// Every variable of the program's own, the staff's commands' included.
    static let names: Set<String> = [
        "ACCESS_LOG", "AUDIT_DIR", "BACKUP_COUNT", "BACKUP_DAYS", "BACKUP_DIR", "BACKUP_PASSPHRASE_FILE", "CA_FILE",
        "CONFIG_DIR", "CORS_ORIGINS", "CURRENCY", "DATABASE_CONNECTIONS",
        "DATABASE_PATIENCE", "DATABASE_POOLER",
        "DATA_DIR",
        "HOST", "INVOICE_DAYS", "LINK_KEY", "LINK_KEY_FILE", "LINK_KEY_PREVIOUS", "LOG_FORMAT", "LOG_LEVEL",
        "MAIL_DAYS", "MAIL_FROM",
        "MAIL_NAME", "MAIL_REPLY_TO", "METRICS_HOST", "METRICS_PORT", "MIGRATE", "MODE", "OTLP_ENDPOINT", "PAPER",
        "PAYMENT_HOURS", "PAYMENT_MINUTES", "PERSONAL_YEARS", "PORT", "PROFILE", "PUBLIC_URL", "RESET", "SHIP_UNPAID",
        "SMTP_CA_FILE",
        "SMTP_PASSWORD", "SMTP_PASSWORD_FILE", "SMTP_RATE", "SMTP_TLS", "SMTP_URL", "SMTP_USER", "STOP_NOTICE",
        "STOREFRONT",
        "STRIPE_KEY",
        "STRIPE_URL",
        "STRIPE_WEBHOOK_SECRETS", "TIME_ZONE", "TLS_CERTIFICATE", "TLS_KEY", "TOKEN", "TRACE_RATIO", "TRUSTED_PROXIES",
        "URL", "VIEW_DAYS", "WEBHOOK_PRIVATE_TARGETS", "WORKERS",
    ]

    /// What to say of variables that look like the program's own and are none: a setting that is mistyped is not in force.
    static func unknownVariables(_ environment: [String: String]) -> [String] {
        let prefix = "AFTERCARE_"
        return environment.keys.sorted().filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
            .filter { !names.contains($0) }.map { name in
                let nearest = Nearest.of(names, to: name)?.name ?? ""
                return "\(prefix)\(name) is no setting; the nearest is \(prefix)\(nearest)"
            }
    }

    private static func key(_ text: String?, file: String?, _ name: String) throws -> LinkKey? {
        var text = text
        if let file {
            do { text = String(decoding: try LocalFile.read(file), as: UTF8.self) } catch {
                throw SettingsError(
                    key: "\(name)_FILE",
                    problem: "is no use: \(error.sentences.joined(separator: " "))"
                )
            }
        }
        guard let text else { return nil }
        guard let key = LinkKey(text: text) else {
            throw SettingsError(
                key: name,
                problem: "must be 32 bytes in base64 or hexadecimal (openssl rand -base64 32)"
            )
        }
        return key
    }

    /// Whether a key of Stripe's moves no money.
    static func isTestKey(_ key: Secret) -> Bool {
        ["sk_test_", "rk_test_"].contains { key.text.hasPrefix($0) }
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    }

    private static func defaultDataFolder(_ environment: [String: String]) -> String {
        if Files.isRoot { return "/var/lib/aftercare" }
        if let folder = environment["XDG_DATA_HOME"], !folder.isEmpty { return folder + "/aftercare" }
        return (environment["HOME"] ?? ".") + "/.local/share/aftercare"
    }

    private static func absolute(_ path: String) -> String {
        let path = FilePath(path)
        return (path.isAbsolute ? path : Files.workingFolder.pushing(path)).lexicallyNormalized().string
    }
}

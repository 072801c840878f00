// swift-tools-version: 6.2
import PackageDescription

/// One settings array for every target: Swift 6, strict imports, and a warning is an error.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

/// Whether parsers are built to be fuzzed, which counts what is run of them.
let fuzzes = Context.environment["AFTERCARE_FUZZ"] != nil

/// - Parameters:
///   - embeds: whether the folder's other files (SQL, sentences, templates) are carried inside the program.
///   - plugins: what else makes sources of the folder's other files.
func room(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    path: String? = nil,
    embeds: Bool = false,
    plugins: [Target.PluginUsage] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: path,
        swiftSettings: settings + (fuzzes ? [.unsafeFlags(["-sanitize=fuzzer"])] : []),
        plugins: plugins + (embeds ? ["EmbedFolder"] : [])
    )
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

/// The parsers with what must hold of them: a test that reads their corpus, or a program that libFuzzer drives.
func fuzzing(_ dependencies: [Target.Dependency]) -> Target {
    guard fuzzes else {
        return tests("FuzzingTests", dependencies + ["TestSupport"], exclude: ["Corpus", "Fuzzer.swift"])
    }
    return .executableTarget(
        name: "aftercare-fuzz",
        dependencies: dependencies,
        path: "Tests/FuzzingTests",
        exclude: ["Corpus", "CorpusTests.swift"],
        swiftSettings: settings + [.unsafeFlags(["-sanitize=fuzzer"])],
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]
    )
}

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let orderedCollections = product(name: "OrderedCollections", package: "swift-collections")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let histogram = product(name: "Histogram", package: "hdrhistogram-swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdHTTP2 = product(name: "HummingbirdHTTP2", package: "hummingbird")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let coreMetrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPCompression = product(name: "NIOHTTPCompression", package: "swift-nio-extras")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioHTTPTypesHTTP1 = product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let tracing = product(name: "Tracing", package: "swift-distributed-tracing")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let system = product(name: "SystemPackage", package: "swift-system")
}

let package = Package(
    name: "aftercare",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .executableTarget(name: "EmbedFiles", swiftSettings: settings),
        .plugin(
            name: "EmbedFolder",
            capability: .buildTool(),
            dependencies: ["EmbedFiles"],
            path: "Sources/EmbedFolder"
        ),
        .executableTarget(name: "ReadCommit", swiftSettings: settings),
        .plugin(
            name: "EmbedCommit",
            capability: .buildTool(),
            dependencies: ["ReadCommit"],
            path: "Sources/EmbedCommit"
        ),
        .executableTarget(name: "ContractGenerator", swiftSettings: settings),
        .plugin(
            name: "GenerateContract",
            capability: .buildTool(),
            dependencies: ["ContractGenerator"],
            path: "Sources/GenerateContract"
        ),
        room(
            "Telemetry",
            [
                .asyncHTTPClient, .coreMetrics, .deque, .logging, .metrics, .nioCore, .nioHTTP1, .serviceLifecycle,
                .tracing,
            ]
        ),
        room("Postgres", ["CLibPQ", .crypto, .deque, .metrics, .subprocess, .system, .tracing]),
        room("Encodings", ["CZlib"]),
        room("ProgramVersion", plugins: ["EmbedCommit"]),
        room("Commerce"),
        room("CivilTime", ["Commerce", .system]),
        room("UsageGuide", ["Commerce"], embeds: true),
        room(
            "GuideFormats",
            ["Commerce", "CQREncode", "Encodings", "UsageGuide", .crypto, .mustache],
            embeds: true
        ),
        room("JSONFields"),
        room("Schema", ["Postgres"], path: "sql", embeds: true),
        room("Records", ["Commerce", "Postgres", "UsageGuide", .crypto]),
        room("Links", ["Encodings", "Postgres", .crypto]),
        room("Catalog", ["Commerce", "Encodings", "JSONFields", "Postgres", "Records", .crypto], embeds: true),
        room("Cart", ["Catalog", "Commerce", "Links", "Postgres", "Records", "UsageGuide"]),
        room("Staff", ["Commerce", "Postgres", "Records", .crypto]),
        room("Admission", ["Commerce", "Postgres", "Records"]),
        room("StoreAPI", plugins: ["GenerateContract"]),
        room(
            "Orders",
            [
                "Cart", "Catalog", "CivilTime", "Commerce", "GuideFormats", "Links", "Postgres", "Records",
                "UsageGuide",
                .crypto, .metrics, .tracing,
            ]
        ),
        room("Mail", ["Commerce", "Encodings", "Postgres", "Records"]),
        room("SMTP", ["CCurl", "Encodings", "Mail"]),
        room("Returns", ["Catalog", "Commerce", "Orders", "Postgres", "Records"]),
        room("Stripe", ["Encodings", .asyncHTTPClient, .crypto, .nioCore, .nioHTTP1]),
        room(
            "Payments",
            [
                "Cart", "Catalog", "Commerce", "Encodings", "Links", "Orders", "Postgres", "Records", "Returns",
                "Stripe",
                .logging,
            ]
        ),
        room(
            "Audit",
            [
                "CivilTime", "Commerce", "Encodings", "Links", "Orders", "Payments", "Postgres", "Records", .crypto,
                .system,
            ]
        ),
        room("Fulfilment", ["Cart", "Catalog", "Commerce", "Orders", "Postgres", "Records", "Returns", "UsageGuide"]),
        room("StandardWebhooks", ["Encodings", .crypto]),
        room(
            "Delivery",
            ["CivilTime", "Commerce", "Orders", "Postgres", "Records", .logging, .metrics, .tracing]
        ),
        room(
            "Reminders",
            ["Catalog", "CivilTime", "Commerce", "Delivery", "Orders", "Postgres", "Records", "UsageGuide", .logging]
        ),

        room("Backup", ["CivilTime", "Commerce", "Encodings", "Postgres", "Records", .crypto, .cryptoExtras, .system]),
        room(
            "Webhooks",
            [
                "Commerce", "Delivery", "Encodings", "Links", "Orders", "Postgres", "Records", "StandardWebhooks",
                "StoreAPI",
                .asyncHTTPClient, .logging, .nioCore, .nioHTTP1, .nioPosix, .nioSSL,
            ]
        ),
        room(
            "Personal",
            [
                "Cart", "Catalog", "Commerce", "Delivery", "Fulfilment", "Mail", "Orders", "Payments", "Postgres",
                "Records", "Reminders", "Returns", .system,
            ]
        ),
        room(
            "StaffCLI",
            [
                "CivilTime", "Commerce", "Encodings", "StandardWebhooks", "StoreAPI", .argumentParser, .asyncHTTPClient,
                .crypto, .nioCore,
                .nioHTTP1, .nioPosix, .nioSSL, .system,
            ]
        ),
        room(
            "StoreHTTP",
            [
                "Admission", "Cart", "Catalog", "CivilTime", "Commerce", "Delivery", "Encodings", "Fulfilment",
                "GuideFormats",
                "JSONFields", "Links", "Mail", "Orders", "Payments", "Personal", "Postgres", "Records", "Reminders",
                "Returns",
                "SMTP",
                "Schema", "Staff",
                "StandardWebhooks", "StoreAPI", "Telemetry",
                "UsageGuide", "Webhooks",
                .crypto,
                .deque, .httpTypes, .hummingbird, .hummingbirdCore, .hummingbirdHTTP2, .hummingbirdTLS, .logging,
                .metrics, .nioCore, .nioHTTP1, .nioHTTPTypes, .nioHTTPTypesHTTP1, .nioSSL, .nioTLS,
                .orderedCollections, .subprocess, .system, .tracing,
            ],
            embeds: true
        ),
        room(
            "HostCLI",
            [
                "Admission", "Audit", "Backup", "Catalog", "Cart", "CivilTime", "Commerce", "Delivery", "Encodings",
                "Fulfilment",
                "GuideFormats", "JSONFields", "Links", "Mail", "Orders",
                "Payments", "Personal", "Postgres", "ProgramVersion", "Records", "Reminders", "SMTP", "Schema",
                "Staff",
                "StaffCLI",
                "StoreHTTP", "Stripe", "Telemetry",
                "UsageGuide", "Webhooks",
                .argumentParser, .asyncHTTPClient, .configuration, .coreMetrics, .hummingbird, .logging, .nioCore,
                .serviceLifecycle, .system, .tracing, .unixSignals,
            ]
        ),
        .executableTarget(name: "aftercare", dependencies: ["HostCLI", .argumentParser], swiftSettings: settings),
        .target(name: "CAllocations"),
        .executableTarget(
            name: "aftercare-bench",
            dependencies: [
                "CAllocations", "Catalog", "CivilTime", "Commerce", "Delivery", "GuideFormats", "HostCLI", "Links",
                "Orders",
                "Postgres", "UsageGuide", .argumentParser, .histogram, .hummingbird, .logging, .system,
            ],
            path: "Sources/Benchmark",
            swiftSettings: settings
        ),

        .target(
            name: "TestSupport",
            dependencies: ["Catalog", "Postgres", "Schema", .asyncHTTPClient, .nioCore, .nioHTTP1, .nioPosix, .nioSSL],
            path: "Tests/TestSupport",
            exclude: ["relay.py"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "stripe-double",
            dependencies: [
                .argumentParser, .asyncHTTPClient, .crypto, .httpTypes, .hummingbird, .logging, .nioCore, .nioHTTP1,
            ],
            path: "Tests/StripeDouble",
            swiftSettings: settings
        ),
        tests(
            "StoreHTTPTests",
            [
                "Admission", "Audit", "Cart", "Catalog", "CivilTime", "Commerce", "Delivery", "Encodings", "Fulfilment",
                "GuideFormats",
                "Links", "Mail", "Orders", "Payments", "Personal", "Postgres", "Records", "Reminders", "Returns",
                "SMTP",
                "Staff", "StandardWebhooks", "StoreAPI",
                "StoreHTTP",
                "Stripe",
                "TestSupport", "UsageGuide", "Webhooks", "stripe-double",
                .asyncHTTPClient, .crypto, .httpTypes, .hummingbird, .logging, .nioCore, .nioHTTP1, .nioHTTPCompression,
                .subprocess, .system,
            ],
            exclude: ["Browser", "Clients", "Golden"]
        ),
        tests("TelemetryTests", ["Telemetry", "TestSupport", .coreMetrics, .logging, .tracing]),
        tests("ArchitectureTests", ["Postgres", "Schema"]),
        tests("EncodingsTests", ["Encodings"]),
        tests("CommerceTests", ["Commerce", "TestSupport"]),
        // Made in tests alone: a shop and its orders, as several of them want them.
        tests("Samples", ["Catalog", "Commerce", "Links", "Orders", "UsageGuide"]),
        tests("CartTests", ["Cart", "Catalog", "Commerce", "Samples", "TestSupport", "UsageGuide"]),
        tests("CivilTimeTests", ["CivilTime", "Commerce"]),
        tests("UsageGuideTests", ["Commerce", "TestSupport", "UsageGuide"]),
        tests("GuideFormatsTests", ["Commerce", "GuideFormats", "TestSupport", "UsageGuide"], exclude: ["Golden"]),
        tests("MailTests", ["Commerce", "Mail", "TestSupport", .subprocess, .system], exclude: ["Golden", "read.py"]),
        tests("JSONFieldsTests", ["JSONFields"]),
        tests("CatalogTests", ["Catalog", "Commerce", "JSONFields", "Samples", "TestSupport"]),
        tests("LinksTests", ["Links"]),
        tests("AdmissionTests", ["Admission", "Commerce", "TestSupport"]),
        tests(
            "OrdersTests",
            ["Cart", "Catalog", "Commerce", "Links", "Orders", "Postgres", "Records", "Samples", "TestSupport"]
        ),
        tests("PaymentsTests", ["Catalog", "Commerce", "Orders", "Payments", "Returns", "Samples", "TestSupport"]),
        tests("ReturnsTests", ["Commerce", "Orders", "Returns", "Samples"]),
        tests(
            "RemindersTests",
            ["CivilTime", "Commerce", "Orders", "Reminders", "Samples", "TestSupport", "UsageGuide"]
        ),
        tests("FulfilmentTests", ["Catalog", "Commerce", "Fulfilment", "Orders", "Samples"]),
        tests(
            "StaffCLITests",
            [
                "Commerce", "StaffCLI", "StandardWebhooks", "StoreAPI", "TestSupport", .argumentParser, .nioCore,
                .nioHTTP1, .nioPosix,
                .system,
            ],
            exclude: ["Golden"]
        ),
        tests(
            "HostCLITests",
            [
                "Backup", "Commerce", "Encodings", "GuideFormats", "HostCLI", "Links", "Postgres", "ProgramVersion",
                "Records", "SMTP", "StoreHTTP", .argumentParser, .logging,
            ]
        ),
        tests("StoreAPITests", ["StoreAPI"]),
        tests("ContractGeneratorTests", ["ContractGenerator"]),
        tests("SMTPTests", ["Encodings", "Mail", "SMTP", "TestSupport"]),
        tests("StandardWebhooksTests", ["Encodings", "StandardWebhooks", "TestSupport"]),
        tests("WebhooksTests", ["CivilTime", "Commerce", "StandardWebhooks", "TestSupport", "Webhooks"]),
        tests("StripeTests", ["Encodings", "Stripe", "TestSupport", .crypto]),
        tests(
            "WholeTests",
            [
                "Admission", "aftercare", "Catalog", "CivilTime", "Commerce", "Postgres", "Schema", "Staff",
                "StandardWebhooks", "TestSupport",
                "stripe-double", .asyncHTTPClient, .nioCore, .nioHTTP1, .subprocess, .system,
            ],
            exclude: ["opensmtpd.sh"]
        ),
        tests("PostgresTests", ["Postgres", "TestSupport", .system]),
        tests("BackupTests", ["Backup", "Commerce", "Encodings", "Postgres", "TestSupport"]),
        fuzzing([
            "Admission", "Audit", "Backup", "Catalog", "CivilTime", "Commerce", "Encodings", "JSONFields", "Links",
            "Mail", "Orders", "Personal", "Postgres",
            "Staff", "StaffCLI", "StandardWebhooks", "StoreAPI", "StoreHTTP", "Stripe", "Telemetry", "Webhooks",
            .crypto,
            .httpTypes, .hummingbird, .hummingbirdCore, .logging, .nioCore,
        ]),
    ]
)

import Backup
import Encodings
import Foundation
import GuideFormats
import Links
import Records
import SMTP
import Testing

@testable import HostCLI

struct SettingsTests {
    @Test func mistypedSettingIsToldWithTheNearestName() {
        let told = Settings.unknownVariables([
            "AFTERCARE_PROT": "1", "AFTERCARE_PORT": "1", "PATH": "x", "AFTERCARE_URL": "",
        ])
        #expect(told == ["AFTERCARE_PROT is no setting; the nearest is AFTERCARE_PORT"])
        #expect(
            Settings.unknownVariables(["AFTERCARE_STRIPE_SECRET_KEY": ""]).first?.hasSuffix("AFTERCARE_STRIPE_KEY")
                == true
        )
    }

    @Test(arguments: [("::1", 8080, "http://[::1]:8080"), ("127.0.0.1", 1, "http://127.0.0.1:1")])
    func addressHasBracketsRoundAnIPv6Host(host: String, port: Int, address: String) throws {
        #expect(Settings.address(host: host, port: port) == address)
        #expect(try Settings(options: ["HOST": host, "PORT": "\(port)"], environment: [:]).publicURL == address)
    }

    @Test func aTestStoreTakesTestKeysAlone() throws {
        func settings(_ mode: String, _ key: String) throws -> Settings {
            try Settings(
                options: [:],
                environment: [
                    "AFTERCARE_MODE": mode, "AFTERCARE_STRIPE_KEY": key, "AFTERCARE_STRIPE_WEBHOOK_SECRETS": "whsec_a",
                ]
            )
        }
        for key in ["sk_test_a", "rk_test_a"] { #expect(try settings("test", key).mode == .test) }
        for key in ["sk_live_a", "rk_live_a", "sk_testa", "x"] {
            let error = #expect(throws: SettingsError.self) { try settings("test", key) }
            #expect(error?.key == "AFTERCARE_STRIPE_KEY" && error?.description.contains(key) == false)
        }
        for key in ["sk_live_a", "sk_test_a"] { #expect(try settings("live", key).mode == .live) }
        let error = #expect(throws: SettingsError.self) { try settings("Test", "sk_test_a") }
        #expect(error?.key == "AFTERCARE_MODE")
    }

    @Test func certificateAndKeyAreTwoFiles() throws {
        let one = ["AFTERCARE_TLS_CERTIFICATE": "/tmp/a.pem"]
        let error = #expect(throws: SettingsError.self) { try Settings(options: [:], environment: one) }
        #expect(error?.key == "AFTERCARE_TLS_KEY")
        let other = #expect(throws: SettingsError.self) {
            try Settings(options: [:], environment: ["AFTERCARE_TLS_KEY": "/tmp/a.pem"])
        }
        #expect(other?.key == "AFTERCARE_TLS_CERTIFICATE")
        let both = one.merging(["AFTERCARE_TLS_KEY": "/tmp/b.pem"]) { $1 }
        #expect(try Settings(options: [:], environment: both).publicURL == "https://127.0.0.1:8080")
    }

    @Test(arguments: ["https://x/shop", "https://x?y", "https://u@x", "https://", "http://x/shop/", "ftp://x"])
    func publicAddressIsARoot(url: String) {
        #expect(throws: SettingsError.self) { try Settings(options: [:], environment: ["AFTERCARE_PUBLIC_URL": url]) }
    }

    @Test(arguments: ["https://x", "https://x/", "http://[::1]:80", "https://shop.example:8443"])
    func publicAddressMayHaveAPort(url: String) throws {
        let settings = try Settings(options: [:], environment: ["AFTERCARE_PUBLIC_URL": url])
        #expect(settings.publicURL == (url.hasSuffix("/") ? String(url.dropLast()) : url))
    }

    @Test func tracesGoToACollectorsAddress() throws {
        func settings(_ endpoint: String, ratio: String = "") throws -> Settings {
            try Settings(
                options: [:],
                environment: ["AFTERCARE_OTLP_ENDPOINT": endpoint, "AFTERCARE_TRACE_RATIO": ratio]
            )
        }
        #expect(try settings("").traceEndpoint == nil && settings("").traceRatio == 1)
        for address in ["http://127.0.0.1:4318", "https://[::1]:4318", "https://collector.example/otlp"] {
            #expect(try settings(address).traceEndpoint == address && settings(address + "/").traceEndpoint == address)
        }
        for address in [
            "127.0.0.1:4318", "http://", "http://user:word@x", "http://x?key=word", "grpc://x", "http://x/a b",
        ] {
            let error = #expect(throws: SettingsError.self) { try settings(address) }
            #expect(error?.key == "AFTERCARE_OTLP_ENDPOINT" && error?.description.contains("word") == false)
        }
        for ratio in ["0", "0.25", "1"] { #expect(try settings("", ratio: ratio).traceRatio == Double(ratio)) }
        for ratio in ["-0.1", "1.1", "nan", "half"] {
            let error = #expect(throws: SettingsError.self) { try settings("", ratio: ratio) }
            #expect(error?.key == "AFTERCARE_TRACE_RATIO")
        }
    }

    /// The key of the links may come from a file, which some editors begin with a mark; one in another encoding is refused
    /// with the place.
    @Test func keyFileIsText() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "key")
        func read(_ bytes: [UInt8]) throws -> Settings {
            try Data(bytes).write(to: file)
            return try Settings(options: [:], environment: ["AFTERCARE_LINK_KEY_FILE": file.path])
        }
        let key = Array(String(repeating: "0a", count: 32).utf8)
        #expect(try read([0xEF, 0xBB, 0xBF] + key).linkKey != nil)
        let error = #expect(throws: SettingsError.self) { try read(key + [0x0A, 0xFF]) }
        #expect(
            error?.problem.contains("key is not UTF-8, from line 2, column 1 on") == true,
            "\(String(describing: error))"
        )
    }

    /// A drill proves the link key that was sealed, whatever keys whoever runs it has; a restore takes those too.
    @Test func drillTakesTheSealedKeysAlone() throws {
        let keys = ["07", "08", "09"].map { String(repeating: $0, count: 32) }
        let secrets = ShopSecrets(linkKey: keys[0], settings: ["AFTERCARE_LINK_KEY_PREVIOUS": keys[1]])
        var own = [
            "AFTERCARE_LINK_KEY": keys[2], "AFTERCARE_LINK_KEY_FILE": "/nowhere/key",
            "AFTERCARE_LINK_KEY_PREVIOUS": keys[2], "AFTERCARE_MAIL_NAME": "Mine",
        ]
        func settings(hasOwnKeys: Bool) throws -> Settings {
            try Settings(restored: secrets, in: "/nowhere/drill", hasOwnKeys: hasOwnKeys, environment: own)
        }
        let drill = try settings(hasOwnKeys: false)
        let expected = try keys.map { try #require(LinkKey(text: $0)).fingerprint }
        #expect(drill.linkKey?.fingerprint == expected[0])
        #expect(drill.previousLinkKeys.map(\.fingerprint) == [expected[1]])
        #expect(drill.mailName == "Mine")
        own["AFTERCARE_LINK_KEY_FILE"] = nil
        let restored = try settings(hasOwnKeys: true)
        #expect(restored.previousLinkKeys.map(\.fingerprint) == [expected[2]])
    }

    /// What is missing or wrong of a relay is named before a mail is lost by it; a password never is.
    @Test func relayIsWholeOrNamed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "password")
        try Data("canary\n".utf8).write(to: file)
        func read(_ settings: [String: String], from sender: String = "shop@example.com") throws -> Settings {
            var environment = ["AFTERCARE_SMTP_URL": "smtp://mail.example:587", "AFTERCARE_MAIL_FROM": sender]
            for (name, value) in settings { environment["AFTERCARE_" + name] = value }
            return try Settings(options: [:], environment: environment)
        }
        let none = try Settings(options: [:], environment: [:])
        #expect(none.mailRelay == nil && none.mailFolder != nil)
        // What goes through a relay is kept nowhere.
        #expect(try read([:]).mailFolder == nil)
        #expect(try read([:]).mailRelay?.tls == .required && read([:]).mailRate == nil)
        #expect(try read(["SMTP_TLS": "offered", "SMTP_RATE": "90"]).mailRelay?.tls == .ifOffered)
        #expect(try read(["SMTP_RATE": "90"]).mailRate == 90)
        let withLogin = try read(["SMTP_USER": "shop", "SMTP_PASSWORD_FILE": file.path])
        var dumped = ""
        dump(withLogin, to: &dumped)
        #expect(withLogin.mailRelay?.login?.password.text == "canary" && !dumped.contains("canary"))
        for (settings, key) in [
            (["SMTP_USER": "shop"], "AFTERCARE_SMTP_PASSWORD"), (["SMTP_PASSWORD": "canary"], "AFTERCARE_SMTP_USER"),
            (["SMTP_TLS": "perhaps"], "AFTERCARE_SMTP_TLS"), (["SMTP_RATE": "-1"], "AFTERCARE_SMTP_RATE"),
            (["SMTP_CA_FILE": folder.path + "/none"], "AFTERCARE_SMTP_CA_FILE"),
            (["SMTP_URL": "mail.example"], "AFTERCARE_SMTP_URL"), (["MAIL_FROM": ""], "AFTERCARE_MAIL_FROM"),
        ] {
            let error = #expect(throws: SettingsError.self) { try read(settings) }
            #expect(error?.key == key && error?.description.contains("canary") == false)
        }
    }

    @Test func databaseIsWaitedForInWholeSeconds() throws {
        func patience(_ text: String) throws -> Duration? {
            try Settings(options: [:], environment: ["AFTERCARE_DATABASE_PATIENCE": text]).databasePatience
        }
        #expect(try patience("") == nil && patience("1") == .seconds(1) && patience("600") == .seconds(600))
        for text in ["0", "601", "2.5", "long"] {
            let error = #expect(throws: SettingsError.self) { try patience(text) }
            #expect(error?.key == "AFTERCARE_DATABASE_PATIENCE")
        }
    }

    @Test func shopPrintsOnAPaperThatThereIs() throws {
        #expect(try Settings(options: [:], environment: [:]).paper == .a4)
        #expect(try Settings(options: [:], environment: ["AFTERCARE_PAPER": "letter"]).paper == .letter)
        #expect(throws: SettingsError.self) { try Settings(options: [:], environment: ["AFTERCARE_PAPER": "legal"]) }
    }
}

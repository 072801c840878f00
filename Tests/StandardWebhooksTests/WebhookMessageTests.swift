import Encodings
import Foundation
@testable import StandardWebhooks
import TestSupport
import Testing

/// Messages are signed as Standard Webhooks 1.0.0 says: libraries that others wrote take them, and nothing else.
@Suite struct WebhookMessageTests {
    private func value(_ name: String, _ headers: [(name: String, value: String)]) -> String {
        headers.first { $0.name == name }?.value ?? ""
    }

    /// The example that the libraries of the standard are tested with.
    @Test func exampleOfTheStandardIsSignedAlike() throws {
        let secret = try #require(WebhookSecret(text: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let message = WebhookMessage(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: Array(#"{"test": 2432232314}"#.utf8))
        let headers = message.headers(seconds: 1_614_265_330, secrets: [secret])
        #expect(headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(value("webhook-id", headers) == "msg_p5jXN8AQM9LWM0D4loKWxJek")
        #expect(value("webhook-timestamp", headers) == "1614265330")
        #expect(value("webhook-signature", headers) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func eachLiveSecretSigns() {
        let secrets = [WebhookSecret(), WebhookSecret()]
        let message = WebhookMessage(id: "evt_1", body: [])
        let both = value("webhook-signature", message.headers(seconds: 1, secrets: secrets)).split(separator: " ")
        let each = secrets.map { value("webhook-signature", message.headers(seconds: 1, secrets: [$0])) }
        #expect(both.map(String.init) == each && each[0] != each[1])
        // Another moment is another signature.
        #expect(value("webhook-signature", message.headers(seconds: 2, secrets: [secrets[0]])) != each[0])
    }

    @Test(arguments: [
        ("whsec_" + String(repeating: "A", count: 32), 24), ("whsec_" + Data(count: 64).base64EncodedString(), 64),
    ])
    func secretIsReadBackFromItsText(text: String, count: Int) throws {
        let secret = try #require(WebhookSecret(text: text))
        #expect(secret.bytes.count == count && secret.text.text == text)
    }

    @Test(arguments: [
        "", "whsec_", "whsec_" + Data(count: 23).base64EncodedString(),
        "whsec_" + Data(count: 65).base64EncodedString(),
        String(repeating: "A", count: 32), "WHSEC_" + String(repeating: "A", count: 32),
        "whsec_" + String(repeating: "?", count: 32), "whsec_" + String(repeating: "-", count: 32),
    ])
    func whatIsNoSecretIsRefused(text: String) { #expect(WebhookSecret(text: text) == nil) }

    @Test func freshSecretHas256BitsAndIsNeverPrinted() {
        let secret = WebhookSecret()
        #expect(secret.bytes.count == 32 && secret != WebhookSecret())
        let plain = secret.text.text.dropFirst("whsec_".count)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", "\(secret.text)"] {
            #expect(!text.contains(plain), "\(text)")
        }
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("\(secret.bytes[0]), "), "\(dumped)")
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    /// Each library says of each case whether it is genuine.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: python))) func librariesOfOthersTakeIt()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "webhooks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let secrets = [WebhookSecret(), WebhookSecret(), WebhookSecret()]
        let body = Array(#"{"type":"placed","data":{"name":"Zoë \" 東京"}}"#.utf8)
        let now = Int64(Date().timeIntervalSince1970)
        let message = WebhookMessage(id: "evt_DM-7K4Q-99_3_20261125T100000Z", body: body)
        func line(_ signers: [WebhookSecret], _ reader: WebhookSecret, seconds: Int64, body: [UInt8] = body) -> String {
            let headers = WebhookMessage(id: message.id, body: message.body).headers(seconds: seconds, secrets: signers)
            return ([reader.text.text, Data(body).base64EncodedString()] + headers.map(\.value)).joined(separator: "\t")
        }
        let cases: [(line: String, isGenuine: Bool)] = [
            (line([secrets[0]], secrets[0], seconds: now), true),
            // While one takes over from the other, whoever has either takes it.
            (line([secrets[0], secrets[1]], secrets[0], seconds: now), true),
            (line([secrets[0], secrets[1]], secrets[1], seconds: now), true),
            (line([secrets[0], secrets[1]], secrets[2], seconds: now), false),
            (line([secrets[0]], secrets[0], seconds: now, body: body + [32]), false),
            (line([secrets[0]], secrets[0], seconds: now - 400), false),
            (line([secrets[0]], secrets[0], seconds: now + 400), false),
        ]
        try Data(cases.map(\.line).joined(separator: "\n").utf8).write(to: folder.appending(path: "cases"))
        let script = """
            import base64, standardwebhooks, svix.webhooks
            def says(library, line):
                secret, body, *values = line.split('\\t')
                headers = dict(zip(['webhook-id', 'webhook-timestamp', 'webhook-signature'], values))
                try:
                    library(secret).verify(base64.b64decode(body), headers)
                    return 'yes'
                except Exception as error:
                    return 'no' if 'VerificationError' in type(error).__name__ else repr(error)
            cases = open('\(folder.path)/cases').read().split('\\n')
            answers = [says(library, line) for library in (standardwebhooks.Webhook, svix.webhooks.Webhook) for line in cases]
            open('\(folder.path)/answers', 'w').write(' '.join(answers))
            """
        try Data(script.utf8).write(to: folder.appending(path: "ask.py"))
        #expect(await shell("\(Self.python) \(folder.path)/ask.py") == 0)
        let answers = try String(contentsOf: folder.appending(path: "answers"), encoding: .utf8)
        let expected = cases.map { $0.isGenuine ? "yes" : "no" }
        #expect(answers == (expected + expected).joined(separator: " "))
    }

    /// A Python that has both libraries, as `.ci/run` makes it.
    private static let python = "/var/tmp/aftercare-python/bin/python"
}

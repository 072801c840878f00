import Crypto
import Encodings
import Foundation
import Stripe
import TestSupport
import Testing

/// An event counts only when it is signed over its very bytes, with a live secret, just now.
struct StripeSignatureTests {
    private static let secret = "whsec_test"
    private static let body = Array(#"{"id": "evt_1", "name": "Zoë"}"#.utf8)
    private static let now: Int64 = 1_790_000_000

    private static func signature(_ body: [UInt8], _ secret: String, at seconds: Int64) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(seconds).".utf8) + body,
            using: SymmetricKey(data: Array(secret.utf8))
        )
        return code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func header(at seconds: Int64 = now, secret: String = secret, body: [UInt8] = body) -> String {
        "t=\(seconds),v1=\(signature(body, secret, at: seconds))"
    }

    private func fault(_ header: String, _ body: [UInt8] = body, secrets: [String] = [secret]) -> StripeSignatureError?
    {
        do {
            try StripeSignature.verify(
                header: header,
                body: body,
                secrets: secrets.map(Secret.init),
                nowSeconds: Self.now
            )
            return nil
        } catch {
            return error
        }
    }

    @Test func validSignatureIsAccepted() {
        #expect(fault(Self.header()) == nil)
        #expect(fault(Self.header(at: Self.now - 300)) == nil)
        #expect(fault(Self.header(at: Self.now + 300)) == nil)
        // While one secret takes over from another, either will do, and so will a header with both.
        #expect(fault(Self.header(), secrets: ["whsec_new", Self.secret]) == nil)
        let both =
            "t=\(Self.now),v1=\(Self.signature(Self.body, "whsec_other", at: Self.now)),v0=aa,"
            + "v1=\(Self.signature(Self.body, Self.secret, at: Self.now))"
        #expect(fault(both) == nil)
    }

    @Test func oldOrFutureTimestampIsStale() {
        #expect(fault(Self.header(at: Self.now - 301)) == .stale)
        #expect(fault(Self.header(at: Self.now + 301)) == .stale)
        // Rightly signed, and further away than a difference can say.
        for seconds in [Int64.min, Int64.min + 1, -1, 0, Int64.max - 1, Int64.max] {
            #expect(fault(Self.header(at: seconds)) == .stale, "\(seconds)")
        }
    }

    @Test(arguments: ["", "t", "v1=00", "t=,v1=00", "t=1.5,v1=00", "t=+1,v1=00", "t=1,v1"])
    func malformedHeaderIsRefused(header: String) {
        #expect([.malformed, .forged].contains(fault(header)))
    }

    @Test func aSecretThatIsNotLiveSignsNothing() {
        #expect(fault(Self.header(secret: "whsec_old")) == .forged)
        #expect(fault(Self.header(), secrets: []) == .forged)
    }

    @Test func tenThousandAlteredEventsAreRefused() {
        var random = SeededGenerator(seed: 4)
        let header = Array(Self.header().utf8)
        for _ in 0..<10_000 {
            var (body, changed) = (Self.body, header)
            if Bool.random(using: &random) {
                let place = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
                case 1: body.remove(at: place)
                default: body.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            } else {
                // Somewhere in the time or in the signature's digits.
                let places = header.indices.filter { header[$0] >= UInt8(ascii: "0") && $0 != header.count - 67 }
                let place = places[Int.random(in: 2..<places.count, using: &random)]
                changed[place] = header[place] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
            }
            if body == Self.body, changed == header { continue }
            #expect(fault(String(decoding: changed, as: UTF8.self), body) != nil)
        }
    }

    /// Stripe's own library and ours say yes and no to the same headers.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: Self.python))) func agreesWithStripesOwnLibrary()
        async throws
    {
        let cases = [
            Self.header(), Self.header(at: Self.now - 299), Self.header(at: Self.now - 301),
            Self.header(secret: "other"),
            "t=\(Self.now),v1=\(Self.signature(Self.body, "x", at: Self.now)),v1=\(Self.signature(Self.body, Self.secret, at: Self.now))",
            "t=\(Self.now),v0=\(Self.signature(Self.body, Self.secret, at: Self.now))", "t=\(Self.now)", "v1=00", "",
            Self.header().replacing("v1=", with: "v1=0"),
        ]
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(Self.body).write(to: folder.appending(path: "body"))
        try Data(cases.joined(separator: "\n").utf8).write(to: folder.appending(path: "cases"))
        let script = """
            import stripe, time
            time.time = lambda: \(Self.now)
            body = open('\(folder.path)/body', encoding='utf-8').read()
            def says(header):
                try:
                    stripe.WebhookSignature.verify_header(body, header, '\(Self.secret)', tolerance=300)
                    return 'yes'
                except Exception:
                    return 'no'
            cases = open('\(folder.path)/cases', encoding='utf-8').read().split('\\n')
            open('\(folder.path)/answers', 'w').write(' '.join(says(header) for header in cases))
            """
        try Data(script.utf8).write(to: folder.appending(path: "ask.py"))
        #expect(await shell("\(Self.python) \(folder.path)/ask.py") == 0)
        let answers = try String(contentsOf: folder.appending(path: "answers"), encoding: .utf8)
        #expect(answers == cases.map { fault($0) == nil ? "yes" : "no" }.joined(separator: " "))
        #expect(answers.contains("yes") && answers.contains("no"))
    }

    /// A Python that has Stripe's library, as `.ci/run` makes it.
    private static let python = "/var/tmp/aftercare-python/bin/python"
}

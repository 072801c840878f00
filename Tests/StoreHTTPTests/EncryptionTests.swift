import FoundationEssentials
import StoreHTTP
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// HTTPS as curl sees it: HTTP/2 and HTTP/1.1, and a certificate that is replaced while the store is open.
@Suite(DatabaseTrait.store) struct EncryptionTests {
    /// A folder with a certificate for this machine and its key.
    private struct Files {
        let folder: String
        var certificate: String { folder + "/certificate.pem" }
        var key: String { folder + "/key.pem" }

        /// - Parameter name: the name in the certificate.
        func make(_ name: String, _ certificate: String? = nil, _ key: String? = nil) async throws {
            _ = try await Installed.run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key ?? self.key,
                    "-out", certificate ?? self.certificate,
                ]
            )
        }
    }

    private static func withFiles(_ body: (Files) async throws -> Void) async throws {
        let files = Files(folder: "/tmp/aftercare-tls-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(atPath: files.folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: files.folder) }
        try await files.make("first")
        try await body(files)
    }

    /// What curl writes, and whether it was content.
    private static func curl(_ arguments: String...) async throws -> (text: String, isContent: Bool) {
        let result = try await Subprocess.run(
            .path("/usr/bin/curl"),
            arguments: Arguments(["-sS", "-m", "300"] + arguments),
            input: .none,
            output: .string(limit: 1 << 20),
            error: .discarded
        )
        return (result.standardOutput, result.terminationStatus.isSuccess)
    }

    @Test func whatNeverBecomesARequestIsAnsweredInBothVersions() async throws {
        try await Self.withFiles { files in
            let certificate = try ServerCertificate(certificatePath: files.certificate, keyPath: files.key)
            let authority = files.certificate
            let limit = ConcurrencyLimit(shoppingMax: 1)
            try await TestStore.run(certificate: certificate, limit: limit) { store in
                for option in ["--http2", "--http1.1"] {
                    func ask(_ more: String...) async throws -> String {
                        let all = [option, "--cacert", authority, "-D", "-", "-w", "\n%{http_code}"] + more
                        let result = try await Subprocess.run(
                            .path("/usr/bin/curl"),
                            arguments: Arguments(["-sS", "-m", "300"] + all),
                            input: .none,
                            output: .string(limit: 1 << 20),
                            error: .discarded
                        )
                        return result.standardOutput
                    }
                    let path = store.url + "/v1/products"
                    // Each answer gives its place back, also one that is cut off.
                    for _ in 0..<3 { #expect(try await ask(path).hasSuffix("\n200")) }
                    _ = try await ask("-m", "0.001", path)
                    try await eventually("the place of a reader who left is free") { limit.count == 0 }
                    #expect(limit.enter(.shopping))
                    let refused = try await ask(path)
                    #expect(
                        refused.hasSuffix("\n503") && refused.lowercased().contains("retry-after: 2"),
                        "\(refused)"
                    )
                    #expect(refused.contains("/problems/unavailable"))
                    // With a body that nobody reads, and for those who keep the shop running.
                    #expect(try await ask("-d", TestStore.kitChoice, store.url + "/v1/carts").hasSuffix("\n503"))
                    #expect(try await ask(store.url + "/healthz").hasSuffix("\n200"))
                    limit.leave(.shopping)
                    #expect(try await ask("-X", "TRACE", path).hasSuffix("\n405"))
                    #expect(try await ask(path + "?" + String(repeating: "x", count: 9_000)).hasSuffix("\n414"))
                    #expect(try await ask(path).hasSuffix("\n200"))
                }
            }
        }
    }

    @Test func bothVersionsOfHTTPAreSpokenInside() async throws {
        try await Self.withFiles { files in
            let certificate = try ServerCertificate(certificatePath: files.certificate, keyPath: files.key)
            let authority = files.certificate
            try await TestStore.run(certificate: certificate) { store in
                for (option, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
                    func ask(_ more: String...) async throws -> String {
                        let arguments = [option, "--cacert", authority, "-w", "\n%{http_version} %{http_code}"] + more
                        let result = try await Subprocess.run(
                            .path("/usr/bin/curl"),
                            arguments: Arguments(["-sS", "-m", "300"] + arguments),
                            input: .none,
                            output: .string(limit: 1 << 20),
                            error: .discarded
                        )
                        #expect(result.terminationStatus.isSuccess)
                        return result.standardOutput
                    }
                    #expect(try await ask(store.url + "/v1/products").hasSuffix("\n\(version) 200"))
                    let made = try await ask(
                        "-H",
                        "Content-Type: application/json",
                        "-H",
                        "Expect: 100-continue",
                        "-d",
                        TestStore.kitChoice,
                        store.url + "/v1/carts"
                    )
                    #expect(made.hasSuffix("\n\(version) 201"), "\(made)")
                    #expect(try await ask("-I", store.url + "/").hasSuffix("\n\(version) 200"))
                    // A body that is too large, and headers that are.
                    let large = String(repeating: "x", count: 70_000)
                    #expect(
                        try await ask("-H", "Content-Type: application/json", "-d", large, store.url + "/v1/carts")
                            .hasSuffix("\n\(version) 413")
                    )
                    // Two requests on one connection.
                    let twice = try await ask(store.url + "/healthz", store.url + "/readyz")
                    #expect(twice.contains("alive") && twice.contains("ready"), "\(twice)")
                }
                // Whoever comes without TLS gets nothing, and the others go on.
                let plain = try await Self.curl(store.url.replacing("https:", with: "http:") + "/healthz")
                #expect(!plain.isContent && plain.text.isEmpty)
                let untrusting = try await Self.curl(store.url + "/healthz")
                #expect(!untrusting.isContent)
                let old = try await Self.curl(
                    "--cacert",
                    authority,
                    "--tls-max",
                    "1.1",
                    store.url + "/healthz"
                )
                #expect(!old.isContent)
            }
        }
    }

    @Test func aReplacedCertificateIsShownWithoutARestart() async throws {
        try await Self.withFiles { files in
            let certificate = try ServerCertificate(certificatePath: files.certificate, keyPath: files.key)
            let former = files.folder + "/former.pem"
            try FileManager.default.copyItem(atPath: files.certificate, toPath: former)
            try await TestStore.run(certificate: certificate) { store in
                func trusts(_ authority: String) async throws -> Bool {
                    try await Self.curl("--cacert", authority, store.url + "/healthz").isContent
                }
                #expect(try !certificate.reread())
                #expect(try await trusts(former))
                // Only one of the two files is there yet, or it is none.
                try await files.make("second", files.certificate, files.folder + "/new-key.pem")
                #expect(throws: ServerCertificate.Fault.self) { try certificate.reread() }
                try write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8, to: files.certificate)
                #expect(throws: ServerCertificate.Fault.self) { try certificate.reread() }
                try FileManager.default.removeItem(atPath: files.certificate)
                #expect(throws: ServerCertificate.Fault.self) { try certificate.reread() }
                #expect(try await trusts(former))
                try await files.make("third")
                #expect(try certificate.reread())
                #expect(try await trusts(files.certificate))
                #expect(try await !trusts(former))
            }
        }
    }

    @Test func filesThatAreOfNoUseAreNamed() async throws {
        try await Self.withFiles { files in
            func fault(_ certificate: String, _ key: String) -> String {
                do {
                    _ = try ServerCertificate(certificatePath: certificate, keyPath: key)
                    return ""
                } catch { return "\(error)" }
            }
            #expect(fault(files.certificate, files.key) == "")
            #expect(fault("/nowhere.pem", files.key).contains("/nowhere.pem can't be read"))
            #expect(fault(files.key, files.key).contains("holds no certificate"))
            #expect(fault(files.certificate, files.certificate).contains("holds no private key"))
            try await files.make("other", files.folder + "/other.pem", files.folder + "/other-key.pem")
            #expect(
                fault(files.certificate, files.folder + "/other-key.pem").contains("is not that of the certificate")
            )
        }
    }
}

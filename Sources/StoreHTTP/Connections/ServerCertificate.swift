import FoundationEssentials
import NIOCore
import NIOSSL
import Synchronization

/// The certificate that the store shows to whoever connects, with its key: read from files (PEM), and again when they
/// change.
package final class ServerCertificate: Sendable {
    /// Why files are of no use as a certificate and its key.
    package enum Fault: Error, Sendable, CustomStringConvertible {
        case unreadable(path: String)
        case noCertificate(path: String)
        case noKey(path: String)
        case notTogether(certificate: String, key: String)

        package var description: String {
            switch self {
            case .unreadable(let path): "\(path) can't be read"
            case .noCertificate(let path): "\(path) holds no certificate (PEM), the server's own before those above it"
            case .noKey(let path): "\(path) holds no private key (PEM, without a passphrase)"
            case .notTogether(let certificate, let key):
                "the key in \(key) is not that of the certificate in \(certificate)"
            }
        }
    }

    private struct Held: Sendable {
        let texts: [[UInt8]]
        let chain: [NIOSSLCertificateSource]
        let key: NIOSSLPrivateKeySource
        let claims: CertificateClaims

        /// What a handshake shows.
        var shown: NIOSSLContextConfigurationOverride {
            var shown = NIOSSLContextConfigurationOverride()
            (shown.certificateChain, shown.privateKey) = (chain, key)
            return shown
        }
    }

    private let certificatePath: String
    private let keyPath: String
    private let held: Mutex<Held>

    /// Reads the files.
    /// - Throws: `Fault` where they are of no use.
    package init(certificatePath: String, keyPath: String) throws {
        (self.certificatePath, self.keyPath) = (certificatePath, keyPath)
        held = Mutex(try Self.held(Self.texts(certificatePath, keyPath), certificatePath, keyPath))
    }

    /// Reads the files again; whether they had changed. Connections that stand go on as they began.
    /// - Throws: `Fault` where they are of no use now: then the former certificate stays.
    package func reread() throws -> Bool {
        let texts = try Self.texts(certificatePath, keyPath)
        if held.withLock({ $0.texts }) == texts { return false }
        let new = try Self.held(texts, certificatePath, keyPath)
        held.withLock { $0 = new }
        return true
    }

    /// What the server's own certificate says.
    package var claims: CertificateClaims { held.withLock(\.claims) }

    /// What the server needs to speak TLS.
    func configuration() -> TLSConfiguration {
        var configuration = held.withLock {
            TLSConfiguration.makeServerConfiguration(certificateChain: $0.chain, privateKey: $0.key)
        }
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        configuration.sslContextCallback = { [self] _, promise in promise.succeed(held.withLock { $0.shown }) }
        return configuration
    }

    private static func texts(_ paths: String...) throws -> [[UInt8]] {
        try paths.map { path in
            guard let text = try? Data(contentsOf: URL(filePath: path)) else { throw Fault.unreadable(path: path) }
            return Array(text)
        }
    }

    private static func held(_ texts: [[UInt8]], _ certificate: String, _ key: String) throws -> Held {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(texts[0]), !chain.isEmpty else {
            throw Fault.noCertificate(path: certificate)
        }
        guard let secret = try? NIOSSLPrivateKey(bytes: texts[1], format: .pem) else { throw Fault.noKey(path: key) }
        let held = Held(
            texts: texts,
            chain: chain.map { .certificate($0) },
            key: .privateKey(secret),
            claims: CertificateClaims(chain[0])
        )
        let trial = TLSConfiguration.makeServerConfiguration(certificateChain: held.chain, privateKey: held.key)
        guard (try? NIOSSLContext(configuration: trial)) != nil else {
            throw Fault.notTogether(certificate: certificate, key: key)
        }
        return held
    }
}

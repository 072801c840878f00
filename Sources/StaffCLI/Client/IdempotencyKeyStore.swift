import Crypto
import Encodings
import FoundationEssentials

/// The idempotency keys of changes that the store has not answered yet, a file each.
///
/// A key is written down before its change is sent, under a hash of the request; running the same command again within a
/// day sends the same key, and the store, should it have made the change, answers what it answered then.
struct IdempotencyKeyStore: Sendable {
    /// A key, and when it was made where that was not just now.
    struct Key: Sendable, Hashable {
        let text: String
        /// How long ago an earlier run made it, in seconds; nil for a fresh one.
        let age: Int64?
        /// Whether the next run will find it.
        let isKept: Bool
    }

    private static let lifetime: Int64 = 86_400

    let folder: String

    init(_ config: ConfigFolder) { folder = config.path + "/unanswered" }

    /// The key for a change: the one that an earlier run left unanswered, or a fresh one.
    func key(for request: StoreRequest, url: String, now: Int64) -> Key {
        let file = file(for: request, url: url)
        if let left = try? LocalFile.read(file, sizeMax: 200) {
            let parts = String(decoding: left, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            if parts.count == 2, let time = Int64(parts[0]), now - time < Self.lifetime, Self.isKey(parts[1]) {
                return Key(text: String(parts[1]), age: max(now - time, 0), isKept: true)
            }
        }
        sweep(now)
        let fresh = Self.fresh()
        do {
            try LocalFile.makeFolder(folder)
            try LocalFile.replace(file, with: Array("\(now) \(fresh)\n".utf8), isSecret: true)
            return Key(text: fresh, age: nil, isKept: true)
        } catch {
            // A machine on which nothing can be kept may still send it; only a second run won't know of the first.
            return Key(text: fresh, age: nil, isKept: false)
        }
    }

    /// Forgets a change that was answered.
    func remove(_ request: StoreRequest, url: String) { LocalFile.remove(file(for: request, url: url)) }

    /// 128 random bits.
    static func fresh() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }.hexadecimal
    }

    private func file(for request: StoreRequest, url: String) -> String {
        var hash = SHA256()
        for part in [url, request.method.rawValue, request.path.description, request.version.map { String($0) } ?? ""] {
            hash.update(data: Data("\(part.utf8.count):\(part)".utf8))
        }
        hash.update(data: Data(request.body ?? []))
        return folder + "/" + hash.finalize().hexadecimal
    }

    private func sweep(_ now: Int64) {
        for name in LocalFile.names(in: folder) {
            let file = folder + "/" + name
            let time = (try? LocalFile.read(file, sizeMax: 200))
                .flatMap { String(decoding: $0, as: UTF8.self).split(separator: " ").first }
                .flatMap { Int64($0) }
            if now - (time ?? 0) >= Self.lifetime { LocalFile.remove(file) }
        }
    }

    private static func isKey(_ text: Substring) -> Bool {
        text.utf8.count == 32 && text.allSatisfy(\.isHexDigit)
    }
}

import FoundationEssentials
import SystemPackage

/// Where the store is, and the token that opens it: what `aftercare login` keeps.
package struct Login: Codable, Sendable, Hashable {
    /// The store's address without a slash at its end.
    package let url: String
    /// The staff token.
    package let token: String
    /// A file of certificates (PEM) that are trusted besides the machine's own: whose store is known to nobody else.
    let caFile: String?

    /// Where the store is on a machine that runs it.
    static let standardURL = "http://127.0.0.1:8080"

    /// - Throws: `StaffError` where the address is none.
    package init(url: String, token: String, caFile: String? = nil) throws {
        self.url = try Self.checked(url)
        self.token = token
        self.caFile = caFile
    }

    /// Who is logged in: what the environment says, else what was saved.
    /// - Parameter environment: the process's, of which `AFTERCARE_URL`, `AFTERCARE_TOKEN` and `AFTERCARE_CA_FILE` win
    ///   over the file.
    package static func load(environment: [String: String]) throws -> Login {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let url = value("AFTERCARE_URL")
        if let token = value("AFTERCARE_TOKEN") {
            let saved = url == nil ? try saved(environment: environment) : nil
            return try Login(
                url: url ?? saved?.url ?? standardURL,
                token: token,
                caFile: value("AFTERCARE_CA_FILE") ?? saved?.caFile
            )
        }
        guard let saved = try saved(environment: environment) else {
            guard let profile = try Profile.name(in: environment) else {
                throw StaffError(.notAllowed, "Nobody is logged in.", advice: "Log in: aftercare login.")
            }
            throw StaffError(
                .notAllowed,
                "No login is saved as \(profile).",
                advice: "Log in: aftercare login --profile \(profile). \"aftercare logins\" lists those there are."
            )
        }
        if let url, try checked(url) != saved.url {
            // A token is for the store that it was made by, and for no other.
            throw StaffError(
                .notAllowed,
                "The login is for \(saved.url), but AFTERCARE_URL names \(url).",
                advice: "Set AFTERCARE_TOKEN too, or log in there: aftercare login --url \(url)."
            )
        }
        return try Login(url: saved.url, token: saved.token, caFile: value("AFTERCARE_CA_FILE") ?? saved.caFile)
    }

    /// What was saved, under the profile that the environment names; nil where nothing was.
    package static func saved(environment: [String: String]) throws -> Login? {
        try saved(try file(environment))
    }

    /// What a file keeps; nil where there is none.
    static func saved(_ path: String) throws -> Login? {
        guard let bytes = try LocalFile.readSecret(path) else { return nil }
        guard let login = try? JSONDecoder().decode(Login.self, from: Data(bytes)) else {
            throw StaffError(.localFile, "\(path) is not a login file.", advice: "Log in again: aftercare login.")
        }
        return try Login(url: login.url, token: login.token, caFile: login.caFile)
    }

    /// Keeps it, for its owner's eyes only.
    package func save(environment: [String: String]) throws {
        let file = try Self.file(environment)
        try LocalFile.makeFolder(FilePath(file).removingLastComponent().string)
        try LocalFile.replace(file, with: Array((JSONText.of(self) + "\n").utf8), isSecret: true)
    }

    /// Forgets what was saved; whether there was anything.
    static func remove(environment: [String: String]) throws -> Bool { LocalFile.remove(try file(environment)) }

    private static func file(_ environment: [String: String]) throws -> String {
        Profile.file(try Profile.name(in: environment), ConfigFolder(environment: environment))
    }

    /// An address as requests are made from it.
    private static func checked(_ url: String) throws -> String {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        let isPlain = url.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        let host = ["http://", "https://"].first { url.hasPrefix($0) }.map { url.dropFirst($0.count) } ?? ""
        guard isPlain, !host.isEmpty, !host.contains(where: { "?#@\\".contains($0) }) else {
            throw StaffError(
                .wrongUse,
                "\(SafeText.line(url)) is not a store's address.",
                advice: "One looks like https://shop.example or \(standardURL)."
            )
        }
        return url
    }
}

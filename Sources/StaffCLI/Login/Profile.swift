/// Logins under names of their own, for whoever works for several stores.
enum Profile {
    /// The environment's name of the login that is meant.
    private static let variable = "AFTERCARE_PROFILE"

    /// The environment of a command that names a profile: what is named wins over a token that stands there.
    static func environment(_ environment: [String: String], of profile: String) -> [String: String] {
        var environment = environment
        environment["AFTERCARE_URL"] = nil
        environment["AFTERCARE_TOKEN"] = nil
        environment[variable] = profile
        return environment
    }

    /// The name that the environment says; nil for the login without one.
    /// - Throws: where it is no name.
    static func name(in environment: [String: String]) throws(StaffError) -> String? {
        guard let name = environment[variable], !name.isEmpty else { return nil }
        let isPlain = name.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || $0.properties.numericType != nil || "-_.".unicodeScalars.contains($0))
        }
        guard isPlain, name.count <= 40, !name.hasPrefix(".") else {
            throw StaffError(
                .wrongUse,
                "\(SafeText.line(name)) is no name of a login.",
                advice: "A name has 1 to 40 letters, digits, dashes, dots and underscores."
            )
        }
        return name
    }

    /// The file that keeps a login.
    static func file(_ name: String?, _ folder: ConfigFolder) -> String {
        name.map { "\(logins(folder))/\($0)\(ending)" } ?? folder.path + "/login.json"
    }

    /// The names that logins are saved under.
    static func names(environment: [String: String] = CommandContext.current.environment) -> [String] {
        LocalFile.names(in: logins(ConfigFolder(environment: environment))).filter { $0.hasSuffix(ending) }
            .map { String($0.dropLast(ending.count)) }
    }

    private static let ending = ".json"

    private static func logins(_ folder: ConfigFolder) -> String { folder.path + "/logins" }
}

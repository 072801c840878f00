/// The folder in which this program keeps what it must remember: who is logged in, and which changes were not answered.
struct ConfigFolder: Sendable, Hashable {
    let path: String

    /// `AFTERCARE_CONFIG_DIR`, else `aftercare` in `XDG_CONFIG_HOME`, else `~/.config/aftercare`.
    init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let path = value("AFTERCARE_CONFIG_DIR") {
            self.path = path
        } else if let folder = value("XDG_CONFIG_HOME") {
            path = folder + "/aftercare"
        } else {
            path = (value("HOME") ?? ".") + "/.config/aftercare"
        }
    }
}

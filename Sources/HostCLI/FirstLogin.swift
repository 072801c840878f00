import Commerce
import FoundationEssentials
import Glibc
import Staff
import StaffCLI
import StoreHTTP

/// A private store's first start logs in whoever started it, so that the staff's commands work at once. A login that is
/// there already stays.
enum FirstLogin {
    private static let lifetime = Duration.seconds(365 * 86_400)

    static func make(_ store: Store, url: String) async {
        let environment = ProcessInfo.processInfo.environment
        guard environment["HOME"]?.isEmpty == false, (try? Login.saved(environment: environment)) == .some(nil) else {
            return
        }
        do {
            let (secret, token) = try await store.staff.create(
                name: userName,
                role: .manager,
                now: store.now(),
                lifetime: lifetime
            )
            try Login(url: url, token: secret.text).save(environment: environment)
            say("You are logged in as \(token.name): try aftercare today.")
        } catch {
            say("You are not logged in yet: aftercare token create makes a token, aftercare login keeps it.")
        }
    }

    /// The name of whoever runs this.
    private static var userName: String {
        guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "host" }
        return String(cString: name)
    }
}

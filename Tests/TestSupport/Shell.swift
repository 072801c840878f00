import Dispatch
import Glibc

/// Runs a shell script, its arguments as `$1`, `$2`, …, and returns its exit status. No thread of Swift's pool waits.
@discardableResult
package func shell(_ script: String, _ arguments: String...) async -> Int32 {
    await withCheckedContinuation { continuation in
        DispatchQueue(label: "test.shell").async {
            continuation.resume(returning: runShell(script, arguments))
        }
    }
}

private func runShell(_ script: String, _ parameters: [String]) -> Int32 {
    let quiet = "exec </dev/null >/dev/null 2>&1; cd /\n" + script
    let words = ["/bin/sh", "-c", quiet, "sh"] + parameters
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin"), nil]
    defer { (arguments + environment).forEach { free($0) } }
    var process = pid_t()
    guard posix_spawn(&process, "/bin/sh", nil, nil, arguments, environment) == 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status
}

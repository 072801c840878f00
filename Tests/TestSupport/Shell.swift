import Dispatch
package import Glibc

/// Runs a shell script, its arguments as `$1`, `$2`, …, and returns its exit status. No thread of Swift's pool waits.
@discardableResult
package func shell(_ script: String, _ arguments: String...) async -> Int32 {
    await withCheckedContinuation { continuation in
        DispatchQueue(label: "test.shell").async {
            continuation.resume(returning: runShell(script, arguments))
        }
    }
}

/// Waits until a program that was started here has ended, and gives its status. What it waits for may be another test's to
/// answer: no thread that tasks share is held meanwhile.
package func endOfProcess(_ process: pid_t) async -> Int32 {
    await withCheckedContinuation { continuation in
        DispatchQueue(label: "test.process").async {
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            continuation.resume(returning: status)
        }
    }
}

private func runShell(_ script: String, _ parameters: [String]) -> Int32 {
    let quiet = "exec </dev/null >/dev/null 2>&1; cd /\n" + script
    let words = ["-c", quiet, "sh"] + parameters
    guard let process = spawn("/bin/sh", words, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]) else { return -1 }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status
}

/// Starts a program that says nothing; its process, or nil when there is no such program.
///
/// Nor does it hold the output of the tests: whoever reads that would wait for a program that a failed test left behind.
/// The child gets none of our sockets: one that it held would stay open after we closed it, and its other side would
/// wait for as long as the child lives.
package func spawn(_ program: String, _ arguments: [String], environment: [String]) -> pid_t? {
    let argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    let envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream in STDIN_FILENO...STDERR_FILENO {
        posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
    }
    _ = addCloseFrom(&actions, STDERR_FILENO + 1)
    var process = pid_t()
    return posix_spawn(&process, program, &actions, nil, argv, envp) == 0 ? process : nil
}

/// `posix_spawn_file_actions_addclosefrom_np`, which glibc's module does not show.
private let addCloseFrom = unsafeBitCast(
    dlsym(nil, "posix_spawn_file_actions_addclosefrom_np"),
    to: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt).self
)

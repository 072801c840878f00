import Glibc

/// The browser of the desktop that the terminal is on.
enum Browser {
    /// Opens an address; whether there is a desktop whose browser took it.
    static func open(_ url: String) -> Bool {
        // Without a desktop `xdg-open` would start a browser in this very terminal.
        let hasDesktop = ["DISPLAY", "WAYLAND_DISPLAY"].contains { (name: String) in
            getenv(name).map { $0.pointee != 0 } ?? false
        }
        guard hasDesktop else { return false }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        let arguments: [UnsafeMutablePointer<CChar>?] =
            ["xdg-open", url].map { (text: String) in strdup(text) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var (child, status) = (pid_t(), Int32())
        guard posix_spawnp(&child, "xdg-open", &actions, nil, arguments, environ) == 0,
            waitpid(child, &status, 0) == child
        else { return false }
        return status == 0
    }
}

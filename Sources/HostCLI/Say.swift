import Glibc

/// Tells the person at the terminal something right away.
func say(_ line: String) {
    let text = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, text, text.count)
}

/// What lets a guide's page be put on a phone's home screen and be read without a network. None of it tells anything of the
/// client.
public enum GuideApp {
    /// The script of the worker that keeps the page in the browser that opened it, and forgets it with its link.
    public static let worker = Array(Embedded.text("worker.js").utf8)
    /// The policy that the worker runs under: it asks its own server, and nobody else.
    public static let workerPolicy = "default-src 'none'; connect-src 'self'"
}

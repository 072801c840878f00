/// What somebody types, line by line.
protocol InputLines: Sendable {
    /// The next line without its end; nil where there are no more.
    func next() async -> String?
    /// The next line, unseen on the screen.
    func nextSecret() async -> String?
}

import StoreAPI

/// A picture of a product at an address of the catalog's. A page asks for pictures at the hosts of those that it shows, and
/// at no others.
struct Photograph: Sendable {
    private let media: ProductMediaBody
    /// Scheme, host and port, as a Content-Security-Policy names them.
    let host: String

    /// Nil where the address has no host that a policy could name.
    init?(_ media: ProductMediaBody) {
        let parts = media.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "https:", parts[1].isEmpty,
            parts[2].wholeMatch(of: /[A-Za-z0-9.-]+(:[0-9]+)?/) != nil
        else { return nil }
        self.media = media
        host = "\(parts[0])//\(parts[2])"
    }

    /// As the templates show it.
    /// - Parameter isBesideItsName: whether it only repeats what stands beside it.
    func values(isBesideItsName: Bool = false) -> [String: Any] {
        [
            "url": media.url, "alt": isBesideItsName ? "" : media.alternativeText, "width": "\(media.width)",
            "height": "\(media.height)",
        ]
    }
}

extension [ProductMediaBody] {
    /// Those that can be shown.
    var photographs: [Photograph] { compactMap(Photograph.init) }
}

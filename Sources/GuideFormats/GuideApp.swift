import FoundationEssentials
public import UsageGuide

/// What lets a guide's page be put on a phone's home screen and be read without a network. None of it tells anything of the
/// client.
public enum GuideApp {
    /// The script of the worker that keeps the page in the browser that opened it, and forgets it with its link.
    public static let worker = Array(Embedded.text("worker.js").utf8)
    /// The policy that the worker runs under: it asks its own server, and nobody else.
    public static let workerPolicy = "default-src 'none'; connect-src 'self'"

    /// The icon as a drawing.
    public static let icon = Array(Embedded.text("icon.svg").utf8)
    /// The same as PNG of 192 pixels, for phones that take no drawing.
    public static let iconImage: [UInt8] = {
        let text = Embedded.text("icon.png.base64")
        guard let image = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
            preconditionFailure("icon.png.base64 is not base64")
        }
        return Array(image)
    }()

    /// The manifest of a guide as an app: a touch on its icon opens today.
    /// - Parameter path: where the guide's page is.
    public static func manifest(_ content: GuideContent, path: String) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(Manifest(content, path: path)))
    }

    private struct Manifest: Encodable {
        let id: String
        let startURL: String
        let scope: String
        let name = "DM Aftercare"
        let shortName = "Aftercare"
        let language: String
        let direction: String
        let display = "standalone"
        let backgroundColor = "#f6f3ee"
        let themeColor = "#f6f3ee"
        let icons: [Icon]

        struct Icon: Encodable {
            let src: String
            let sizes: String
            let type: String
            let purpose = "any maskable"
        }

        enum CodingKeys: String, CodingKey {
            case id, scope, name, display, icons
            case startURL = "start_url"
            case shortName = "short_name"
            case language = "lang"
            case direction = "dir"
            case backgroundColor = "background_color"
            case themeColor = "theme_color"
        }

        init(_ content: GuideContent, path: String) {
            (id, startURL, scope) = (path, path, path)
            language = content.language
            direction = content.direction
            icons = [
                Icon(src: "\(path)/icon.svg", sizes: "any", type: "image/svg+xml"),
                Icon(src: "\(path)/icon.png", sizes: "192x192", type: "image/png"),
            ]
        }
    }
}

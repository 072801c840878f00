import Crypto
import FoundationEssentials
import Mustache

/// A page's template with its style and script inside it, so that a page asks no other address for anything.
public struct HTMLTemplate: Sendable {
    private let template: MustacheTemplate
    /// The Content-Security-Policy under which exactly this page's own style and script run, and nothing else.
    public let policy: String

    /// The style of every page that a client opens.
    public static let pageStyle = Embedded.text("page.css")

    /// A template that its program carries. One that can't be read is a mistake of the program and ends it.
    /// - Parameters:
    ///   - source: mustache; `/* style */` and `/* script */` mark where both go, `<!-- icons -->` the pictograms.
    ///   - sendsForms: whether the page has forms, which go to its own server.
    ///   - isInstallable: whether the page may be put on a phone's home screen and read there without a network: it has an
    ///     icon, a manifest and a worker, from its own server.
    ///   - framesOwnPages: whether the page shows others of its own server in frames.
    ///   - hasModule: whether a module in a file of its own improves it, and it has an icon, from its own server.
    public init(
        _ source: String,
        style: String = HTMLTemplate.pageStyle,
        script: String = "",
        sendsForms: Bool = false,
        isInstallable: Bool = false,
        framesOwnPages: Bool = false,
        hasModule: Bool = false
    ) {
        MustacheContentTypes.register(ScalarEscaping(), named: "PAGE")
        let whole = source.replacing("/* style */", with: style).replacing("/* script */", with: script)
            .replacing("<!-- icons -->", with: Embedded.text("icons.svg"))
        do {
            template = try MustacheTemplate(string: "{{% CONTENT_TYPE:PAGE}}\n" + whole)
        } catch {
            preconditionFailure("a page's template is not valid: \(error)")
        }
        policy =
            [
                "default-src 'none'", "style-src '\(Self.hash(style))'",
                script.isEmpty ? nil : "script-src '\(Self.hash(script))'",
                hasModule ? "script-src 'self'; img-src 'self'" : nil,
                isInstallable ? "worker-src 'self'; manifest-src 'self'; img-src 'self'" : nil,
                framesOwnPages ? "frame-src 'self'" : nil, "base-uri 'none'",
                "form-action \(sendsForms ? "'self'" : "'none'")", "frame-ancestors 'none'",
            ].compactMap(\.self).joined(separator: "; ")
    }

    /// The page. Text is escaped unless the template asks for markup with three braces.
    public func render(_ values: [String: Any]) -> String { template.render(values) }

    private static func hash(_ text: String) -> String {
        "sha256-" + Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
    }
}

/// The pictograms of `icons.svg`.
enum Icon {
    private static let inks = ["wash": "#24609f", "ointment": "#96500d", "lotion": "#574ca0"]

    private static let drawings: [String: String] = {
        var drawings: [String: String] = [:]
        for symbol in Embedded.text("icons.svg").split(separator: "<symbol id=\"").dropFirst() {
            let name = String(symbol.prefix { $0 != "\"" })
            guard let start = symbol.firstIndex(of: ">"), let end = symbol.firstRange(of: "</symbol>")?.lowerBound
            else {
                continue
            }
            let strokes = symbol[symbol.index(after: start)..<end]
            drawings[name] = """
                <svg class="i" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="\(inks[name] ?? "#1c2321")" \
                stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">\(strokes)</svg>
                """
        }
        return drawings
    }()

    /// A pictogram as a drawing of its own, for paper: a printed page can't point to another drawing.
    static func drawing(_ name: String) -> String { drawings[name] ?? "" }
}

/// Escapes scalar by scalar. A mark that follows a quote is one character with it for Swift, and two for a browser:
/// escaping by characters, as mustache does by itself, would let that quote through.
struct ScalarEscaping: MustacheContentType {
    func escapeText(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

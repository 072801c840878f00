import Mustache

/// The pages' templates, read once. A template that can't be read is a mistake of the program.
enum PageTemplates {
    static let guide = template(PackageResources.guide_mustache)
    static let order = template(PackageResources.order_mustache)

    private static func template(_ source: [UInt8]) -> MustacheTemplate {
        let style = String(decoding: PackageResources.page_css, as: UTF8.self)
        do {
            return try MustacheTemplate(
                string: String(decoding: source, as: UTF8.self).replacing("/* style */", with: style)
            )
        } catch {
            preconditionFailure("a page's template is not valid: \(error)")
        }
    }
}

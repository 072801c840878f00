import Commerce
import JSONFields

extension CatalogFile {
    /// The most pictures, and the most warnings, of one product.
    private static let listMax = 20

    /// Reads what is shown of a product beside its name and its price.
    /// - Parameter isDescribed: whether it has a description in English.
    static func readDetails(_ fields: Fields, isDescribed: Bool) -> ProductDetails {
        var details = ProductDetails(
            media: fields.objects("media", countMax: listMax, readPicture) ?? [],
            ingredients: fields.checkLine("ingredients", lengthMax: 4000),
            warnings: lines(fields, "warnings", needsOne: false, countMax: listMax, lengthMax: 500),
            responsible: fields.object("responsible", readResponsible),
            isSealed: fields.flag("sealed") ?? false
        )
        details.translations =
            fields.object("translations") { languages in
                languages.names.compactMap { language in
                    if !LegalText.isLanguage(language) || language == ProductTexts.originalLanguage {
                        languages.report(
                            language,
                            "notALanguage",
                            "A translation is named by another language than English, such as de or pt-BR."
                        )
                    }
                    return languages.object(language) {
                        readTexts($0, in: language, beside: details, isDescribed: isDescribed)
                    }
                }
            } ?? []
        return details
    }

    private static func readPicture(_ fields: Fields) -> ProductDetails.Picture? {
        fields.allow("url", "alternativeText", "width", "height")
        let url = fields.require("url") ? fields.text("url") : nil
        // Marks that end an address in HTML, in CSS or in a header are written as percent and two digits.
        let isURL = url?.wholeMatch(of: /https:\/\/[A-Za-z0-9.\-]+(:[0-9]{1,5})?\/[!#-;=?-~]*/) != nil
        if let url, !isURL || url.utf8.count > 2000 {
            fields.report(
                "url",
                "notAnAddress",
                "A picture has an absolute https address with a path, of at most 2,000 characters."
            )
        }
        let text = fields.require("alternativeText") ? fields.checkLine("alternativeText", lengthMax: 250) : nil
        let width = fields.require("width") ? fields.integer("width", in: 1...20_000) : nil
        let height = fields.require("height") ? fields.integer("height", in: 1...20_000) : nil
        return ProductDetails.Picture(
            url: url ?? "",
            alternativeText: text ?? "",
            width: width ?? 1,
            height: height ?? 1
        )
    }

    private static func readResponsible(_ fields: Fields) -> ProductDetails.ResponsiblePerson? {
        fields.allow("name", "addressLines", "contact")
        let name = fields.require("name") ? fields.checkLine("name", lengthMax: 120) : nil
        let addressLines = fields.require("addressLines") ? lines(fields, "addressLines", needsOne: true) : []
        let contact = fields.require("contact") ? fields.checkLine("contact", lengthMax: 254) : nil
        if let contact, contact.unicodeScalars.count < 3 {
            fields.report("contact", "tooShort", "A contact is an e-mail or a web address.")
        }
        guard let name, let contact else { return nil }
        return ProductDetails.ResponsiblePerson(name: name, addressLines: addressLines, contact: contact)
    }

    /// Reads a translation. It says all that the English says: whoever reads it misses no warning.
    private static func readTexts(
        _ fields: Fields,
        in language: String,
        beside details: ProductDetails,
        isDescribed: Bool
    ) -> ProductTexts? {
        fields.allow("name", "description", "warnings", "alternativeTexts")
        let name = fields.require("name") ? fields.checkLine("name", lengthMax: 120) : nil
        let description = fields.has("description") ? fields.checkLine("description", lengthMax: 2000) : nil
        if isDescribed != fields.has("description") {
            fields.report("description", "notWhole", "A translation has a description where the English has one.")
        }
        func list(_ name: String, _ count: Int, lengthMax: Int, of what: String) -> [String] {
            let list = lines(fields, name, needsOne: false, countMax: listMax, lengthMax: lengthMax)
            if list.count != count {
                fields.report(name, "notWhole", "A translation has one for each \(what) of the product: \(count).")
            }
            return list
        }
        let warnings = list("warnings", details.warnings.count, lengthMax: 500, of: "warning")
        let alternatives = list("alternativeTexts", details.media.count, lengthMax: 250, of: "picture")
        return name.map {
            ProductTexts(
                language: language,
                name: $0,
                description: description ?? "",
                warnings: warnings,
                alternativeTexts: alternatives
            )
        }
    }
}

import Catalog
import GuideFormats
import NIOHTTP1
import Staff
import StoreHTTP
import TestSupport
import Testing

/// What comes out of two printers that know nothing of each other: WeasyPrint, as the store uses it, and Chromium, as
/// staff and clients do.
@Suite(
    DatabaseTrait.store,
    .enabled("WeasyPrint, Chromium and Poppler are installed") {
        Installed.has("weasyprint", "chromium", "pdfinfo", "pdftotext")
    }
)
struct PaperTests {
    /// A PDF: how large its pages are, and what stands on each.
    private struct Print: Sendable {
        let size: String
        let pages: [String]

        init(_ file: String) async throws {
            let info = try await Installed.run("pdfinfo", [file])
            let line = try #require(info.split(separator: "\n").first { $0.hasPrefix("Page size:") })
            // The two round the same size in their own ways.
            size = line.matches(of: /[0-9.]+/).compactMap { Double($0.0).map { "\(Int($0.rounded()))" } }.prefix(2)
                .joined(separator: " x ")
            pages = try await Installed.run("pdftotext", [file, "-"])
                .split(separator: "\u{0C}", omittingEmptySubsequences: false).dropLast().map(String.init)
        }
    }

    /// What an address of the store comes to on paper: as PDF, and from a browser that has it as a page.
    private func prints(
        _ store: TestStore,
        pdf: String,
        page: String,
        _ headers: [String: String] = [:]
    ) async throws -> [Print] {
        try await withTestFolder { folder in
            let served = try await store.client.send(.GET, store.url + pdf, nil, headers, timeout: 600)
            #expect(served.status == 200, "\(served.text.prefix(300))")
            try write(served.body, to: folder + "/weasyprint.pdf")
            try write(try await store.send(.GET, page, nil, headers).body, to: folder + "/page.html")
            _ = try await Installed.chromium(
                "--no-pdf-header-footer",
                "--print-to-pdf=\(folder)/chromium.pdf",
                open: "file://\(folder)/page.html",
                in: folder
            )
            return [try await Print(folder + "/weasyprint.pdf"), try await Print(folder + "/chromium.pdf")]
        }
    }

    private func staffPrints(_ store: TestStore, _ orders: [JSON], _ query: String) async throws -> [Print] {
        let path = "/v1/staff/prints?" + orders.map { "order=\($0.number.text)&" }.joined() + query
        return try await prints(store, pdf: path + "&format=pdf", page: path, try await store.staff(.packer))
    }

    private static let insert = "Aftercare at a glance"

    /// An order of so many products that its slip fills sheets, each of the widest of names, for somebody with such a name.
    private func order(_ store: TestStore, ofProducts count: Int) async throws -> JSON {
        let skus = (1...count).map { "BOTTLE-\($0)" }
        let name = String(repeating: "W", count: 110)
        let products = skus.map {
            #"{"sku": "\#($0)", "kind": "product", "name": "\#(name)\#($0.suffix(2))", "description": "A bottle.","#
                + #" "taxClass": "standard", "maxPerOrder": 10, "stock": 1000},"#
        }
        let file = String(decoding: CatalogFile.demoBytes, as: UTF8.self)
            .replacing(#""products": ["#, with: #""products": ["# + products.joined())
            .replacing(#""GBP": { "#, with: #""GBP": { "# + skus.map { "\"\($0)\": 0, " }.joined())
        _ = try await CatalogFile(Array(file.utf8)).load(into: store.pool)
        let items = skus.map { #"{"sku": "\#($0)", "quantity": 1},"# }.joined()
        let cart = try await store.cart(TestStore.choice(#"[\#(items) {"sku": "DM-KIT", "quantity": 1}]"#))
        let placed = try await store.checkout(cart.path, key: "many", name: String(repeating: "W", count: 200))
        #expect(placed.status == 201, "\(placed.text)")
        return placed.json
    }

    @Test(arguments: [("a4", "420 x 595"), ("letter", "396 x 612")])
    func slipAndInsertBeginOnSheetsOfTheirOwn(paper: String, size: String) async throws {
        try await TestStore.run { store in
            let first = try await order(store, ofProducts: 30)
            let orders = [first, try await store.order(), try await store.order()]
            let printed = try await staffPrints(store, orders, "kind=both&paper=\(paper)")
            #expect(printed.map(\.size) == [size, size])
            // The first slip is some sheets, the others are one; an insert is one.
            let count = try #require(printed[0].pages[0].firstMatch(of: /Sheet 1 of ([0-9]+)/))
            let sheets = try #require(Int(count.1))
            #expect(sheets > 2)
            #expect(printed.map(\.pages.count) == [2 * sheets + 10, 2 * sheets + 10])
            for print in printed {
                for (index, words) in print.pages.enumerated() where index % 2 == 1 {
                    #expect(!words.contains("Placed on") && !words.contains(Self.insert), "page \(index + 1): \(words)")
                }
                let fronts = stride(from: 0, to: print.pages.count, by: 2).map { print.pages[$0] }
                #expect(fronts.suffix(5).map { $0.contains(Self.insert) } == [true, false, true, false, true])
                for (index, front) in fronts.prefix(sheets).enumerated() {
                    #expect(front.contains(first.number.text), "\(front)")
                    #expect(front.contains("Sheet \(index + 1) of \(sheets)"), "\(front)")
                }
                for bottle in 1...30 { #expect(print.pages.joined().contains("BOTTLE-\(bottle)\n")) }
                #expect(!fronts[sheets + 1].contains("Sheet"))
            }
            // Slips alone too: the next customer's is on no back.
            let slips = try await staffPrints(store, orders, "kind=slip&paper=\(paper)")
            #expect(slips.map(\.pages.count) == [2 * sheets + 3, 2 * sheets + 3])
            for print in slips {
                for front in [2 * sheets, 2 * sheets + 2] { #expect(print.pages[front].contains("Placed on")) }
            }
        }
    }

    private static let courses =
        [
            #"["2026-11-24", "2026-12-10", "2027-01-05"]}"#,
            #"["2026-12-01", "2027-01-15"], "keepDryHours": 24, "restDays": 7}"#,
            "[" + (1...12).map { "\"2027-\($0 < 10 ? "0" : "")\($0)-15\"" }.joined(separator: ",") + "]}",
            #"["2026-12-01"], "final": false}"#,
        ].map { #"{"timeZone": "Europe/London", "sessions": "# + $0 } + ["null"]

    @Test(arguments: ["a4", "letter"])
    func insertIsOneSheetHoweverLongTheCourseAndTheName(paper: String) async throws {
        try await TestStore.run { store in
            var orders: [JSON] = []
            for course in Self.courses {
                for name in ["Ada", String(repeating: "W", count: 200)] {
                    orders.append(try await store.order(course: course, name: name))
                }
            }
            for print in try await staffPrints(store, orders, "kind=insert&paper=\(paper)") {
                #expect(print.pages.count == 2 * orders.count)
                // Nothing is cut off at the end of either side.
                for (index, words) in print.pages.enumerated() {
                    #expect(words.contains(Self.insert) == (index % 2 == 0), "page \(index + 1): \(words)")
                    #expect(words.contains(index % 2 == 0 ? "revision 1" : "not medical advice"), "page \(index + 1)")
                }
            }
        }
    }

    /// A paper of a shop, its two sizes, and how many whole sheets the guide takes on it.
    struct Stock: Sendable {
        let paper: Paper
        let whole: String
        let half: String
        let pages: Int
    }

    @Test(arguments: [
        Stock(paper: .a4, whole: "595 x 842", half: "420 x 595", pages: 3),
        Stock(paper: .letter, whole: "612 x 792", half: "396 x 612", pages: 4),
    ])
    func shopPrintsOnItsOwnPaper(stock: Stock) async throws {
        try await TestStore.run(settings: { $0.paper = stock.paper }) { store in
            let order = try await store.order()
            let page = order.guide.page.text
            let sheet = try await prints(store, pdf: page + "/sheet.pdf", page: page + "/sheet")
            // Whole sheets take what is in the printer: Letter in a Chromium that was told nothing.
            #expect(sheet.map(\.size) == [stock.whole, "612 x 792"])
            #expect(sheet.map(\.pages.count) == [stock.pages, 4])
            let insert = try await prints(store, pdf: page + "/insert.pdf", page: page + "/insert")
            #expect(insert.map(\.size) == [stock.half, stock.half] && insert.map(\.pages.count) == [2, 2])
            let slip = try await staffPrints(store, [order], "kind=slip")
            #expect(slip.map(\.size) == [stock.half, stock.half] && slip.map(\.pages.count) == [1, 1])
        }
    }

    @Test func invoiceIsOnTheShopsPaper() async throws {
        try await TestStore.run(settings: { $0.paper = .letter }) { store in
            let order = try await store.order()
            let page = try await store.send(.GET, order.page.text).text
            let address = try #require(page.firstMatch(of: #/"(/o/[^"]*/documents/[^"]*)"/#)?.1)
            let printed = try await prints(store, pdf: "\(address).pdf", page: String(address))
            #expect(printed[0].size == "612 x 792" && printed.map(\.pages.count) == [1, 1])
        }
    }

    @Test func dayOfASheetIsWholeOnItsPage() async throws {
        try await TestStore.run { store in
            let page = try await store.order().guide.page.text
            let sheet = try await store.send(.GET, page + "/sheet.pdf")
            let words = try await Installed.run("pdftotext", ["-layout", "-", "-"], on: sheet.body)
            for day in ["Thu 3 Dec", "Mon 14 Dec", "Sun 17 Jan"] {
                #expect(words.split(separator: "\n").contains { $0.contains(day) && $0.contains("Wash") }, "\(day)")
            }
            // The ways on are for a screen alone.
            let shown = try await store.send(.GET, page + "/sheet").text
            #expect(shown.contains("<a href=\"http://store.test\(page)\">Today</a><a href=\"sheet.pdf\">As PDF</a>"))
            #expect(!words.contains("As PDF"))
        }
    }

    /// From the page itself comes everything that it folds away, and nothing that is for a screen alone.
    @Test func pageOfAPhonePrintsWhole() async throws {
        try await TestStore.run { store in
            let page = try await store.order(course: TestStore.course(["2026-11-21", "2026-12-10"])).guide.page.text
            let served = try await store.send(.GET, page)
            // On US Letter, which a Chromium takes that was told nothing, and on A4.
            for paper in ["", "size:A4;"] {
                let print = try await withTestFolder { folder in
                    let page = served.text.replacing("@page{", with: "@page{" + paper)
                    try write(page.utf8, to: folder + "/page.html")
                    _ = try await Installed.chromium(
                        "--no-pdf-header-footer",
                        "--print-to-pdf=\(folder)/page.pdf",
                        open: "file://\(folder)/page.html",
                        in: folder
                    )
                    return try await Print(folder + "/page.pdf")
                }
                let words = print.pages.joined()
                #expect(print.size == (paper.isEmpty ? "612 x 792" : "595 x 842") && print.pages.count == 3)
                for text in ["Sat 21 Nov", "Fri 15 Jan", "UV fades pigment", "not medical advice"] {
                    #expect(words.contains(text), "\(text)")
                }
                #expect(!words.contains("Skip to") && !words.contains("Add to calendar"), "\(words)")
            }
            // A dark screen makes no dark paper.
            let queries = served.text.matches(of: /@media[^{]*prefers-color-scheme:dark/).map { String($0.0) }
            #expect(!queries.isEmpty && queries.allSatisfy { $0.hasPrefix("@media screen and ") }, "\(queries)")
        }
    }
}

import Testing

/// What reads the pages finds what is wrong with them.
@Suite struct PageReaderTests {
    private static func page(_ body: String) -> String {
        "<!doctype html>\n<html lang=\"en\"><body>\(body)</body></html>\n"
    }

    @Test func soundPageIsRead() throws {
        let page = try PageReader(
            Self.page(
                "<p id=\"a\" class=\"x y\">1 &lt; <b>2 &amp; 3</b><br></p><ul><li hidden>4</li></ul>"
                    + "<svg aria-labelledby=\"a\"><use href=\"#a\"/></svg>"
            )
        )
        #expect(page.root.all.map(\.name) == ["html", "body", "p", "b", "br", "ul", "li", "svg", "use"])
        let paragraph = try #require(page.root.all("p", "y").first)
        #expect(paragraph.text == "1 < 2 & 3")
        #expect(paragraph.ownText == "1 < ")
        #expect(page.root.all("p", "z").isEmpty)
        #expect(page.root.all("li").first?.attributes == ["hidden": ""])
    }

    @Test(arguments: [
        "<p>", "</p>", "<p></b>", "<p><b></p></b>", "<p", "<>", "<br></br>", "<br/>", "<p/>", "<div/>", "<P></p>",
        "<p class=x></p>", "<p class='x'></p>", "<p class=\"x></p>", "<p class=\"x\"id=\"y\"></p>",
        "<p class=\"x\" class=\"y\"></p>", "<p class=\"a>b\"></p>", "a & b", "&nbsp;", "&amp", "a > b",
        "<p><ul></ul></p>", "<b><p></p></b>", "<li></li>", "<ul><p></p></ul>", "<td></td>", "<summary></summary>",
        "<p id=\"a\"></p><p id=\"a\"></p>", "<p id=\"\"></p>", "<a href=\"#a\"></a>", "<p aria-labelledby=\"a\"></p>",
        "<style><b></style>", "<!-- a -->",
    ])
    func faultyPageIsNotRead(body: String) {
        #expect(throws: PageReader.Fault.self) { try PageReader(Self.page(body)) }
    }

    @Test func pageHasADoctype() {
        #expect(throws: PageReader.Fault.self) { try PageReader("<html></html>") }
    }
}

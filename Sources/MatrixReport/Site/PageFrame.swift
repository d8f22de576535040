import EvidenceStore
import MatrixModel

/// The head, navigation and footer of every page.
struct PageFrame {
    /// Where a page lies below the site's root.
    enum Place { case root, below }

    let title: String
    let place: Place
    let content: SiteContent

    private var base: String { place == .root ? "" : "../" }

    func render(_ main: (inout Markup) -> Void) -> [UInt8] {
        var html = Markup(capacity: 128 << 10)
        html.literal("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        // The browser loads only the site's own files and runs no script from a page's text.
        html.literal(
            """
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
            base-uri 'none'; form-action 'none'">
            """)
        html.literal("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">")
        html.element("title", "\(VisibleText.line(title)) · \(content.agents.title) · kmatrix")
        html.open("link", ["rel": "stylesheet", "href": base + "site.css"])
        html.open("link", ["rel": "icon", "type": "image/svg+xml", "href": base + "icon.svg"])
        html.open("link", ["rel": "alternate", "type": "application/atom+xml", "title": "Changes", "href": base + "feed.atom"])
        html.element("script", ["src": base + "site.js"], "")
        html.literal("</head>\n<body><a class=\"skip\" href=\"#main\">Skip to content</a>\n")
        header(&html)
        html.element("main", ["id": "main"]) { main(&$0) }
        html.element("footer") { html in
            html.text("Run \(VisibleText.line(content.run.id)) of kmatrix \(VisibleText.line(content.run.harness)) · ")
            html.element("a", ["href": base + "cells.jsonl"], "data")
            html.text(" · ")
            html.element("a", ["href": base + "report-lines-2.schema.json"], "schema")
            html.text(" · ")
            html.element("a", ["href": base + "feed.atom"], "feed")
            if let address = content.documentation {
                html.text(" · ")
                html.element("a", ["href": address.contains("://") || address.hasPrefix("/") ? address : base + address], "documentation")
            }
        }
        html.literal("</body></html>\n")
        return html.bytes
    }

    private func header(_ html: inout Markup) {
        html.element("header", ["class": "top"]) { html in
            html.element("b", "kmatrix")
            html.element("nav", ["aria-label": "Pages"]) { html in
                html.element("a", ["href": base + "index.html"], "Support")
                html.element("a", ["href": base + "index.html#cells"], "Cells")
                if !content.proofs.isEmpty { html.element("a", ["href": base + "proofs.html"], "Proofs") }
                html.element("a", ["href": base + "index.html#causes"], "Causes")
                html.element("a", ["href": base + "changes.html"], "Changes")
                if !content.deployments.isEmpty { html.element("a", ["href": base + "deployments.html"], "Deployments") }
                html.element("a", ["href": base + "boot-times.html"], "Boot times")
            }
            html.element("button", ["id": "theme", "type": "button"], "Theme: system")
        }
        html.lineBreak()
    }
}

extension Markup {
    /// A table cell with a verdict: sign, word and colour.
    mutating func verdictCell(_ cell: CellRecord?, href: String?) { verdictCell(outcome: cell.map(CellOutcome.init), href: href) }

    mutating func verdictCell(outcome cell: CellOutcome?, href: String?) {
        let verdict = cell?.verdict ?? .notRun
        open("td", ["class": "v \(verdict.rawValue)"])
        self.verdict(verdict, text: cell?.cause.map { VisibleText.line($0, limit: 64) } ?? verdict.words, href: href)
        close("td")
    }

    /// The style sheet adds the sign, and its name for screen readers.
    mutating func verdict(_ verdict: Verdict, text: String, href: String?) {
        if let href { element("a", ["href": href], text) } else { element("span", text) }
    }

    /// A command with a button that copies it.
    mutating func command(_ text: String) {
        element("div", ["class": "copy"]) { html in
            html.element("pre", ["class": "cmd", "tabindex": "0"], text)
            html.element("button", ["type": "button"], "Copy")
        }
    }

    mutating func definition(_ term: String, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        element("dt", term)
        element("dd", VisibleText.line(text))
    }

    /// A table that scrolls in its own frame and can be focused from the keyboard.
    mutating func scrolling(_ label: String, class name: String = "scroll", content: (inout Markup) -> Void) {
        element("div", ["class": name, "tabindex": "0", "role": "region", "aria-label": label], content: content)
        lineBreak()
    }

    mutating func head(_ titles: [String]) {
        element("thead") { html in
            html.element("tr") { html in for title in titles { html.element("th", ["scope": "col"], title) } }
        }
    }
}

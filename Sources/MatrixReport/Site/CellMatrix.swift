import EvidenceStore
import MatrixModel

/// The table of all cells, with filters.
struct CellMatrix {
    /// Rows per table body, which the browser lays out together. The style sheet holds the height of that many rows.
    private static let partSize = 50

    let content: SiteContent
    private let matrix: Matrix

    init(content: SiteContent) {
        self.content = content
        matrix = Matrix(content.cells)
    }

    func render(_ html: inout Markup) {
        let byKernel = self.byKernel
        html.element("h2", ["id": "cells"], "Cells")
        tools(series: byKernel.compactMap(\.series), &html)
        html.scrolling("All cells", class: "scroll tall sticky") { html in
            html.element("table", ["id": "matrix", "data-cells": "\(content.cells.count)"]) { html in
                html.head(["Guest and kernel"] + matrix.layouts.map(\.rawValue))
                let places = places(byKernel)
                for start in stride(from: 0, to: matrix.lines.count, by: Self.partSize) {
                    html.element("tbody") { html in
                        for index in start..<min(start + Self.partSize, matrix.lines.count) { row(matrix.lines[index], place: places[index], &html) }
                    }
                }
            }
        }
    }

    // MARK: - Rows

    private func row(_ line: Matrix.Line, place: Int, _ html: inout Markup) {
        let rest = [line.sample.release, line.sample.origin].compactMap(\.self).joined(separator: " ")
        html.open(
            "tr",
            [
                "data-g": line.row.guest, "data-s": line.sample.series ?? "", "data-n": "\(place)",
                "data-a": line.row.axes.isEmpty ? nil : line.row.axes.map(Self.token).joined(separator: " "), "data-r": VisibleText.line(rest, limit: 96),
            ])
        html.element("th", ["scope": "row"]) { html in
            if line.row.guest != "micro" {
                html.element("b", VisibleText.line(line.row.guest, limit: 64))
                html.literal(" ")
            }
            html.text(VisibleText.line("\(line.row.kernel) \(line.row.flavour)", limit: 96))
            for axis in line.row.axes where content.isNamed(axis) { html.element("span", ["class": "tag"], VisibleText.line(axis, limit: 64)) }
        }
        for layout in matrix.layouts { cell(line.cells[layout], &html) }
        html.close("tr")
    }

    private func cell(_ cell: CellRecord?, _ html: inout Markup) {
        guard let cell else {
            // Not a cell of the run and not counted, but a gap must not read as a success.
            html.open("td", ["class": "v not-run", "data-none": ""])
            html.verdict(.notRun, text: Verdict.notRun.words, href: nil)
            html.close("td")
            return
        }
        let isOdd =
            cell.expectation.isContradicted(by: cell.verdict, failsOnlyAsKnown: cell.proofs.failsOnlyAsKnown)
            || (cell.verdict == .compatible && cell.expectation == .unsupported)
        // The style sheet adds the marks, which keeps a page of ten thousand cells small.
        let name = "v \(cell.verdict.rawValue)" + (isOdd ? " odd" : "") + (cell.attempts > 1 ? " again" : "")
        guard let tally = ProofTally(cell.proofs) else {
            html.open("td", ["class": name])
            html.verdict(cell.verdict, text: cell.cause?.rawValue ?? cell.verdict.words, href: "cells/\(cell.pageName)")
            html.close("td")
            return
        }
        // What the filters look for and the text does not have.
        let open = tally.open.map { Self.token($0.id.rawValue) }.joined(separator: " ")
        html.open("td", ["class": name, "data-c": cell.cause?.rawValue, "data-p": open.isEmpty ? nil : open])
        html.verdict(cell.verdict, text: tally.words, href: "cells/\(cell.pageName)")
        html.close("td")
    }

    /// One cell of each row, sorted by kernel first and guest second.
    private var byKernel: [CellRecord] {
        let places = matrix.lines.map { CellOrder($0.sample, guest: "micro") }
        return places.indices.sorted { places[$0] < places[$1] }.map { matrix.lines[$0].sample }
    }

    private func places(_ order: [CellRecord]) -> [Int] {
        var places: [String: Int] = [:]
        for record in order where places[Self.key(record)] == nil { places[Self.key(record)] = places.count }
        return matrix.lines.map { places[Self.key($0.sample)] ?? 0 }
    }

    private static func key(_ record: CellRecord) -> String { "\(record.series ?? "") \(record.kernel ?? "") \(record.flavour)" }

    /// An axis as one word.
    private static func token(_ text: String) -> String { text.replacing(" ", with: "_") }

    // MARK: - Tools

    private func tools(series: [String], _ html: inout Markup) {
        html.element("div", ["class": "tools", "role": "search", "aria-label": "Filter cells"]) { html in
            html.element("label") { html in
                html.element("span", ["class": "sr"], "Search")
                html.open(
                    "input",
                    ["type": "search", "id": "f-q", "placeholder": "Search kernel, distribution, cause   ( / )", "autocomplete": "off", "spellcheck": "false"])
            }
            let counts = VerdictCounts(content.cells)
            chips(
                "Verdict",
                Verdict.allCases.filter { counts[$0] > 0 }.map { verdict in
                    Chip(
                        attribute: "data-verdict", value: verdict.rawValue, text: "\(verdict.symbol) \(Figure.grouped(counts[verdict])) \(verdict.words)",
                        colour: " \(verdict.rawValue)")
                }, &html)
            if matrix.layouts.count > 1 {
                chips("Layout", matrix.layouts.map { Chip(attribute: "data-layout", value: $0.rawValue, text: $0.rawValue, colour: "") }, &html)
            }
            select("guest", "Guest", matrix.lines.map(\.row.guest), &html)
            select("series", "Series", series, &html)
            select("cause", "Cause", content.causes.map(\.rawValue), &html)
            select("proof", "Proof", content.proofs.filter { $0.count(.fail) + $0.count(.unproven) > 0 }.map { Self.token($0.id.rawValue) }, fewest: 1, &html)
            let axes = Set(matrix.lines.flatMap(\.row.axes).map(Self.token)).sorted()
            select("axis", "Variant", axes.isEmpty ? [] : ["none"] + axes, &html)
            html.element("label") { html in
                html.text("Order ")
                html.element("select", ["id": "f-sort"]) { html in
                    html.element("option", ["value": "guest"], "by guest")
                    html.element("option", ["value": "series"], "by kernel")
                }
            }
            html.element("label") { html in
                html.open("input", ["type": "checkbox", "id": "f-odd"])
                html.text("contradicts the documentation")
            }
            html.element("button", ["type": "button", "id": "f-reset"], "Reset")
            html.element("output", ["id": "f-count", "aria-live": "polite"], "\(content.cells.count) cells")
        }
        html.lineBreak()
    }

    private struct Chip {
        let attribute: StaticString
        let value: String
        let text: String
        let colour: String
    }

    private func chips(_ label: String, _ chips: [Chip], _ html: inout Markup) {
        html.element("div", ["class": "chips", "role": "group", "aria-label": label]) { html in
            for chip in chips {
                html.element("button", ["type": "button", "class": "chip" + chip.colour, chip.attribute: chip.value, "aria-pressed": "false"], chip.text)
            }
        }
    }

    /// - Parameter values: The options in order; repetitions are dropped.
    /// - Parameter fewest: With fewer options the select is hidden.
    private func select(_ id: String, _ label: String, _ values: [String], fewest: Int = 2, _ html: inout Markup) {
        var seen: Set<String> = [""]
        let offered = values.filter { seen.insert($0).inserted }
        // The script expects every select; one without a choice is hidden.
        html.element("label", ["hidden": offered.count < fewest ? "" : nil]) { html in
            html.text("\(label) ")
            html.element("select", ["id": "f-\(id)"]) { html in
                html.element("option", ["value": ""], "all")
                for value in offered { html.element("option", ["value": value], VisibleText.line(value, limit: 64)) }
            }
        }
    }
}

import EvidenceStore
import MatrixModel

/// An SVG badge with the number of compatible cells. It is green only when every cell was measured and works.
struct BadgeImage {
    let cells: [CellRecord]

    func render() -> [UInt8] {
        let statement = SupportStatement(cells)
        let label = "kmatrix"
        let counted = cells.count - statement.counts[.unavailable]
        let message = counted == 0 ? "nothing measured" : "\(statement.counts[.compatible]) of \(counted) compatible"
        let colour =
            switch statement.level {
            case .supported: "#1a7f37"
            case .partly: "#9a6700"
            case .unsupported: "#cf222e"
            case .unknown, .absent: "#59636e"
            }
        // Verdana at 11 pixels is about 6.6 pixels per character; `textLength` makes it exact in any font.
        let left = 10 + label.count * 7
        let right = 10 + message.count * 7
        var svg = Markup()
        svg.element(
            "svg", ["xmlns": "http://www.w3.org/2000/svg", "width": "\(left + right)", "height": "20", "role": "img", "aria-label": "\(label): \(message)"]
        ) { svg in
            svg.element("title", "\(label): \(message)")
            svg.element("clipPath", ["id": "r"]) { $0.element("rect", ["width": "\(left + right)", "height": "20", "rx": "3"], "") }
            svg.element("g", ["clip-path": "url(#r)"]) { svg in
                svg.element("rect", ["width": "\(left)", "height": "20", "fill": "#24292f"], "")
                svg.element("rect", ["x": "\(left)", "width": "\(right)", "height": "20", "fill": colour], "")
            }
            svg.element("g", ["fill": "#fff", "font-family": "Verdana,DejaVu Sans,sans-serif", "font-size": "11", "text-anchor": "middle"]) { svg in
                svg.element("text", ["x": "\(left / 2)", "y": "14", "textLength": "\(left - 10)"], label)
                svg.element("text", ["x": "\(left + right / 2)", "y": "14", "textLength": "\(right - 10)"], message)
            }
        }
        svg.lineBreak()
        return svg.bytes
    }
}

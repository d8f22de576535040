import EvidenceStore
import MatrixModel

/// Boot times by guest and kernel series, from the start of QEMU to READY: fastest to slowest, with the median as a dot.
struct BootTimePlot {
    let cells: [CellRecord]

    private struct Line {
        let name: String
        /// Sorted.
        let seconds: [Double]
    }

    private static let shown = 120
    private static let (left, width, row, top) = (190.0, 520.0, 20.0, 46.0)

    func render() -> [UInt8] {
        let lines = self.lines
        let end = Self.niceEnd(lines.prefix(Self.shown).flatMap { $0.seconds.suffix(1) }.max() ?? 1)
        let height = Self.top + Self.row * Double(max(1, min(lines.count, Self.shown))) + 24
        var svg = Markup()
        let size: Markup.Attributes = [
            "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 760 \(Self.number(height))", "width": "760", "height": Self.number(height), "role": "img",
            "aria-label": "Boot times by guest and kernel series",
        ]
        svg.element("svg", size) { svg in
            // An image does not inherit the page's colours.
            svg.literal(
                "<style>text{font:12px system-ui,sans-serif;fill:#1f2328}.m{fill:#59636e}.g{stroke:#d1d9e0}.l{stroke:#0969da;stroke-width:2}.d{fill:#0969da}")
            svg.literal("@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.m{fill:#9198a1}.g{stroke:#3d444d}.l{stroke:#4493f8}.d{fill:#4493f8}}</style>")
            svg.element("text", ["x": "8", "y": "18"], "Seconds from the start of QEMU to READY")
            axis(end: end, height: height, into: &svg)
            for (index, line) in lines.prefix(Self.shown).enumerated() { draw(line, y: Self.top + Self.row * (Double(index) + 0.5), end: end, into: &svg) }
            if lines.isEmpty { svg.element("text", ["x": "8", "y": Self.number(Self.top + 14), "class": "m"], "No guest booted.") }
            if lines.count > Self.shown { svg.element("text", ["x": "8", "y": Self.number(height - 6), "class": "m"], "and \(lines.count - Self.shown) more") }
        }
        svg.lineBreak()
        return svg.bytes
    }

    private var lines: [Line] {
        var names: [String] = []
        var found: [String: [Double]] = [:]
        for cell in cells {
            guard let boot = cell.seconds[.boot] else { continue }
            let name = VisibleText.line("\(cell.guest) \(cell.series ?? "")", limit: 28)
            if found[name] == nil { names.append(name) }
            found[name, default: []].append(Figure.seconds(boot))
        }
        return names.map { Line(name: $0, seconds: (found[$0] ?? []).sorted()) }
    }

    private func axis(end: Double, height: Double, into svg: inout Markup) {
        for step in 0...5 {
            let value = end * Double(step) / 5
            let x = Self.number(Self.left + Self.width * Double(step) / 5)
            svg.element("line", ["class": "g", "x1": x, "x2": x, "y1": "\(Self.number(Self.top - 6))", "y2": Self.number(height - 18)], "")
            svg.element("text", ["class": "m", "x": x, "y": Self.number(Self.top - 10), "text-anchor": "middle"], Self.number(value))
        }
    }

    private func draw(_ line: Line, y: Double, end: Double, into svg: inout Markup) {
        func x(_ seconds: Double) -> String { Self.number(Self.left + Self.width * min(1, seconds / end)) }
        guard let first = line.seconds.first, let last = line.seconds.last else { return }
        let median = line.seconds[line.seconds.count / 2]
        svg.element("g") { svg in
            svg.element(
                "title", "\(line.name): median \(Figure.text(median)) s, from \(Figure.text(first)) to \(Figure.text(last)) s, \(line.seconds.count) boots")
            svg.element("text", ["x": Self.number(Self.left - 12), "y": Self.number(y + 4), "text-anchor": "end"], line.name)
            svg.element("line", ["class": "l", "x1": x(first), "x2": x(last), "y1": Self.number(y), "y2": Self.number(y)], "")
            svg.element("circle", ["class": "d", "cx": x(median), "cy": Self.number(y), "r": "4"], "")
        }
    }

    /// The next value of 1, 2, 5, 10, 20, 50, …
    private static func niceEnd(_ value: Double) -> Double {
        let steps = (0...5).flatMap { power in [1.0, 2.0, 5.0].map { factor in (0..<power).reduce(factor) { size, _ in size * 10 } } }
        return steps.first { $0 >= value } ?? 100_000
    }

    private static func number(_ value: Double) -> String { Figure.plain((value * 10).rounded() / 10) }
}

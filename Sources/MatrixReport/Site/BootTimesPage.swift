/// The plot of boot times, with a page around it.
struct BootTimesPage {
    let content: SiteContent

    func render() -> [UInt8] {
        PageFrame(title: "Boot times", place: .root, content: content).render { html in
            html.element("h1", "Boot times")
            html.element("p", "By guest and kernel series: from the fastest to the slowest boot, with the median as a dot.")
            html.open("img", ["src": "boot-times.svg", "alt": "Boot times by guest and kernel series; the data is in cells.jsonl", "width": "760"])
        }
    }
}

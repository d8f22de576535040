/// The page with the plot of boot times.
struct BootTimesPage {
    let content: SiteContent

    func render() -> [UInt8] {
        PageFrame(title: "Boot times", place: .root, content: content).render { html in
            html.element("h1", "Boot times")
            html.element("p", "Boot times by guest and kernel series. Each line spans the fastest to the slowest boot; the dot is the median.")
            html.open("img", ["src": "boot-times.svg", "alt": "Boot times by guest and kernel series; the data is in cells.jsonl", "width": "760"])
        }
    }
}

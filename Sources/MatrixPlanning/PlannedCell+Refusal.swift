import MatrixModel

extension PlannedCell {
    /// Why the cell cannot exist; nil when it can.
    var refusal: Judgement? {
        if guest == .micro { return nil }
        if SystemdLayout.kernelArguments(cell.cgroup) == nil { return SystemdLayout.refusal(cell.cgroup) }
        guard guest.bootsItself else { return nil }
        // The layout is set in the configuration of the image's own boot loader.
        if cell.cgroup != documentation.defaultLayout ?? .unified {
            return Judgement(
                cause: .layoutNotOffered,
                summary: "A whole: image has the layout of its own boot loader; remove 'whole:' to boot it with \(cell.cgroup.rawValue).")
        }
        if let profile {
            return Judgement(
                cause: .profileNotOffered,
                summary: "A whole: image has the kernel command line of its own boot loader; remove 'whole:' to boot it with \(profile.rawValue).")
        }
        guard deployment == nil else {
            return Judgement(
                cause: .notOffered, summary: "A whole: image receives the runner through the data source that a deployment tests; remove 'whole:'.")
        }
        return nil
    }
}

import MatrixModel

extension MatrixPlan.PlannedCell {
    /// Why the cell cannot exist; nil when it can.
    var refusal: Judgment? {
        if guest == .micro { return nil }
        if SystemdLayout.kernelArguments(cell.cgroup) == nil { return SystemdLayout.refusal(cell.cgroup) }
        guard guest.bootsItself else { return nil }
        // What it boots with stands in its own boot loader's configuration.
        if cell.cgroup != documentation.defaultLayout ?? .unified {
            return Judgment(
                cause: .layoutNotOffered,
                summary: "An image that boots by itself has the layout its own boot loader asks for; leave 'whole:' out, and the harness asks for \(cell.cgroup.rawValue).")
        }
        if let profile {
            return Judgment(
                cause: .profileNotOffered,
                summary: "An image that boots by itself has the kernel command line of its own boot loader; leave 'whole:' out, and the harness asks for \(profile.rawValue).")
        }
        guard deployment == nil else {
            return Judgment(cause: .notOffered, summary: "An image that boots by itself is told of the runner by the data source that a deployment puts to the test; leave 'whole:' out.")
        }
        return nil
    }
}

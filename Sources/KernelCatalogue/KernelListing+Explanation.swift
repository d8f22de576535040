import MatrixModel

/// A listing in words: one line for each vendor, and details.
extension KernelListing {
    /// What could not be read, and other anomalies: one line for each vendor.
    public var warnings: [String] {
        vendors(of: searched).compactMap { vendor in
            var parts = failures(vendor.suites).map { failure in
                let names = failure.suites.count == vendor.suites.count ? "" : " \(Self.few(failure.suites.map(\.name)))"
                return "could not read\(names) (\(failure.reason))"
            }
            var notes: [(note: String, suites: [String])] = []
            for suite in vendor.suites {
                for note in suite.notes {
                    if let known = notes.firstIndex(where: { $0.note == note }) {
                        notes[known].suites.append(suite.name)
                    } else {
                        notes.append((note, [suite.name]))
                    }
                }
            }
            parts += notes.map { "\(Self.few($0.suites)): \($0.note)" }
            // A Debian suite may have been removed or not exist yet. A vendor's suite is in the catalogue because it existed.
            let absent = vendor.name == nil ? [] : vendor.suites.filter { $0.outcome == .absent }
            if !absent.isEmpty { parts.append("has no \(Self.few(absent.map(\.name))) (404)") }
            guard !parts.isEmpty else { return nil }
            return "\(vendor.title): \(parts.joined(separator: "; "))" + (failures(vendor.suites).isEmpty ? "" : hint(vendor))
        }
    }

    /// The suites that are used although they have expired, in one line; nil when there are none.
    public var lateness: String? {
        let late = searched.filter { $0.daysLate != nil }
        guard let most = late.compactMap(\.daysLate).max() else { return nil }
        let names = late.map { "\($0.name) \($0.daysLate ?? 0)" }.joined(separator: ", ")
        return
            "\(late.count == 1 ? "one suite is" : "\(late.count) suites are") up to \(most) days past the end of validity (days: \(names)); newer "
            + "kernels may exist"
    }

    /// All details about the suites, one line for each.
    public var details: [String] {
        searched.flatMap { suite -> [String] in
            var lines = suite.notes.map { "\(suite.name): \($0)" }
            switch suite.outcome {
            case .read(let kernels): lines.append("\(suite.name): read, \(kernels == 0 ? "holds no kernel" : "\(kernels) kernels") (\(suite.address))")
            case .absent: lines.append("\(suite.name): not there (\(suite.address))")
            case .failed(let error): lines.append("\(suite.name): \(error)")
            }
            return lines
        }
    }

    // MARK: - What is not on offer

    /// Why a selector finds nothing: which vendors could not be read, which do not have it; and what to do.
    func explanation(_ selector: KernelSelector) -> String {
        let asked = searched.filter { suite in
            // A distribution that is not known to offer it was not searched for it, so it is not a reason.
            guard let name = suite.vendorName, let distribution = distributions.distributions.first(where: { $0.name == name }) else { return true }
            return selector.packaging?.distribution != nil || distribution.kernel.mayOffer(selector)
        }
        let vendors = vendors(of: asked)
        let failed = vendors.filter { !failures($0.suites).isEmpty }
        var sentences: [String] = []
        if !failed.isEmpty {
            let others = failed.filter { $0.name != nil }
            if others.isEmpty {
                sentences.append("Debian could not be read whole (\(reasons(failed)))")
            } else {
                sentences.append(
                    "\(Self.list(others.map(\.title))) \(others.count == 1 ? "has" : "have") it; \(others.count == 1 ? "it" : "none") could "
                        + "\(others.count == 1 ? "not " : "")be read (\(reasons(others)))"
                )
            }
        } else if searched.isEmpty {
            sentences.append("no repository that the catalogue knows has it")
        } else {
            let empty = vendors.filter { $0.suites.allSatisfy { $0.outcome == .read(kernels: 0) } }
            let absent = vendors.filter { $0.suites.allSatisfy { $0.outcome == .absent } }
            let read = vendors.filter { vendor in !empty.contains { $0.title == vendor.title } && !absent.contains { $0.title == vendor.title } }
            if !read.isEmpty { sentences.append("not on offer in \(Self.list(read.map(\.title)))") }
            if !empty.isEmpty {
                sentences.append(
                    "\(Self.list(empty.map(\.title))) \(empty.count == 1 ? "was" : "were") read and \(empty.count == 1 ? "holds" : "hold") no kernel")
            }
            for vendor in absent { sentences.append("\(vendor.title) has none of its suites at \(vendor.suites.first?.place ?? "")") }
        }
        var ways = failed.filter { $0.name != nil }.prefix(1).map { "--mirror \($0.mirror)=URL" } + ["--kernel-image FILE"]
        if let nearest = nearest(selector) { ways.append(nearest) }
        return sentences.joined(separator: "; ") + ". Try " + Self.list(ways, last: "or")
    }

    /// Why a distribution's own kernel is not on offer.
    func absence(of distribution: Distribution) -> String {
        let own = searched.filter { suite in
            suite.vendorName == distribution.name || (suite.vendorName == nil && distribution.debianSuites.contains { $0.name == suite.name })
        }
        let vendor = vendors(of: own).first
        guard let vendor, let failure = failures(vendor.suites).first else {
            if let vendor, vendor.suites.allSatisfy({ $0.outcome == .absent }) {
                return
                    "\(vendor.title) has none of its suites at \(vendor.suites.first?.place ?? ""). Try another mirror with --mirror "
                    + "\(vendor.mirror)=URL, or another kernel with --kernel"
            }
            let isEmpty = vendor?.suites.allSatisfy { $0.outcome == .read(kernels: 0) || $0.outcome == .absent } ?? false
            return (isEmpty ? "its repository was read and holds no kernel" : "its repository was read and has no such kernel")
                + ". Try another kernel with --kernel"
        }
        return "\(vendor.title) could not be read (\(failure.reason))\(hint(vendor)), or give another kernel with --kernel"
    }

    // MARK: - Vendors

    private struct VendorGroup {
        /// The distribution's vendor; nil for Debian.
        let name: String?
        let title: String
        var suites: [SearchedSuite]
        let subscription: String?

        var mirror: String { name ?? "debian" }
    }

    private func vendors(of suites: [SearchedSuite]) -> [VendorGroup] {
        var groups: [VendorGroup] = []
        for suite in suites {
            let vendor = suite.vendorName.flatMap { name in distributions.distributions.first { $0.name == name }?.repository.vendor }
            if let known = groups.firstIndex(where: { $0.name == vendor?.name }) {
                groups[known].suites.append(suite)
            } else {
                groups.append(VendorGroup(name: vendor?.name, title: vendor?.title ?? "Debian", suites: [suite], subscription: vendor?.subscription))
            }
        }
        return groups
    }

    /// The failures, grouped by reason.
    private func failures(_ suites: [SearchedSuite]) -> [(suites: [SearchedSuite], reason: String)] {
        var failures: [(suites: [SearchedSuite], reason: String)] = []
        for suite in suites {
            guard case .failed(let error) = suite.outcome else { continue }
            if let known = failures.firstIndex(where: { $0.reason == error.reason }) {
                failures[known].suites.append(suite)
            } else {
                failures.append(([suite], error.reason))
            }
        }
        return failures
    }

    /// `connection refused`, or with the vendors where they failed for several reasons.
    private func reasons(_ vendors: [VendorGroup]) -> String {
        let reasons = vendors.map { vendor in (vendor.title, Self.few(failures(vendor.suites).map(\.reason))) }
        if let first = reasons.first, reasons.allSatisfy({ $0.1 == first.1 }) { return first.1 }
        return reasons.map { "\($0.0): \($0.1)" }.joined(separator: "; ")
    }

    private func hint(_ vendor: VendorGroup) -> String {
        if let subscription = vendor.subscription,
            vendor.suites.contains(where: { if case .failed(let error) = $0.outcome { error.code == .subscription } else { false } })
        {
            return ": \(subscription)"
        }
        if vendor.suites.contains(where: { if case .failed(let error) = $0.outcome { error.code == .untrusted } else { false } }) {
            return "; try --keyring \(vendor.mirror)=FILE"
        }
        return "; try --mirror \(vendor.mirror)=URL"
    }

    /// The series closest to the requested one.
    private func nearest(_ selector: KernelSelector) -> String? {
        guard let packaging = selector.packaging else { return nil }
        let wanted: KernelSeries? =
            switch selector {
            case .series(let series, _): series
            case .exact(let version, _): version.series
            case .range, .all, .image: nil
            }
        let offered = newestOfEachSeries(candidates(packaging)).map(\.identity)
        guard !offered.isEmpty else {
            let flavours = Set(kernels.map(\.identity.flavour)).sorted().map(\.name)
            return flavours.isEmpty || packaging.flavour == nil ? nil : "one of the flavours \(flavours.joined(separator: ", "))"
        }
        guard let wanted else { return "one on offer: \(offered.map(\.series.description).joined(separator: ", "))" }
        let neighbours = [offered.last { $0.series <= wanted }, offered.first { $0.series > wanted }].compactMap(\.self)
        return "the nearest: \(neighbours.map(\.series.description).joined(separator: ", "))"
    }

    // MARK: - Words

    /// `a, b and c`
    private static func list(_ items: [String], last: String = "and") -> String {
        guard let final = items.last, items.count > 1 else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + (last == "or" && items.count > 2 ? ", " : " ") + "\(last) \(final)"
    }

    /// Some of many.
    private static func few(_ items: [String]) -> String {
        items.count <= 4 ? items.joined(separator: ", ") : items.prefix(3).joined(separator: ", ") + " and \(items.count - 3) more"
    }
}

extension SearchedSuite {
    /// The distribution whose repository it is of; nil for Debian's own.
    fileprivate var vendorName: String? { name.contains("/") ? String(name.prefix { $0 != "/" }) : nil }

    /// The address of the repository, without the suite's own path.
    fileprivate var place: String { address.firstRange(of: "/dists/").map { String(address[..<$0.lowerBound]) } ?? address }
}

import Foundation
import MatrixModel
import StrictYAML
import TestSupport
import Testing

@testable import KernelCatalogue

@Suite("The catalogue of distributions")
struct DistributionCatalogueTests {
    static func ours() throws -> DistributionCatalogue {
        let file = Repository.root.appending(path: "images/catalogue.yml")
        return try DistributionCatalogue(parsing: String(contentsOf: file, encoding: .utf8), source: "catalogue.yml")
    }

    static let entry = """
        sources:
          readme: { title: README, date: "2025-04-14" }
        distributions:
          mine-1:
            title: Mine
            repository: { kind: debian, suite: mine }
            kernel: { flavour: cloud-amd64, series: "6.1" }
            systemd: "252"
            cloud-init: 22.4.2
            claims: [{ source: readme, says: supported }]
            packages: [systemd]
        """

    /// What upstream documents or tests, and the releases that are made from the same sources.
    private static let known: Set<String> = [
        "debian-11", "debian-12", "debian-13", "debian-testing", "debian-unstable", "ubuntu-20.04", "ubuntu-22.04", "ubuntu-24.04", "ubuntu-26.04",
        "rhel-8", "rhel-9", "rhel-10", "rocky-8", "rocky-9", "rocky-10", "alma-8", "alma-9", "alma-10", "centos-9", "centos-10",
        "oracle-8", "oracle-9", "oracle-10", "oracle-uek6", "oracle-uek7", "oracle-uek8", "sles-15.4", "sles-15.5", "sles-15.6", "sles-15.7",
        "opensuse-15.6", "opensuse-16", "opensuse-tumbleweed", "azurelinux-2", "azurelinux-3", "amazon-2", "amazon-2023", "fedora-43", "fedora-44", "flatcar",
    ]

    @Test("ours can be read, and each names what it is made of")
    func shipped() throws {
        let catalogue = try Self.ours()
        #expect(Set(catalogue.distributions.map(\.name)) == Self.known)
        for distribution in catalogue.distributions {
            #expect(!distribution.title.isEmpty && !distribution.claims.isEmpty)
            if case .none(let reason) = distribution.image { #expect(reason.contains("--distro"), "\(distribution.name): \(reason)") }
            guard !distribution.debianSuites.isEmpty else { continue }
            #expect(Set(distribution.packages).isSuperset(of: ["systemd", "cloud-init", "udev"]), "\(distribution.name)")
        }
    }

    private func kernel(_ version: String, _ origin: String) throws -> KernelIdentity {
        KernelIdentity(version: try KernelVersion(parsing: version), flavour: .cloud, release: version, origin: origin)
    }

    @Test(
        "documents a guest by its own claims, and a micro guest by those of its kernel's distribution",
        arguments: [
            // Documented as supported with a kernel below the article's floor: the sources contradict each other.
            ("5.14.0-1", "rocky-9/BaseOS", "rocky-9", DocumentedSupport.supported, true), ("4.18.0-1", "rocky-8/BaseOS", "rocky-8", .unsupported, false),
            ("5.10.223-1", "debian/bullseye-security", "debian-11", .unsupported, false), ("6.1.192-2", "debian/bookworm", "debian-12", .supported, true),
            ("5.4.0-1", "ubuntu-20.04/focal", "ubuntu-20.04", .supported, true), ("6.1.1-1", "file", nil, .supported, false),
            ("5.10.1-1", "file", nil, .unsupported, false),
        ] as [(String, String, String?, DocumentedSupport, Bool)])
    func documentation(version: String, origin: String, name: String?, expected: DocumentedSupport, contradict: Bool) throws {
        let catalogue = try Self.ours()
        let kernel = try kernel(version, origin)
        let micro = catalogue.documentation(of: nil, on: kernel)
        #expect(micro.distribution == name && micro.defaultLayout == nil && micro.hasOwnKernel == (name != nil))
        #expect(micro.claims.contradictEachOther == contradict, "\(micro.claims)")
        #expect(DocumentedSupport(series: kernel.series, layout: .unified, documentation: micro) == expected)
        guard let distribution = try name.map({ try catalogue.select($0)[0] }) else { return }
        let whole = catalogue.documentation(of: distribution, on: kernel)
        #expect(whole.claims == micro.claims && whole.defaultLayout == distribution.cgroup)
        let foreign = catalogue.documentation(of: distribution, on: try self.kernel("6.1.1-1", "file"))
        #expect(foreign.distribution == name && !foreign.hasOwnKernel)
    }

    @Test("the article's range of kernels begins at the documented floor, and no other source speaks of all kernels")
    func floor() throws {
        let general = try Self.ours().sources.filter { $0.kernels != nil }
        #expect(general.map(\.name) == ["article"])
        let range = try #require(general.first?.kernels)
        #expect(range.contains(DocumentedSupport.documentedFloor.firstVersion))
        #expect(!range.contains(KernelSeries(major: 5, minor: 14).firstVersion))
    }

    @Test("a day that no calendar has is refused, with its line")
    func days() throws {
        let error = try #require(throws: YAMLError.self) {
            try DistributionCatalogue(parsing: Self.entry.replacing("2025-04-14", with: "2025-04-31"), source: "c.yml")
        }
        #expect(error.line == 2 && error.description.contains("2025-04-31"), "\(error)")
    }

    @Test("every distribution that guests are made of says what it boots with")
    func layouts() throws {
        let catalogue = try Self.ours()
        for distribution in catalogue.distributions where !distribution.debianSuites.isEmpty {
            #expect(distribution.cgroup == .unified, "\(distribution.name)")
        }
        #expect(try catalogue.select("ubuntu-20.04").map(\.cgroup) == [.hybrid])
        #expect(try catalogue.select("rocky-8").map(\.cgroup) == [.legacy])
    }

    @Test(
        "a wanted series has its makers",
        arguments: [
            ("5.15", ["ubuntu-20.04", "ubuntu-22.04", "oracle-uek7", "azurelinux-2", "amazon-2"]), ("6.6", ["azurelinux-3"]),
            ("4.18", ["rhel-8", "rocky-8", "alma-8", "oracle-8"]),
        ])
    func offers(series: String, names: [String]) throws {
        let selector = try KernelSelector(parsing: series)
        #expect(try Self.ours().distributions.filter { $0.kernel.mayOffer(selector) }.map(\.name) == names)
    }

    @Test("every maker but Debian states where it publishes and whose signature counts")
    func vendors() throws {
        for distribution in try Self.ours().distributions where distribution.debianSuites.isEmpty {
            let vendor = try #require(distribution.repository.vendor)
            #expect(!vendor.keys.isEmpty, "\(distribution.name)")
        }
    }

    @Test(
        "a kernel's release follows from its package's version in each maker's way",
        arguments: [
            ("fedora", "427.el9", "5.14.0-427.el9.x86_64"), ("plain", "2.cm2", "5.14.0-2.cm2"), ("suse", "150500.55.7.1", "5.14.0-150500.55.7-default"),
        ])
    func uname(form: String, release: String, expected: String) throws {
        let form = try #require(Distribution.Kernel.UnameForm(rawValue: form))
        #expect(form.release(version: "5.14.0", release: release, flavour: "default") == expected)
    }

    @Test(
        "what is wrong with a maker's repository is said",
        arguments: [
            ("addresses: [ftp://x]", "http"), ("folders: { a: ../b }", "below"), ("signed: maybe", "signed"), ("keys: [ABCD]", "no key"),
            ("suites: [x]", "suites"),
        ])
    func vendorErrors(change: String, word: String) throws {
        var parts = ["kind: rpm", "name: x", "addresses: [\"http://x\"]", "folders: { a: b }", "signed: index", "keys: []"]
        parts.removeAll { $0.prefix { $0 != ":" } == change.prefix { $0 != ":" } }
        let text = Self.entry.replacing("{ kind: debian, suite: mine }", with: "{ \((parts + [change]).joined(separator: ", ")) }")
        let error = try #require(throws: YAMLError.self) { try DistributionCatalogue(parsing: text, source: "c.yml") }
        #expect(error.line == 6 && error.description.contains(word), "\(error)")
    }

    @Test("our catalogue can be read for every architecture, and says in each its own names")
    func architectures() throws {
        let own = try Self.ours()
        for architecture in Architecture.allCases {
            let catalogue = try own.of(architecture)
            #expect(catalogue.architecture == architecture)
            #expect(catalogue.distributions.count > 25 && catalogue.distributions.allSatisfy { $0.architecture == architecture })
            let debian = try #require(catalogue.select("debian-12").first)
            #expect(debian.kernel.flavour.name == architecture.cloudFlavour)
            #expect(debian.image.published?.address.contains(architecture.debianName) == true)
            guard case .rpm(_, let folders, _) = try catalogue.select("rocky-9").first?.repository else { Issue.record("rocky-9 has rpm packages"); continue }
            #expect(folders.map(\.path) == ["9/BaseOS/\(architecture.machine)/os"])
        }
    }

    @Test("what there is for other architectures only is said to be so")
    func elsewhere() throws {
        let other = try Self.ours().of(.arm64)
        let error = try #require(throws: SelectorError.self) { try other.select("flatcar") }
        #expect(error.code == .otherArchitecture)
        #expect(error.description == "the catalogue has no 'flatcar' for arm64; there is one for x86_64 (--arch)")
        #expect(!other.distributions.contains { $0.name == "flatcar" })
    }

    @Test("a claim, an image and addresses may be of one architecture")
    func parts() throws {
        let ubuntu = try #require(try Self.ours().of(.arm64).select("ubuntu-20.04").first)
        #expect(!ubuntu.claims.contains { $0.source.name == "tests" })
        #expect(ubuntu.repository.vendor?.addresses == ["http://ports.ubuntu.com/ubuntu-ports"])
        #expect(try Self.ours().of(.x86_64).select("ubuntu-20.04").first?.repository.vendor?.addresses == ["http://archive.ubuntu.com/ubuntu"])
        #expect(try Self.ours().of(.arm64).select("amazon-2023").first?.image == ImageOffer.none(reason: "the catalogue names none for arm64"))
    }

    @Test("an architecture that nobody knows is refused with its line")
    func unknownArchitecture() throws {
        let text = Self.entry.replacing("    title: Mine\n", with: "    title: Mine\n    architectures: [sparc]\n")
        let error = try #require(throws: YAMLError.self) { try DistributionCatalogue(parsing: text, source: "c.yml") }
        #expect(error.line == 6 && error.description.contains("unknown architecture 'sparc'"), "\(error)")
    }

    @Test(
        "names and globs choose",
        arguments: [
            ("debian-12", ["debian-12"]), ("debian-1?", ["debian-11", "debian-12", "debian-13"]), ("debian-[tu]*", ["debian-testing", "debian-unstable"]),
        ])
    func select(text: String, names: [String]) throws {
        #expect(try Self.ours().select(text).map(\.name) == names)
    }

    @Test("an unknown name says which there are")
    func unknown() throws {
        let error = try #require(throws: SelectorError.self) { try Self.ours().select("debian-9") }
        #expect(error.description.contains("debian-9") && error.description.contains("debian-11"))
    }

    @Test(
        "what is wrong is said with its line",
        arguments: [
            ("title: Mine", "titel: Mine", 5, "titel"), ("kind: debian", "kind: floppy", 6, "kind"), ("says: supported", "says: maybe", 10, "says"),
            ("source: readme", "source: hearsay", 10, "hearsay"), ("2025-04-14", "lately", 2, "day"),
            ("series: \"6.1\"", "series: six", 7, "six"), ("packages: [systemd]", "packages: [\"a; rm\"]", 11, "packages"),
            ("mine-1:", "mine/1:", 5, "letters"),
            ("    title: Mine\n", "", 5, "title"),
        ])
    func errors(from: String, to: String, line: Int, word: String) throws {
        let text = Self.entry.replacing(from, with: to)
        #expect(text != Self.entry)
        let error = try #require(throws: YAMLError.self) { try DistributionCatalogue(parsing: text, source: "c.yml") }
        #expect(error.description.contains("c.yml:"))
        #expect(error.description.contains(word), "\(error)")
        #expect(error.line.map { abs($0 - line) <= 1 } == true, "\(error)")
    }
}

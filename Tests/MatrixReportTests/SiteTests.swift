import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import Testing

@testable import MatrixReport

@Suite("The site")
struct SiteTests {
    /// A site, and every file of it by its path.
    private func site(of sample: StoredSample, notes: CauseNotes = .unwritten, earlier: [StoredRun] = [], to name: String = "site") async throws -> [String:
        [UInt8]]
    {
        let place = sample.place.appending(name)
        try await sample.report(notes: notes, earlier: earlier).writeSite(to: place)
        var files: [String: [UInt8]] = [:]
        for case let path as String in try #require(FileManager.default.enumerator(atPath: place.string)) {
            if let data = FileManager.default.contents(atPath: place.appending(path).string) { files[path] = Array(data) }
        }
        // The folder goes with the sample.
        return withExtendedLifetime(sample) { files }
    }

    private func text(_ files: [String: [UInt8]], _ path: String) throws -> String {
        String(decoding: try #require(files[path], "\(path) is missing"), as: UTF8.self)
    }

    @Test("links to the documentation from every page when it is told where that is", arguments: ["docs/index.html", "https://example.org/docs"])
    func documentation(address: String) async throws {
        let sample = try StoredSample(try ReportSamples.cells())
        let place = sample.place.appending("site")
        try await sample.report().writeSite(to: place, documentation: address)
        func page(_ name: String) throws -> String { try String(contentsOfFile: place.appending(name).string, encoding: .utf8) }
        let cell = try #require(FileManager.default.contentsOfDirectory(atPath: place.appending("cells").string).first)
        #expect(try page("index.html").contains("href=\"\(address)\">documentation</a>"))
        #expect(try page("cells/\(cell)").contains("href=\"\(address.hasPrefix("https") ? address : "../" + address)\">documentation</a>"))
        #expect(try !self.text(await site(of: sample, to: "plain"), "index.html").contains(">documentation</a>"))
    }

    @Test("has a page for each cell and each cause, and no link of its leads nowhere", arguments: [false, true])
    func links(hasProofs: Bool) async throws {
        let strange = try ReportSamples.proven("7.0.1-1", .unified, [ReportSamples.proof(ProofID(rawValue: "../x"), .fail, cause: .timeout)])
        let cells = try hasProofs ? ReportSamples.provenCells() + [strange] : ReportSamples.cells()
        let files = try await site(of: try StoredSample(cells))
        #expect(files.keys.count { $0.hasPrefix("cells/") } == cells.count)
        #expect(files["causes/attach-failed-no-cgroup2.html"] != nil)
        for (path, bytes) in files where path.hasSuffix(".html") {
            for match in String(decoding: bytes, as: UTF8.self).matches(of: /(?:href|src)="([^"]*)"/) {
                let target = match.1.prefix { $0 != "#" }
                guard !target.isEmpty else { continue }
                let full = FilePath("/").appending(path).removingLastComponent().appending(String(target)).lexicallyNormalized()
                #expect(files[String(full.string.dropFirst())] != nil, "\(path) links to \(target)")
            }
        }
    }

    @Test("has what could not be reached as notes at its end, folded where it is long, and no banner; without any there are no notes")
    func unreached() async throws {
        var run = ReportSamples.run()
        run.warnings = ["Ubuntu: could not read (connection refused)"]
        run.notes = ["2 suites are up to 22 days past the end of validity"]
        run.details = ["ubuntu-22.04/jammy: <no answer>", "bookworm: read, 12 kernels (http://mirror.invalid)"]
        let index = try text(await site(of: try StoredSample(try ReportSamples.cells(), run: run)), "index.html")
        #expect(index.contains("href=\"#notes\">2 notes</a>"))
        let parts = index.split(separator: "Notes on this run</h2>")
        try #require(parts.count == 2)
        for line in [
            "could not read (connection refused)", "22 days past the end", "<details><summary>2 suites of packages", "ubuntu-22.04/jammy: &lt;no answer&gt;",
            "bookworm: read, 12 kernels",
        ] {
            #expect(parts[1].contains(line) && !parts[0].contains(line), "\(line)")
        }
        let plain = try text(await site(of: try StoredSample(try ReportSamples.cells())), "index.html")
        #expect(!plain.contains("Notes on this run") && !plain.contains("#notes"))
    }

    @Test("of the same store is the same to the byte, wherever it is and whichever runs were given first")
    func deterministic() async throws {
        let old = try StoredSample(
            [try ReportSamples.record("6.1.176-1", .unified, cause: .loadFailed)], run: ReportSamples.run("old", started: "2025-01-01T00:00:00Z")
        ).read()
        let one = try StoredSample(try ReportSamples.cells())
        let other = try StoredSample(try ReportSamples.cells().reversed())
        let first = try await site(of: one, earlier: [old])
        #expect(try await site(of: one, earlier: [old], to: "again") == first)
        #expect(try await site(of: other, earlier: [old]) == first)
    }

    @Test("asks for nothing outside and allows no script but its own")
    func policy() async throws {
        let files = try await site(of: try StoredSample(try ReportSamples.cells()))
        for (path, bytes) in files where path.hasSuffix(".html") {
            let page = String(decoding: bytes, as: UTF8.self)
            #expect(page.contains("default-src 'none'; style-src 'self'; script-src 'self'"), "\(path)")
            #expect(!page.contains("style=\"") && page.matches(of: /<script/).count == 1 && page.firstMatch(of: /\son[a-z]+="/) == nil, "\(path)")
            #expect(page.firstMatch(of: /(?:src|href)="(?:https?:)?\/\//) == nil, "\(path)")
        }
    }

    @Test("a cell that nobody measured is not green, with a record and without")
    func notRun() async throws {
        let judgement = Judgement(verdict: .notRun, cause: nil, summary: "not yet")
        let waiting = CellRecord(
            cell: Cell(kernel: try ReportSamples.kernel("6.1.176-1"), cgroup: .hybrid), judgement: judgement, evidence: nil, seconds: [:], attempts: 0)
        let sample = try StoredSample(
            [try ReportSamples.record("6.1.176-1", .unified), try ReportSamples.record("6.12.1-1", .legacy, cause: .attachNoCgroup2)], planned: [waiting])
        let files = try await site(of: sample)
        let index = try text(files, "index.html")
        let rows = index.matches(of: /<tr data-g.*?<\/tr>/).map { String($0.0) }
        #expect(rows.count == 2)
        // Two rows of three layouts: one cell works, one does not, one waited, and three are gaps.
        #expect(rows.joined().matches(of: /class="v compatible/).count == 1)
        #expect(rows.joined().matches(of: /class="v not-run"/).count == 4)
        #expect(try text(files, "cells/micro_6.1.176-1_cloud-amd64_hybrid.html").contains("not yet"))
    }

    @Test("a run without cells has a site that says so")
    func empty() async throws {
        let files = try await site(of: try StoredSample([]))
        #expect(try text(files, "index.html").contains("nothing was measured"))
    }

    @Test("what guests and files claim stays text, and of a huge log both ends are shown")
    func hostile() async throws {
        let cell = try ReportSamples.record("6.1.176-1", .unified, cause: .verifierRejected, summary: ReportFormatTests.hostile)
        let sample = try StoredSample([cell])
        let folder = try sample.folder(of: cell)
        let attack = Array("</pre></details><script>window.pwned=1</script><img src=x onerror=pwned=1>\u{1B}]0;x\u{7}\u{202E}".utf8) + [0xFF, 0x00]
        for file in [EvidenceFile.status, .verifierLog, .agentLog, .installLog, .fabricJournal, .clients, .qemuCommand] { try folder.write(attack, to: file) }
        try folder.write(Array(#"{"<script>window.pwned=1</script>":"<b>\u202e"}"#.utf8), to: .facts)
        try folder.write(attack, to: .console)
        let console = try FileDescriptor.open(folder.file(.console), .writeOnly)
        try console.closeAfter { _ = try console.writeAll(toAbsoluteOffset: 100 << 20, attack + Array("the last word".utf8)) }
        let files = try await site(of: sample)
        let page = try text(files, "cells/\(cell.pageName)")
        #expect(!page.contains("<script>") && !page.contains("<img") && !page.contains("\u{202E}") && !page.contains("\u{1B}"))
        #expect(page.contains("&lt;script&gt;window.pwned=1") && page.contains("⟨U+202E⟩") && page.contains("⟨0xFF⟩␀"))
        #expect(page.contains("the last word") && page.contains("bytes left out; the whole file is cells/\(cell.folderName)/console.log"))
        #expect(page.utf8.count < 1 << 20)
        for (path, bytes) in files where path.hasSuffix(".html") { #expect(!String(decoding: bytes, as: UTF8.self).contains("<script>"), "\(path)") }
    }

    @Test("a verifier's log shows its source and what it refused")
    func verifierLog() throws {
        let log = Array(try Data(contentsOf: StoredSample.captured.appending(path: "5.10-return-value/verifier.log")))
        let view = VerifierLogView(log, isEnd: true)
        #expect(view.lines.first?.kind == .source)
        let refused = view.lines.filter { $0.kind == .refusal }.map { String(decoding: $0.bytes, as: UTF8.self) }
        #expect(refused.contains { $0.contains("invalid func unknown#186") })
        #expect(refused.contains { $0.contains(": (85) call ") }, "the instruction as well: \(refused)")
        #expect(!refused.contains { $0.hasPrefix("processed") })
    }

    @Test("a cell's page has what is known of its cause for its guest, how to run it again, and what changed")
    func cellPage() async throws {
        let notes = CauseNotes { cause, distribution in
            CauseNotes.Note(
                title: "About \(cause.rawValue)", symptom: "see `mount`", family: distribution,
                steps: [.init(text: "On \(distribution ?? "any guest"):", place: "Azure CLI", commands: ["update-grub"])],
                reference: .init(title: "more", address: distribution == nil ? "https://example.org/x" : "javascript:alert(1)"))
        }
        let old = try StoredSample(
            [try ReportSamples.record("6.1.176-1", .legacy, guest: "debian-12")], run: ReportSamples.run("old", started: "2025-01-01T00:00:00Z")
        ).read()
        let cell = try ReportSamples.record("6.1.176-1", .legacy, cause: .attachNoCgroup2, guest: "debian-12")
        let files = try await site(of: try StoredSample([cell]), notes: notes, earlier: [old])
        let page = try text(files, "cells/\(cell.pageName)")
        #expect(
            page.contains("About attach-failed/no-cgroup2") && page.contains("On debian-12:") && page.contains("update-grub")
                && page.contains("Commands for debian-12."))
        #expect(!page.contains("javascript:"))
        #expect(page.contains("kmatrix run --distro debian-12 --kernel 6.1.176-1 --cgroup legacy"))
        #expect(page.contains("new-failure since old: compatible → incompatible (attach-failed/no-cgroup2)"))
        let cause = try text(files, "causes/attach-failed-no-cgroup2.html")
        #expect(cause.contains("On any guest:") && cause.contains("href=\"https://example.org/x\""))
        #expect(try text(files, "changes.html").contains("new-failure"))
    }

    @Test("a cell of a micro guest gets the commands of the distribution that built its kernel, and a cause's page those of every family")
    func families() async throws {
        let notes = CauseNotes(distributions: ["debian", "rhel"]) { cause, distribution in
            CauseNotes.Note(title: cause.rawValue, family: distribution, steps: [.init(text: "Do it.", commands: ["update-\(distribution ?? "none")"])])
        }
        let cell = try ReportSamples.record("6.1.176-1", .legacy, cause: .attachNoCgroup2)
        let files = try await site(of: try StoredSample([cell]), notes: notes)
        #expect(try text(files, "cells/\(cell.pageName)").contains("update-debian"))
        let cause = try text(files, "causes/attach-failed-no-cgroup2.html")
        #expect(cause.contains("update-debian") && cause.contains("<b>rhel</b>") && cause.contains("update-rhel"))
        var file = cell
        let kernel = try ReportSamples.kernel("6.1.176-1")
        file.subject = .cell(Cell(kernel: KernelIdentity(version: kernel.version, flavour: .custom, release: kernel.release, origin: "file"), cgroup: .legacy))
        #expect(file.machineDistribution == nil && cell.machineDistribution == "debian")
    }

    @Test("the title names the agent, tables come before notes, and damage to the folder is noted")
    func order() async throws {
        var run = ReportSamples.run()
        run.warnings = ["an index is past its Valid-Until date"]
        let sample = try StoredSample(try ReportSamples.cells(), run: run)
        try DurableFile.write([1], to: sample.folder.path.appending("cells/notes"))
        let index = try text(try await site(of: sample), "index.html")
        #expect(index.contains("<h1>Where azure-proxy-agent of kmatrix 0.1.0 works</h1>"))
        #expect(index.contains("<a href=\"#notes\">2 notes</a>"))
        let places = try [
            "By distribution", "By kernel series", "id=\"matrix\"", "id=\"causes\"", "id=\"notes\"", "cells/notes", "past its Valid-Until", "id=\"legend\"",
        ].map { part in
            try #require(index.range(of: part), "\(part) is missing").lowerBound
        }
        #expect(places == places.sorted())
        #expect(try !text(try await site(of: try StoredSample(try ReportSamples.cells())), "index.html").contains("#notes"))
    }

    @Test("several agents are told apart, and one agent alone counts for the distribution whoever made it")
    func agents() async throws {
        func record(_ agent: String?) throws -> CellRecord {
            let cell = Cell(kernel: try ReportSamples.kernel("6.1.176-1"), cgroup: .unified, agent: agent)
            return CellRecord(cell: cell, judgement: Judgement(verdict: .compatible, cause: nil, summary: "fine"), evidence: "x", seconds: [:], attempts: 1)
        }
        let foreign = try text(try await site(of: try StoredSample([try record("proxy_9.9.9")])), "index.html")
        #expect(foreign.contains("<h1>Where proxy_9.9.9 works</h1>") && foreign.contains("1/1") && !foreign.contains("class=\"tag\""))
        let both = try text(try await site(of: try StoredSample([try record("own"), try record("proxy_9.9.9")])), "index.html")
        #expect(both.contains("<h1>Where 2 agents work</h1>") && both.contains("azure-proxy-agent of kmatrix 0.1.0, proxy_9.9.9"))
        #expect(both.contains("#guest=micro&amp;axis=agent%3Dproxy%5F9.9.9"))
    }

    @Test("proofs have a grid, a page each and a section on each cell's page; a site without proofs has none of these")
    func proofs() async throws {
        let files = try await site(of: try StoredSample(try ReportSamples.provenCells()))
        let grid = try text(files, "proofs.html")
        #expect(grid.matches(of: /<tr data-l/).count == 8 && grid.contains("href=\"proofs/identity-uid-not-gid.html\""))
        #expect(grid.contains("title=\"failed, known defect\"") && grid.contains("title=\"not reached\"") && grid.contains("title=\"unproven\""))
        let index = try text(files, "index.html")
        #expect(index.contains(">4/4</a>") && index.contains(">1/4 attach</a>") && index.contains("data-p=\"dual-stack identity/uid-not-gid\""))
        #expect(index.contains("<option value=\"identity/uid-not-gid\">"))
        let cell = try text(files, "cells/micro_6.1.176-1_cloud-amd64_hybrid.html")
        #expect(
            cell.contains("Proofs: 3 of 4 passed") && cell.contains("Known defect: root is taken from the group id")
                && cell.contains("what identity/uid-not-gid rests on"))
        #expect(try text(files, "proofs/attach.html").contains("cells/micro_5.10.223-1_cloud-amd64_legacy.html#proofs"))
        // A record of schema 1 in the same run looks as before.
        let old = try text(files, "cells/micro_6.12.1-1_cloud-amd64_unified.html")
        #expect(!old.contains("id=\"proofs\"") && index.contains(">compatible</a>"))
        let without = try await site(of: try StoredSample(try ReportSamples.cells()))
        #expect(without["proofs.html"] == nil && !without.keys.contains { $0.hasPrefix("proofs/") })
        #expect(try !text(without, "index.html").contains("proofs.html"))
    }

    @Test("opens with the support table; what sources and stored runs claim stays text")
    func support() async throws {
        let hostile = ReportFormatTests.hostile
        var claims = [try DistributionSamples.claim("readme", .supported), try DistributionSamples.claim("gate", .unsupported)]
        (claims[1].title, claims[1].address) = (hostile, "javascript:alert(1)")
        let cells = [
            try DistributionSamples.record("6.1.192-2", .unified, claims: claims),
            try DistributionSamples.record("6.1.192-2", .legacy, cause: .attachNoCgroup2, claims: claims),
            try DistributionSamples.record("5.14.1-1", .unified, cause: .verifierRejected, guest: "rocky-9", claims: [claims[0]]),
            try DistributionSamples.record("6.1.1-1", .unified, guest: "debian-9", standard: nil),
        ]
        let sample = try StoredSample(cells)
        let index = try text(try await site(of: sample), "index.html")
        let markdown = String(decoding: try #require(try sample.report().render(.markdown)), as: UTF8.self)
        #expect(markdown.contains("| debian-12 | ✔ supported; 6.1.192-2, unified | legacy: ✘ unsupported"))
        #expect(index.contains(">supported; 6.1.192-2, unified</a>") && index.contains("title=\"unsupported: attach-failed/no-cgroup2\""))
        #expect(index.contains(">unsupported: verifier-rejected; 5.14.1-1, unified</a>") && index.contains(">not measured</span>"))
        #expect(index.contains(">with readme, not with gate</span>") && index.contains("6.1.192-2 or earlier") && index.contains("2026-01-01"))
        #expect(index.contains("href=\"https://example.invalid/readme\" rel=\"noreferrer\">supported: the readme, 2026-06-24</a>"))
        #expect(!index.contains("javascript:") && !index.contains("<script>") && index.contains("unsupported: &lt;script&gt;"))
        let micro = try text(try await site(of: try StoredSample([try ReportSamples.record("6.1.176-1", .unified)])), "index.html")
        #expect(!micro.contains("id=\"support\"") && micro.contains("By kernel series"))
        // Records from before distributions were documented are shown as then.
        let old = try text(try await site(of: try StoredSample([try ReportSamples.record("6.1.176-1", .unified, guest: "debian-12")])), "index.html")
        #expect(!old.contains("id=\"support\"") && old.contains(">Guest</th>") && old.contains("1/1"))
    }

    @Test("deployments have a page only when there were some")
    func deployments() async throws {
        let files = try await site(of: try StoredSample(try ReportSamples.cells()))
        #expect(try text(files, "deployments.html").contains("ready, perhaps before the agent has the key"))
        #expect(try await site(of: try StoredSample([try ReportSamples.record("6.1.176-1", .unified)]))["deployments.html"] == nil)
    }

    @Test("takes the place of an earlier site, and of nothing else")
    func replacing() async throws {
        let sample = try StoredSample(try ReportSamples.cells())
        let first = try await site(of: sample)
        try DurableFile.write([1], to: sample.place.appending("site/cells/stale.html"))
        #expect(try await site(of: sample) == first)
        let own = sample.place.appending("documents")
        try DurableFile.makeFolder(own)
        try DurableFile.write([1], to: own.appending("letter.txt"))
        let error = await #expect(throws: ReportError.self) { try await sample.report().writeSite(to: own) }
        #expect(error?.code == .notASite)
        #expect(FileManager.default.fileExists(atPath: own.appending("letter.txt").string))
        let blocked = await #expect(throws: ReportError.self) { try await sample.report().writeSite(to: "/dev/null/site") }
        #expect(blocked.map { "\($0)".contains("--out") } == true)
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: sample.place.string)) == ["run", "site", "documents"])
    }

    @Test(
        "the command to run a cell again is quoted for a shell",
        arguments: [
            (nil, nil, "kmatrix run --kernel 6.1.176-1 --cgroup unified"),
            ("a b;'x'", nil, "kmatrix run --kernel 6.1.176-1 --cgroup unified --bpf 'a b;'\\''x'\\'''"),
            (nil, "$(reboot)", "kmatrix run --kernel 6.1.176-1 --cgroup unified --profile '$(reboot)'"),
        ] as [(String?, String?, String)])
    func reproduce(bpf: String?, profile: String?, command: String) throws {
        #expect(ReproduceCommand(try ReportSamples.record("6.1.176-1", .unified, profile: profile, bpf: bpf)).text == command)
    }

    @Test("names of pages are unlike for unlike cells and fit every file system")
    func names() throws {
        func named(_ id: String) throws -> CellRecord {
            let asked = AskedCell(CellAxes(architecture: .x86_64, cgroup: .unified), id: CellID(stored: id), series: nil, flavour: .cloud)
            return CellRecord(unavailable: asked, judgement: Judgement(cause: .notOffered, summary: ""))
        }
        let text = String(repeating: "x", count: 400)
        let (long, other) = (try named(text), try named(text + "y"))
        #expect(long.pageName.utf8.count < 255 && long.pageName != other.pageName)
        #expect(try !named("../../etc/passwd").pageName.contains("/"))
    }
}

import GuestProtocol
import MatrixModel

extension ConformanceGroup {
    /// Full disks, SIGKILL at any moment and jumping clocks, none of which upstream's suites try.
    static let faults = ConformanceGroup(
        name: "faults", scenario: "enforced",
        steps: [
            shell("key-disk", keyDisk), shell("killed", killed), .startAgent, .clients(pair("killed")),
            Guest.run("clock-ahead", ["date", "-s", "@1956528000"]), .clients(pair("ahead")),
            Guest.run("clock-behind", ["date", "-s", "@946684800"]), .clients(pair("behind")),
            shell("status-disk", fillLogs), .clients(pair("status-disk")), .stopAgent(signal: 15), shell("status-room", makeRoom), .startAgent,
            .status(.status),
        ],
        checks: [
            ConformanceCheck("FAULT-key-disk", "an unstorable key is not latched, and the agent recovers when there is space") { evidence in
                guard let output = evidence.output("key-disk") else { return .fail("the test did not run") }
                guard let room = output.firstRange(of: "-- room --"), let full = output.firstRange(of: "-- full --") else {
                    return .fail("the agent ended early: \(output.suffix(300))")
                }
                guard output[..<full.lowerBound].contains("No space left") else { return .fail("the disk was not full: \(output.prefix(300))") }
                guard !output[full.upperBound..<room.lowerBound].contains("SUCCESS") else { return .fail("the agent reported success without a stored key") }
                return output[room.upperBound...].contains("SUCCESS")
                    ? .pass("the agent reported it, and recovered") : .fail("the agent did not recover: \(output.suffix(300))")
            },
            ConformanceCheck("FAULT-killed", "after SIGKILL at any moment of its start, the agent starts again, signs, and keeps its key", follows: ["B1a"]) {
                evidence in
                guard let output = evidence.output("killed"), output.contains("\(delays.count) times") else {
                    return .fail("the agent was killed fewer times than planned")
                }
                return signed(evidence, "killed")
            },
            ConformanceCheck("FAULT-clock", "clock jumps of years have no effect", follows: ["B1a"]) { evidence in
                let jumped = ["clock-ahead", "clock-behind"].first { name in evidence.commands.first { $0.name == name }?.ending != .exited(code: 0) }
                if let jumped { return .fail("\(jumped): cannot set the clock") }
                if case .fail(let words) = signed(evidence, "ahead") { return .fail(words) }
                return signed(evidence, "behind")
            },
            ConformanceCheck(
                "FAULT-status-disk", "with a full log disk the agent serves on, and its status is complete again when there is space", follows: ["B1a"]
            ) { evidence in
                guard evidence.output("status-disk")?.contains("No space left") == true else {
                    return .fail("the disk was not full: \(evidence.output("status-disk") ?? "nothing")")
                }
                guard evidence.output("status-room") != nil, evidence.status.contains("\"SUCCESS\"") else { return .fail("no later status is SUCCESS") }
                return signed(evidence, "status-disk")
            },
        ],
        deadline: 40_000)

    /// In microseconds from its start: before it listens, while it loads its program, asks for, stores and attests its key, and when it runs.
    private static let delays = [2_000, 10_000, 30_000, 60_000, 100_000, 150_000, 200_000, 250_000, 300_000, 400_000, 500_000, 700_000, 1_000_000, 2_000_000]

    private static let killed = """
        times=0
        for delay in \(delays.map(String.init).joined(separator: " ")); do
          \(Guest.executable) >/dev/null 2>&1 & agent=$!
          usleep $delay; kill -9 $agent && times=$((times+1)); wait $agent 2>/dev/null
        done
        echo killed $times times
        """

    /// The folder of the keys on a disk that has no block left; the agent is judged by its status before and after there is room.
    private static let keyDisk = """
        parent=/var/lib/azure-proxy-agent; status=\(Guest.logs)/status.json
        mkdir -p $parent; mount -t tmpfs -o mode=755,size=64k tmpfs $parent || exit 1
        dd if=/dev/zero of=$parent/fill bs=4k
        \(Guest.executable) >/dev/null 2>&1 & agent=$!
        sleep 4; echo '-- full --'; cat $status
        rm $parent/fill; echo '-- room --'
        for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1; if grep -q SUCCESS $status; then break; fi; done
        grep SUCCESS $status; kill -9 $agent; wait $agent 2>/dev/null
        """

    private static let fillLogs = "mount -o remount,size=8m /var/log && dd if=/dev/zero of=/var/log/fill bs=64k; dd if=/dev/zero of=/var/log/rest bs=1"
    private static let makeRoom = "rm -f /var/log/fill /var/log/rest && mount -o remount,size=64m /var/log"

    private static func shell(_ name: String, _ script: String) -> GuestStep { Guest.run(name, ["sh", "-c", script]) }

    /// A client of root and one of the user `nobody`.
    private static func pair(_ name: String) -> [ClientSpec] {
        [
            .get("\(name)-root", address: Guest.wireServer, path: "/machine?comp=goalstate"),
            .get("\(name)-user", user: Guest.nobody, address: Guest.imds, path: Guest.instance),
        ]
    }

    private static func signed(_ evidence: ConformanceEvidence, _ name: String) -> ConformanceOutcome {
        let names = pair(name).map(\.name)
        if let unsigned = names.first(where: { evidence.request($0)?.signature != .verified }) {
            return .fail("the platform received no valid signature from \(unsigned) (\(evidence.words(unsigned)))")
        }
        return evidence.expect(names.map { ($0, [200]) })
    }
}

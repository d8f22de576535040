import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    /// Lockdown, denials of security modules, capabilities and SELinux's mode, wherever their lines stand.
    mutating func readPolicy(_ text: FieldText) {
        for line in text.lines where line.scope.view != .manual {
            let words = line.text
            if words.utf8.count > 4_096 { continue }
            if words.contains("integrity"), !words.contains("lockdown="), let mode = Self.lockdownMode(words) { lockdown = Observed(mode, text.finding(line)) }
            if words.contains("Lockdown: "), words.contains(" is restricted"), words.contains("bpf") || words.contains("kprobe") || words.contains("perf") {
                if lockdownDenials.count < 8 { lockdownDenials.append(text.finding(line)) }
            }
            // Secure Boot brings about a mode that this line does not name.
            if words.contains("Kernel is locked down from") { lockedDown = lockedDown ?? text.finding(line) }
            if let isPermissive = Self.denial(words) {
                if denials.count < 16 { denials.append(Observed(isPermissive, text.finding(line))) }
            }
            readPrivileges(words, text, line)
            if words.hasPrefix("CapEff:"), let mask = UInt64(words.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) {
                capabilities = Observed(mask, text.finding(line))
            }
            if line.scope.command == "getenforce", !line.scope.isPrompt,
                ["Enforcing", "Permissive", "Disabled"].contains(words.trimmingPrefix(while: \.isWhitespace))
            {
                seLinux = Observed(String(words), text.finding(line))
            }
            if let range = words.firstRange(of: "bpf_jit_enable = ") ?? words.firstRange(of: "bpf_jit_enable="), let digit = words[range.upperBound...].first,
                digit.isNumber
            {
                jitEnabled = Observed(digit != "0", text.finding(line))
            }
        }
    }

    /// `systemctl show` of the unit's limits, and /proc/PID/limits.
    private mutating func readPrivileges(_ words: String, _ text: FieldText, _ line: FieldText.Line) {
        if words.hasPrefix("CapabilityBoundingSet="), line.isEnded {
            let names = Set(words.dropFirst("CapabilityBoundingSet=".count).lowercased().split(separator: " "))
            // `~` starts a list of removed capabilities.
            let isInverted = names.contains { $0.hasPrefix("~") }
            if !isInverted, names.isDisjoint(with: ["cap_bpf", "cap_sys_admin"]) { unitLacksPrivilege = text.finding(line) }
        }
        if words.hasPrefix("Max locked memory") || words.hasPrefix("LimitMEMLOCK=") {
            let value = words.split(whereSeparator: { $0 == " " || $0 == "=" }).first { $0 == "unlimited" || $0 == "infinity" || $0.allSatisfy(\.isNumber) }
            if let value { lockedMemory = Observed(Int(value) ?? .max, text.finding(line)) }
        }
    }

    /// `none [integrity] confidentiality`: the mode in force is in brackets.
    private static func lockdownMode(_ line: String) -> String? {
        let words = line.split(separator: " ")
        guard words.count >= 3, words.contains(where: { $0.hasSuffix("none") || $0 == "[none]" }) else { return nil }
        guard let mode = ["[none]", "[integrity]", "[confidentiality]"].first(where: { line.contains($0) }) else { return nil }
        return String(mode.dropFirst().dropLast())
    }

    /// A denial of a call that BPF programs need: whether it was only logged; nil for another line.
    private static func denial(_ line: String) -> Bool? {
        if line.contains("avc:"), line.contains("denied") {
            guard ["tclass=bpf", "tclass=perf_event", "tclass=lockdown", "tclass=capability2"].contains(where: { line.contains($0) }) else { return nil }
            if line.contains("tclass=capability2"), !line.contains("{ bpf }"), !line.contains("{ perfmon }") { return nil }
            return line.contains("permissive=1")
        }
        if line.contains("apparmor=\"DENIED\""), line.contains("bpf") || line.contains("capname=\"sys_admin\"") || line.contains("capname=\"perfmon\"") {
            return false
        }
        return nil
    }

    /// `CONFIG_X=y`, `# CONFIG_X is not set`.
    mutating func readConfiguration(_ text: FieldText) {
        let names = [
            "CONFIG_CGROUP_BPF", "CONFIG_BPF_SYSCALL", "CONFIG_BPF", "CONFIG_KPROBES", "CONFIG_DEBUG_INFO_BTF", "CONFIG_BPF_JIT", "CONFIG_CGROUPS",
            "CONFIG_KPROBE_EVENTS",
        ]
        let lines = text.isComplete ? text.lines.filter { $0.text.contains("CONFIG_") } : text.lines
        for line in lines where line.scope.view != .manual && line.isEnded {
            for name in names {
                let isOff =
                    line.text.hasSuffix("\(name) is not set") || line.text.hasSuffix("\(name): missing") || line.text == "\(name)=n"
                    || line.text.hasSuffix(": \(name)=n")
                let isOn =
                    line.text.hasSuffix("\(name) is set to y") || line.text.hasSuffix("\(name): enabled") || line.text.hasSuffix("\(name)=y")
                    || line.text.hasSuffix("\(name)=m")
                if isOff || isOn { options[name] = Observed(isOn, text.finding(line)) }
            }
        }
        for line in text.lines where line.text.contains("/sys/kernel/btf/vmlinux") && !line.scope.isPrompt {
            let isAbsent = line.text.contains("No such file") || line.text.contains("does not exist")
            // A loader's complaint says that it found none, which may be a matter of where it looked.
            if line.text.contains("kernel BTF is missing") || line.text.contains("parsing BTF") { continue }
            if isAbsent || line.scope.command?.hasPrefix("ls") == true { hasBTF = hasBTF ?? Observed(!isAbsent, text.finding(line)) }
        }
    }

    /// A loader's words that it found no type information of the kernel's.
    mutating func readTypeComplaints(_ text: FieldText) {
        let words = [
            "failed to find valid kernel BTF", "kernel BTF is missing at", "no BTF found for kernel version", "BTF is required, but is missing",
            "Error loading vmlinux BTF", "vmlinux BTF is not found",
        ]
        for line in text.bytes.lines(containing: words, most: 8) where typeComplaint == nil {
            typeComplaint = text.finding(text.bytes.string(line, most: 1_000))
        }
    }
}

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
            if let isPermissive = Self.denial(words) {
                if denials.count < 16 { denials.append(Observed(isPermissive, text.finding(line))) }
            }
            if words.hasPrefix("CapEff:"), let mask = UInt64(words.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) { capabilities = Observed(mask, text.finding(line)) }
            if line.scope.command == "getenforce", !line.scope.isPrompt, ["Enforcing", "Permissive", "Disabled"].contains(words.trimmingPrefix(while: \.isWhitespace)) {
                seLinux = Observed(String(words), text.finding(line))
            }
            if let range = words.firstRange(of: "bpf_jit_enable = ") ?? words.firstRange(of: "bpf_jit_enable="), let digit = words[range.upperBound...].first, digit.isNumber {
                jitEnabled = Observed(digit != "0", text.finding(line))
            }
        }
    }

    /// `none [integrity] confidentiality`: the mode in force is in brackets.
    private static func lockdownMode(_ line: String) -> String? {
        let words = line.split(separator: " ")
        guard words.count >= 3, words.contains(where: { $0.hasSuffix("none") || $0 == "[none]" }) else { return nil }
        guard let mode = ["[none]", "[integrity]", "[confidentiality]"].first(where: { line.contains($0) }) else { return nil }
        return String(mode.dropFirst().dropLast())
    }

    /// A denial of a call that BPF programs need: whether it was only logged; nil for a line that is none.
    private static func denial(_ line: String) -> Bool? {
        if line.contains("avc:"), line.contains("denied") {
            guard ["tclass=bpf", "tclass=perf_event", "tclass=lockdown", "tclass=capability2"].contains(where: { line.contains($0) }) else { return nil }
            if line.contains("tclass=capability2"), !line.contains("{ bpf }"), !line.contains("{ perfmon }") { return nil }
            return line.contains("permissive=1")
        }
        if line.contains("apparmor=\"DENIED\""), line.contains("bpf") || line.contains("capname=\"sys_admin\"") || line.contains("capname=\"perfmon\"") { return false }
        return nil
    }

    /// `CONFIG_X=y`, `# CONFIG_X is not set`.
    mutating func readConfiguration(_ text: FieldText) {
        let names = ["CONFIG_CGROUP_BPF", "CONFIG_BPF_SYSCALL", "CONFIG_BPF", "CONFIG_KPROBES", "CONFIG_DEBUG_INFO_BTF", "CONFIG_BPF_JIT", "CONFIG_CGROUPS", "CONFIG_KPROBE_EVENTS"]
        let lines = text.isComplete ? text.lines.filter { $0.text.contains("CONFIG_") } : text.lines
        for line in lines where line.scope.view != .manual && line.isEnded {
            for name in names {
                let isOff = line.text.hasSuffix("# \(name) is not set") || line.text == "\(name)=n" || line.text.hasSuffix(": \(name)=n")
                let isOn = line.text.hasSuffix("\(name)=y") || line.text.hasSuffix("\(name)=m")
                if isOff || isOn { options[name] = Observed(isOn, text.finding(line)) }
            }
        }
        // Of kmatrix's own bundle.
        if text.baseName.hasPrefix("btf"), let line = text.lines.first, line.text.hasPrefix("present") || line.text.hasPrefix("absent") {
            hasBTF = Observed(line.text.hasPrefix("present"), text.finding(line))
        }
        for line in text.lines where line.text.contains("/sys/kernel/btf/vmlinux") && !line.scope.isPrompt {
            let isAbsent = line.text.contains("No such file") || line.text.contains("does not exist")
            if isAbsent || line.scope.command?.hasPrefix("ls") == true { hasBTF = hasBTF ?? Observed(!isAbsent, text.finding(line)) }
        }
    }
}

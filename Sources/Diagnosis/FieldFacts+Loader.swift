import Guidance

extension FieldFacts {
    /// What a loader found wrong before the kernel saw the program.
    enum LoaderComplaint: Hashable {
        /// The section's name says no type of program.
        case programType
        /// A function of the kernel (kfunc) or a variable that the program uses is not in this kernel.
        case missingSymbol(String)
        /// A function that the program traces is not in this kernel.
        case missingTarget(String)
    }

    /// libbpf's words for them.
    mutating func readLoaderComplaints(_ text: FieldText) {
        let words = ["missing BPF prog type", "not found in kernel or module BTFs", "failed to find kernel BTF type ID of"]
        for line in text.bytes.lines(containing: words, most: 8) where loaderComplaint == nil {
            let raw = text.bytes.string(line, most: 1_000)
            guard let complaint = Self.complaint(in: raw) else { continue }
            loaderComplaint = Observed(complaint, text.finding(raw))
        }
    }

    private static func complaint(in line: String) -> LoaderComplaint? {
        // Weak symbols and optional programs are allowed to be absent.
        if line.contains("skipping") || line.contains("(weak") { return nil }
        if line.contains("missing BPF prog type") { return .programType }
        let names = line.split(separator: "'", omittingEmptySubsequences: false)
        // `extern (func ksym) 'NAME': not found …`; `prog 'P': failed to find kernel BTF type ID of 'NAME'`.
        if let range = line.firstRange(of: "kernel BTF type ID of '") {
            return .missingTarget(String(line[range.upperBound...].prefix { $0 != "'" }.prefix(128)))
        }
        guard line.contains("not found in kernel or module BTFs"), names.count >= 3 else { return nil }
        return .missingSymbol(String(names[1].prefix(128)))
    }
}

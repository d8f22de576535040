internal import CLibBPF
internal import Glibc
internal import SystemPackage

/// A BPF object file with its maps, programs and attachments. Everything is released with this object.
///
/// Used from one thread, except for the maps' descriptors, which any thread may use while the object lives.
final class BPFObject: @unchecked Sendable {
    /// The size of each program's verifier log, in bytes. Kernels before 5.2 accept less than 16 MiB. Pages that are not written use no memory.
    static let logSize = 15 << 20

    let path: FilePath
    private let object: OpaquePointer
    private var links: [OpaquePointer] = []
    private var multiAttached: [OpaquePointer] = []
    private var cgroup: FileDescriptor?

    init(opening path: FilePath) throws(RedirectorError) {
        var error: Int32 = 0
        guard let object = path.withPlatformString({ gpa_open($0, &error) }) else {
            throw .openFailed(path, SystemErrorText(error))
        }
        self.path = path
        self.object = object
    }

    deinit {
        detach()
        bpf_object__close(object)
    }

    // MARK: Parts

    struct Map: Sendable {
        let name: String
        /// Negative until the object is loaded.
        let descriptor: Int32
        /// In bytes, as the value's size.
        let keySize: Int
        let valueSize: Int

        fileprivate init(_ pointer: OpaquePointer) {
            name = String(cString: bpf_map__name(pointer))
            descriptor = bpf_map__fd(pointer)
            keySize = Int(bpf_map__key_size(pointer))
            valueSize = Int(bpf_map__value_size(pointer))
        }
    }

    struct Program {
        fileprivate let pointer: OpaquePointer
        let name: String

        enum Kind: Hashable { case cgroupConnect, sockOps, kprobe, other(UInt32) }

        var kind: Kind {
            let type = bpf_program__type(pointer)
            return switch type {
            case BPF_PROG_TYPE_CGROUP_SOCK_ADDR: .cgroupConnect
            case BPF_PROG_TYPE_SOCK_OPS: .sockOps
            case BPF_PROG_TYPE_KPROBE: .kprobe
            default: .other(type.rawValue)
            }
        }
    }

    var maps: [Map] {
        var maps: [Map] = []
        var next = bpf_object__next_map(object, nil)
        while let map = next {
            maps.append(Map(map))
            next = bpf_object__next_map(object, map)
        }
        return maps
    }

    var programs: [Program] {
        var programs: [Program] = []
        var next = bpf_object__next_program(object, nil)
        while let program = next {
            programs.append(Program(pointer: program, name: String(cString: bpf_program__name(program))))
            next = bpf_object__next_program(object, program)
        }
        return programs
    }

    /// - Parameters: The sizes are in bytes.
    func map(_ name: String, keySize: Int, valueSize: Int) throws(RedirectorError) -> Map {
        guard let map = maps.first(where: { $0.name == name }) else { throw .noMap(name) }
        guard map.keySize == keySize, map.valueSize == valueSize else {
            throw .badMap(name, expected: "\(keySize) and \(valueSize)", found: "\(map.keySize) and \(map.valueSize)")
        }
        return map
    }

    // MARK: Load

    /// Creates the maps and has the kernel verify every program.
    func load() throws(RedirectorError) {
        let programs = programs
        let logs = programs.map { _ in VerifierLog(size: Self.logSize) }
        for (program, log) in zip(programs, logs) {
            if let start = log.start { gpa_set_log(program.pointer, start, log.size) }
        }
        let result = bpf_object__load(object)
        guard result < 0 else { return }
        let error = SystemErrorText(result)
        let texts = zip(programs, logs).map { program, log in (program.name, log.text) }
        let blamed = String(cString: gpa_failed_program())
        // Accepted programs have empty logs, because libbpf requests a log only after a rejection.
        if let (name, log) = texts.first(where: { $0.0 == blamed }) ?? texts.last(where: { !$0.1.isEmpty }) {
            throw .programRejected(name, error, log: log)
        }
        throw .loadFailed(path, error, hint: Self.loadHint())
    }

    private static func loadHint() -> String? {
        access("/sys/kernel/btf/vmlinux", R_OK) == 0
            ? nil : "BTF error: this kernel shows no BTF of its own (/sys/kernel/btf/vmlinux), which CO-RE relocations need"
    }

    // MARK: Attach

    /// How the cgroup programs are attached.
    enum Attachment: String { case link, multi }

    /// Attaches with a link. Before 5.7, which has no such links, attaches in addition to other programs (BPF_F_ALLOW_MULTI).
    func attach(_ program: Program, cgroup path: FilePath, descriptor: FileDescriptor) throws(RedirectorError) -> Attachment {
        if let link = bpf_program__attach_cgroup(program.pointer, descriptor.rawValue) {
            links.append(link)
            return .link
        }
        let linkError = SystemErrorText.current
        if linkError.code == EINVAL || linkError.code == ENOSYS {
            let result = gpa_attach_multi(program.pointer, descriptor.rawValue)
            if result == 0 {
                multiAttached.append(program.pointer)
                if cgroup == nil { cgroup = try? descriptor.duplicate() }
                return .multi
            }
        }
        throw .attachFailed(program.name, call: "bpf_link_create", linkError, hint: CgroupFolder.doubt(path))
    }

    func attachKprobe(_ program: Program, symbol: String) throws(RedirectorError) {
        guard let link = bpf_program__attach_kprobe(program.pointer, false, symbol) else {
            let error = SystemErrorText.current
            let unit = "/sys/bus/event_source/devices/kprobe/type"
            let hint = access(unit, R_OK) == 0 ? nil : "`\(unit)` is missing: is CONFIG_KPROBES off?"
            throw .attachFailed(program.name, call: "perf_event_open", error, hint: hint)
        }
        links.append(link)
    }

    func detach() {
        for link in links { bpf_link__destroy(link) }
        links = []
        if let cgroup {
            for program in multiAttached { gpa_detach_multi(program, cgroup.rawValue) }
            try? cgroup.close()
        }
        multiAttached = []
        cgroup = nil
    }
}

import Glibc

extension CgroupLayoutPlan {
    /// Why a layout could not be made on this kernel.
    enum Failure: Error, CustomStringConvertible {
        case required(SystemCallError)
        /// Every controller was refused; the first refusal is reported.
        case noController(refused: Int, first: SystemCallError?)

        var description: String {
            switch self {
            case .required(let error): "\(error)"
            case .noController(let count, let first):
                "the kernel refused all \(count) cgroup v1 controllers" + (first.map { ", the first with: \($0)" } ?? "")
            }
        }
    }

    /// Mounts everything and returns the controllers the kernel refused.
    func carryOut() throws(Failure) -> [SystemCallError] {
        var refused: [SystemCallError] = []
        var mounted = 0
        for step in steps {
            do throws(SystemCallError) {
                switch step {
                case .required(let mount): try mount.carryOut()
                case .controller(let mount):
                    try mount.carryOut()
                    mounted += 1
                case .symlink(let path, let target):
                    guard !refused.contains(where: { $0.subject.hasSuffix("/" + target) }) else { continue }
                    if Glibc.symlink(target, path) != 0, errno != EEXIST { throw SystemCallError("link", path, code: errno) }
                }
            } catch {
                guard case .controller(let mount) = step else { throw .required(error) }
                // An empty folder would look like a mounted hierarchy to a program that only lists names.
                _ = rmdir(mount.target)
                refused.append(error)
            }
        }
        guard mounted >= minimumControllers else { throw .noController(refused: refused.count, first: refused.first) }
        return refused
    }
}

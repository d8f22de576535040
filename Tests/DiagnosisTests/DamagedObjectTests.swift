import Diagnosis
import ELFFiles
import TestSupport
import Testing

@Suite("A damaged BPF object")
struct DamagedObjectTests {
    @Test("is refused, or says of each program what can be shown", arguments: fuzzSeeds(2))
    func object(seed: UInt64) throws {
        var read = 0
        for bytes in DamagedSamples(of: Array(try BPFObjectTests.objects.get().values.sorted { $0.count < $1.count }), seed: seed, count: 60) {
            let object: BPFObject
            do { object = try BPFObject(bytes) } catch {
                #expect(!error.description.isEmpty)
                continue
            }
            read += 1
            #expect(!object.programs.isEmpty)
            for program in object.programs { #expect((program.name + program.section).utf8.allSatisfy { (0x20...0x7E).contains($0) }) }
            #expect(object.needs.allSatisfy { !$0.by.isEmpty })
        }
        #expect((1..<60).contains(read))
    }

    @Test("has sections and symbols within the file, where it has any", arguments: fuzzSeeds(2))
    func image(seed: UInt64) throws {
        for bytes in DamagedSamples(of: Array(try BPFObjectTests.objects.get().values.sorted { $0.count < $1.count }), seed: seed, count: 60) {
            guard let image = ELFImage(bytes) else { continue }
            _ = image.hasPVHEntry
            let sections = image.sections
            for section in sections {
                #expect(section.content.endIndex <= bytes.count)
                _ = image.relocations(of: section, sections)
            }
            #expect(image.symbols(sections).count <= bytes.count / 24)
        }
    }
}

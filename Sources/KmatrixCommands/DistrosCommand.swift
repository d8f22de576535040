import ArgumentParser
import ArtefactCache
import Foundation
import KernelCatalogue
import MatrixModel
import MatrixPlanning
import MatrixRunner
import SystemPackage

/// `kmatrix distros`: the distributions and their images.
struct DistrosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distros",
        abstract: "List, build and fetch distribution images",
        subcommands: [DistrosList.self, DistrosBuild.self, DistrosFetch.self, DistrosGC.self])
}

/// Selects distributions and their repositories.
struct DistributionOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Name, pattern such as 'debian-*', or all", valueName: "name"))
    var distros: [String]

    @OptionGroup var architecture: ArchitectureOptions

    @OptionGroup(title: "Repositories") var kernels: KernelOptions

    /// - Throws: `SelectorError` with `unknownDistribution`, naming those there are, or `otherArchitecture`.
    func chosen() throws -> [(Architecture, [Distribution])] {
        try Self.choose(distros, of: architecture, from: .built())
    }

    static func choose(_ names: [String], of architectures: ArchitectureOptions, from catalogue: DistributionCatalogue) throws -> [(
        Architecture, [Distribution]
    )] {
        try architectures.architectures().map { architecture in
            let own = try catalogue.of(architecture)
            var chosen: [Distribution] = []
            for text in names { chosen += try own.select(text).filter { !chosen.contains($0) } }
            return (architecture, chosen)
        }
    }
}

extension DistributionCatalogue {
    /// The one next to this program.
    static func built() throws -> DistributionCatalogue {
        try DistributionCatalogue(file: Products(folder: RunPreparation.productsFolder()).catalogue)
    }

    /// The same, or an empty one where only this program is built: Debian's kernels need no catalogue.
    static func besideProgram() throws -> DistributionCatalogue {
        let file = RunPreparation.productsFolder().appending(Products.catalogueName)
        return try FileManager.default.fileExists(atPath: file.string) ? DistributionCatalogue(file: file) : .none
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.lstm4j.format.ModelFile;
import org.lstm4j.format.StateFile;
import org.lstm4j.tools.Checkpoints;
import org.lstm4j.tools.ImportOptions;
import org.lstm4j.tools.Mapping;
import org.lstm4j.tools.checkpoint.FileSignature;
import org.lstm4j.tools.data.CsvSeries;
import org.lstm4j.tools.data.NonFinite;
import org.lstm4j.tools.data.Npy;
import org.lstm4j.tools.data.Npz;

/** All readers of files that are not trusted. */
@SuppressWarnings("ImmutableEnumChecker") // All of them are stateless.
enum FuzzedReader {
  MODEL_FILE(
      Seeds::modelFiles,
      Checksums::ofHeader,
      ReaderContract.of(file -> ModelFile.open(file).close())),
  ATTACHMENTS(Seeds::modelFiles, Checksums::ofHeader, ReaderContract.of(ModelFile::attachments)),
  STATE_FILE(
      Seeds::stateFiles,
      Checksums::ofHeader,
      ReaderContract.of(file -> StateFile.read(file, Seeds.networkOfStates()))),
  TORCH_ZIP(
      () -> Seeds.goldens(FileSignature.ZIP),
      Checksums::ofZipEntries,
      ReaderContract.ofZippedPickles(FuzzedReader::importNetwork)),
  TORCH_MODULE(
      Seeds::modules,
      Checksums::ofZipEntries,
      ReaderContract.ofZippedPickles(FuzzedReader::importNetwork)),
  TORCH_SCRIPT(
      Seeds::scripts,
      Checksums::ofZipEntries,
      ReaderContract.ofZippedPickles(FuzzedReader::importNetwork)),
  TORCH_LEGACY(
      () -> Seeds.goldens(FileSignature.LEGACY_TORCH),
      Checksums::none,
      ReaderContract.of(FuzzedReader::importNetwork)),
  PICKLE(
      () -> Seeds.goldens(FileSignature.PICKLE),
      Checksums::none,
      ReaderContract.of(FuzzedReader::importNetwork)),
  SAFETENSORS(
      () -> Seeds.goldens(FileSignature.SAFETENSORS),
      Checksums::none,
      ReaderContract.of(FuzzedReader::importNetwork)),
  SHARD_INDEX(Seeds::shardIndexes, Checksums::none, ReaderContract.of(FuzzedReader::importShards)),
  JSON(
      () -> Seeds.goldens(FileSignature.JSON),
      Checksums::none,
      ReaderContract.of(FuzzedReader::importNetwork)),
  MAPPING(Seeds::mappings, Checksums::none, ReaderContract.of(FuzzedReader::importMapped)),
  ONNX(
      () -> Seeds.goldens(FileSignature.ONNX),
      Checksums::none,
      ReaderContract.of(FuzzedReader::importNetwork)),
  NPY(() -> Seeds.samples(".npy"), Checksums::none, ReaderContract.of(Npy::read)),
  NPZ(
      () -> Seeds.samples(".npz"),
      Checksums::ofZipEntries,
      ReaderContract.of(FuzzedReader::readArrays)),
  CSV(
      Seeds::tables,
      Checksums::none,
      ReaderContract.of(file -> CsvSeries.read(file, NonFinite.ALLOW)));

  private final SeedSource seeds;
  private final UnaryOperator<byte[]> checksums;
  private final ReaderContract contract;

  /**
   * A reader.
   *
   * @param seeds files that it reads, or nearly
   * @param checksums puts right what no mutation could: without it, fuzzing would not get past them
   * @param contract the call, and what it may cost
   */
  FuzzedReader(SeedSource seeds, UnaryOperator<byte[]> checksums, ReaderContract contract) {
    this.seeds = seeds;
    this.checksums = checksums;
    this.contract = contract;
  }

  /** Where seeds come from. */
  @FunctionalInterface
  interface SeedSource {
    List<byte[]> read() throws IOException;
  }

  List<byte[]> seeds() throws IOException {
    return seeds.read();
  }

  /**
   * Has the reader read a file of these bytes, with checksums that are right.
   *
   * @param scratch the file to write them to
   */
  void check(byte[] bytes, Path scratch) throws IOException {
    contract.check(checksums.apply(bytes), scratch);
  }

  private static void importNetwork(Path file) throws IOException {
    Checkpoints.importNetwork(file, ImportOptions.none()).network().close();
  }

  /** The shards that an index names lie beside it. */
  private static void importShards(Path file) throws IOException {
    Seeds.placeShards(file.toAbsolutePath().getParent());
    importNetwork(file);
  }

  /** Maps tensors that a mapping may name, of a checkpoint that goes by the mapping's own name. */
  private static void importMapped(Path file) throws IOException {
    ImportOptions options = ImportOptions.builder().mapping(Mapping.read(file)).build();
    Checkpoints.importNetwork(Seeds.mapped(file), options).network().close();
  }

  /** As a checkpoint, where it is told for one; else as the arrays that other commands read. */
  private static void readArrays(Path file) throws IOException {
    if (FileSignature.of(file) == FileSignature.NPZ) {
      importNetwork(file);
    } else {
      Npz.read(file);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  @TempDir private Path folder;

  @Test
  void theProcessorIsNamedAsLinuxNamesIt() throws IOException {
    Path file = folder.resolve("cpuinfo");
    Files.writeString(file, "processor\t: 0\nmodel name\t: AMD EPYC 9R14\nmodel name\t: other\n");

    assertEquals("AMD EPYC 9R14", Machine.processorName(file));
  }

  @Test
  void elsewhereItIsTheArchitecture() {
    assertEquals(System.getProperty("os.arch"), Machine.processorName(folder.resolve("missing")));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.State;
import org.lstm4j.format.TestAttachments.Attached;
import org.lstm4j.format.v1.Model;

/** The published schema and protoc alone suffice to read a file. */
class ProtocDecodeTest {
  @TempDir private Path directory;

  @Test
  void protocDecodesAModelFile() throws Exception {
    Path model = directory.resolve("model.l4j");
    try (Network network = TestNetworks.smallest()) {
      ModelFile.write(network, model);
    }
    int crc = Checksum.of(Model.parseFrom(Files.readAllBytes(model)).getHeader().toByteArray());
    assertEquals(
        """
        header {
          format: "lstm4j.model"
          format_version: 1
          minimum_reader_version: 1
          producer: "%s"
          metadata {
            key: "source"
            value: "a test"
          }
          layers {
            linear {
              name: "fc"
              in_features: 1
              out_features: 1
            }
          }
          gate_order: GATE_INPUT
          gate_order: GATE_FORGET
          gate_order: GATE_CELL
          gate_order: GATE_OUTPUT
          tensor_layout: TENSOR_LAYOUT_ROW_MAJOR_LITTLE_ENDIAN
          tensors {
            name: "fc.weight"
            data_type: DATA_TYPE_FLOAT32
            shape: 1
            shape: 1
            length: 4
            crc32c: 3398529215
          }
        }
        weights: "\\000\\000\\000\\200"
        header_crc32c: %s
        """
            .formatted(Producer.name(), Integer.toUnsignedString(crc)),
        withoutPadding(decode("Model", "model.proto", model)));
  }

  @Test
  void protocDecodesWhatIsAttached() throws Exception {
    Path tokens = directory.resolve("tokens.l4j");
    try (Attached attached = TestAttachments.ofTokens()) {
      ModelFile.write(attached.network(), attached.attachments(), tokens);
    }
    assertContains(
        decode("Model", "model.proto", tokens),
        """
          vocabulary {
            kind: KIND_CHARACTER
            tokens: "a"
            tokens: "\\346\\235\\261"
            tokens: "\\360\\237\\231\\202"
            tokens: ""
            tokens: "<unk>"
            unknown: 4
          }
        """);
    Path vectors = directory.resolve("vectors.l4j");
    try (Attached attached = TestAttachments.ofVectors()) {
      ModelFile.write(attached.network(), attached.attachments(), vectors);
    }
    String text = decode("Model", "model.proto", vectors);
    assertContains(
        text,
        """
            outputs {
              name: "t \\302\\260C"
              mean: 21.5
              scale: 8
            }
            window: 5
            horizon: 1
          }
        """);
    assertContains(text, "  labels {\n    names: \"no\"\n    names: \"yes\"\n  }\n");
    assertContains(
        text, "    counters {\n      key: \"seed\"\n      value: -9223372036854775808\n");
    assertContains(text, "    values {\n      key: \"rate\"\n      value: 0.1\n");
    assertContains(text, "    tensors {\n      name: \"momentum\"\n");
  }

  private static void assertContains(String text, String part) {
    assertTrue(text.contains(part), text);
  }

  @Test
  void protocDecodesAStateFile() throws Exception {
    Path path = directory.resolve("session.state");
    try (Network network = TestNetworks.network(Layer.Lstm.of("lstm", 1, 1))) {
      State state = State.zeros(network, 1);
      state.h("lstm")[0] = 1;
      StateFile.write(state, path);
    }
    String text = withoutPadding(decode("State", "state.proto", path));
    assertTrue(text.contains("  batch: 1\n"), text);
    assertTrue(text.contains("    name: \"lstm.c\"\n"), text);
    assertTrue(text.contains("values: \"\\000\\000\\200?"), text);
  }

  /** How much of it there is depends on the version of the writer. */
  private static String withoutPadding(String text) {
    return text.replaceFirst("padding: \"(\\\\000)*\"\n", "");
  }

  private String decode(String message, String schema, Path file)
      throws IOException, InterruptedException {
    Path protoc = Path.of(System.getProperty("lstm4j.protoc"));
    // Maven's repository keeps no permissions.
    assertTrue(protoc.toFile().setExecutable(true));
    Path text = directory.resolve("decoded.txt");
    Path errors = directory.resolve("errors.txt");
    int status =
        new ProcessBuilder(
                protoc.toString(),
                "--proto_path=" + System.getProperty("lstm4j.schema"),
                "--decode=org.lstm4j.format.v1." + message,
                "org/lstm4j/format/v1/" + schema)
            .redirectInput(file.toFile())
            .redirectOutput(text.toFile())
            .redirectError(errors.toFile())
            .start()
            .waitFor();
    assertEquals("", Files.readString(errors));
    assertEquals(0, status);
    return Files.readString(text);
  }
}

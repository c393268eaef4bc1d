// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lstm4j.engine.Network;
import org.lstm4j.format.ModelFile;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npz;

/** The bounds on what a file may claim leave room for as many tensors as large models have. */
class ManyTensorsTest {
  private static final int LAYERS = 1250;
  private static final int TENSORS = 4 * LAYERS;

  @TempDir private Path folder;
  private Path safetensors;

  /** One nn.LSTM of very many layers, of one unit each, with a path as long as they become. */
  @BeforeEach
  void writeSafetensors() throws IOException {
    List<String> names = names();
    StringBuilder header = new StringBuilder("{");
    int end = 0;
    for (String name : names) {
      header
          .append(end == 0 ? "" : ",")
          .append(
              "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(name, name.contains("weight") ? "[4,1]" : "[4]", end, end + 16));
      end += 16;
    }
    byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + end).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text);
    safetensors = Files.write(folder.resolve("model.safetensors"), file.array());
  }

  private static List<String> names() {
    return IntStream.range(0, LAYERS)
        .boxed()
        .flatMap(layer ->
            List.of("weight_ih_l", "weight_hh_l", "bias_ih_l", "bias_hh_l").stream()
                .map(name -> "model.encoder.recurrent_blocks.sequence_model.lstm." + name + layer))
        .toList();
  }

  @Test
  void theyAreReadAndWrittenIntoAModelFile() throws IOException {
    Path model = folder.resolve("model.l4j");
    try (Network network = Checkpoints.importNetwork(safetensors, ImportOptions.none()).network()) {
      ModelFile.write(network, model);
    }
    try (Network network = ModelFile.open(model)) {
      assertEquals(TENSORS, network.parameters().size());
    }
  }

  @Test
  void theyAreReadFromAnArchiveOfArrays() throws IOException {
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    for (String name : names()) {
      arrays.put(name, NdArray.of(new float[4], 4));
    }
    Path npz = folder.resolve("model.npz");
    Npz.write(npz, arrays);
    assertEquals(TENSORS, Checkpoints.read(npz).tensors().size());
  }

  @Test
  void theyAreReadFromJson() throws IOException {
    String text =
        names().stream()
            .map(name -> "\"%s\": [0, 0, 0, 0]".formatted(name))
            .collect(Collectors.joining(",", "{", "}"));
    Path json = Files.writeString(folder.resolve("model.json"), text);
    assertEquals(TENSORS, Checkpoints.read(json).tensors().size());
  }
}

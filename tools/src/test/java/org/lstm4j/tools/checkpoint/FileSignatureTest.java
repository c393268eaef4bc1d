// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.WeightSource;
import org.lstm4j.format.ModelFile;

class FileSignatureTest {
  @TempDir Path folder;

  private FileSignature of(byte[] content) throws IOException {
    return FileSignature.of(Files.write(folder.resolve("file"), content));
  }

  @ParameterizedTest
  @CsvSource({
    "'',EMPTY",
    "504b0304,ZIP",
    "504b0506,ZIP",
    "10000000000000007b,SAFETENSORS",
    "7b220000000000007b,SAFETENSORS",
    "7b7d,JSON",
    "0a207b2261223a5b315d7d,JSON",
    "504b03041400000000000000210000000000000000000000000005000000772e6e7079,NPZ",
    "80028a0a6cfc9c46f920a86a50192e,LEGACY_TORCH",
    "8004950d000000000000008a0a6cfc9c46f920a86a50192e,LEGACY_TORCH",
    "4c3131393534373033373134363033383830313333333335364c0a2e,LEGACY_TORCH",
    "80049518,PICKLE",
    "0807120770,ONNX",
    "286470300a,OLD_PICKLE",
    "7d71002858,OLD_PICKLE",
    "63636f6c6c656374696f6e730a4f726465726564446963740a,OLD_PICKLE",
    "894844460d0a1a0a00,HDF5",
    "934e554d50590100,NPY",
    "1f8b0800,GZIP",
    "89504e470d0a1a0a,UNKNOWN",
    "50,UNKNOWN",
    "80,UNKNOWN",
    "0a,UNKNOWN"
  })
  void tellsFormatsApartByTheirFirstBytes(String hex, FileSignature expected) throws IOException {
    assertEquals(expected, of(HexFormat.of().parseHex(hex)));
  }

  @Test
  void knowsAModelFile() throws IOException {
    Path model = folder.resolve("model");
    try (Network network =
        Network.builder()
            .add(new Layer.OneHot(3), new Layer.MeanOverTime(3))
            .build(WeightSource.of(Map.of()))) {
      ModelFile.write(network, model);
    }
    assertEquals(FileSignature.MODEL_FILE, FileSignature.of(model));
  }

  @Test
  void knowsATarArchive() throws IOException {
    byte[] tar = new byte[1024];
    Arrays.fill(tar, (byte) 'x');
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
    assertEquals(FileSignature.TAR, of(tar));
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.onnx.v1.AttributeProto;
import org.lstm4j.tools.checkpoint.onnx.v1.GraphProto;
import org.lstm4j.tools.checkpoint.onnx.v1.ModelProto;
import org.lstm4j.tools.checkpoint.onnx.v1.NodeProto;
import org.lstm4j.tools.checkpoint.onnx.v1.OperatorSetIdProto;
import org.lstm4j.tools.checkpoint.onnx.v1.TensorProto;

/** From a file to a graph. */
class OnnxFileTest {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int FLOAT16 = 10;
  private static final int DOUBLE = 11;

  @TempDir private Path folder;

  private Checkpoint read(GraphProto.Builder graph) throws IOException {
    return read(graph, new AtomicReference<>());
  }

  private Checkpoint read(GraphProto.Builder graph, AtomicReference<OnnxModel> model)
      throws IOException {
    ModelProto file =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
            .setGraph(graph)
            .build();
    Path path = Files.write(folder.resolve("model.onnx"), file.toByteArray());
    return new OnnxFile(
            read -> {
              model.set(read);
              return options -> {
                throw new AssertionError(options);
              };
            })
        .read(path);
  }

  private static GraphProto.Builder graph() {
    return GraphProto.newBuilder()
        .addNode(NodeProto.newBuilder().setOpType("Identity").addInput("t").addOutput("y"));
  }

  static Stream<Arguments> tensors() {
    TensorProto.Builder two = TensorProto.newBuilder().setName("t").addDims(2);
    return Stream.of(
        Arguments.of(two.clone().setDataType(FLOAT).addFloatData(1).addFloatData(-2)),
        Arguments.of(two.clone().setDataType(DOUBLE).addDoubleData(1).addDoubleData(-2)),
        Arguments.of(two.clone().setDataType(FLOAT16).addInt32Data(0x3c00).addInt32Data(0xc000)),
        Arguments.of(
            two.clone()
                .setDataType(FLOAT)
                .setRawData(
                    ByteString.copyFrom(
                        new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0}))));
  }

  @ParameterizedTest
  @MethodSource("tensors")
  void elementsAreReadFromWhicheverFieldHasThem(TensorProto.Builder tensor) throws IOException {
    Checkpoint checkpoint = read(graph().addInitializer(tensor));
    assertArrayEquals(new float[] {1, -2}, checkpoint.tensors().getFirst().toTensor().toArray());
  }

  @Test
  void attributesKeepTheirTypes() throws IOException {
    AtomicReference<OnnxModel> model = new AtomicReference<>();
    TensorProto shape =
        TensorProto.newBuilder().setDataType(INT64).addDims(1).addInt64Data(7).build();
    read(
        GraphProto.newBuilder()
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("Constant")
                    .addOutput("y")
                    .addAttribute(
                        AttributeProto.newBuilder().setName("value").setType(4).setT(shape))
                    .addAttribute(AttributeProto.newBuilder().setName("i").setType(2).setI(3))),
        model);
    OnnxNode node = model.get().nodes().getFirst();
    assertEquals(3, node.whole("i", 0));
    assertEquals(1, node.tensor("value").orElseThrow().size());
    assertTrue(
        assertThrows(Refusal.class, () -> node.text("i", "")).getMessage().contains("attribute i"));
  }

  /** Two bytes on the wire would be an object of a hundred in memory. */
  @Test
  void aFileOfCountlessEmptyNodesIsRefusedBeforeItIsParsed() {
    GraphProto.Builder graph = GraphProto.newBuilder();
    for (int i = 0; i < 600_000; i++) {
      graph.addNode(NodeProto.getDefaultInstance());
    }
    assertTrue(assertThrows(Refusal.class, () -> read(graph)).getMessage().contains("parts"));
  }

  @Test
  void packedNumbersCountToo() {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName("t").setDataType(INT64);
    for (int i = 0; i < 600_000; i++) {
      tensor.addInt64Data(1);
    }
    assertTrue(
        assertThrows(Refusal.class, () -> read(graph().addInitializer(tensor)))
            .getMessage()
            .contains("parts"));
  }
}

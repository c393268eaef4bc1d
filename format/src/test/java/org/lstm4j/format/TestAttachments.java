// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.lstm4j.engine.Layer;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Tensor;
import org.lstm4j.engine.training.TrainingState;
import org.lstm4j.format.Normalisation.Column;

/** Attachments of every kind, and networks that they fit. */
final class TestAttachments {
  static final double NAN_WITH_PAYLOAD = Double.longBitsToDouble(0xFFF4_0000_0000_1234L);

  private TestAttachments() {}

  /** A network, and all that may be attached to it. */
  record Attached(Network network, Attachments attachments) implements AutoCloseable {
    @Override
    public void close() {
      network.close();
    }
  }

  /** Between them, every kind of attachment. */
  static Stream<Attached> ofEveryKind() {
    return Stream.of(ofTokens(), ofVectors());
  }

  /** Five tokens in, three features out. */
  static Attached ofTokens() {
    return new Attached(
        TestNetworks.network(new Layer.OneHot(5), new Layer.Linear("fc", 5, 3, false)),
        Attachments.none().with(vocabulary()).with(labels("x", "y", "")).with(trainingState()));
  }

  /** Two features in, one out; its tensors are fc.weight and fc.bias. */
  static Attached ofVectors() {
    return new Attached(
        TestNetworks.network(new Layer.Linear("fc", 2, 1, true)),
        Attachments.none().with(normalisation()).with(labels("no", "yes")).with(trainingState()));
  }

  static Vocabulary vocabulary() {
    return new Vocabulary(
        Vocabulary.Kind.CHARACTER, List.of("a", "東", "🙂", "", "<unk>"), OptionalInt.of(4));
  }

  static Labels labels(String... names) {
    return new Labels(List.of(names));
  }

  /** Of two features in, and one out. */
  static Normalisation normalisation() {
    return new Normalisation(
        List.of(new Column("t °C", -0.0, 1 / 3.0), new Column("p", -1e300, Double.MIN_VALUE)),
        List.of(new Column("t °C", 21.5, 8)),
        5,
        1);
  }

  /** Numbers of every kind, and a tensor that is named as a weight is. */
  static TrainingState trainingState() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("momentum", bits(new int[] {0x8000_0000, 0xFF80_0001, 0x7FC0_1234, 1}, 2, 2));
    tensors.put("fc.bias", bits(new int[] {0x3F80_0000}));
    tensors.put("adam", bits(new int[] {0x7F80_0000, 0xFF7F_FFFF, 7}, 1, 3, 1));
    return new TrainingState(
        tensors,
        Map.of("step", 0L, "seed", Long.MIN_VALUE, "東", -1L, "", Long.MAX_VALUE),
        Map.of("best", NAN_WITH_PAYLOAD, "rate", 0.1, "zero", -0.0, "", Double.MAX_VALUE));
  }

  private static Tensor bits(int[] bits, long... shape) {
    MemorySegment segment = Arena.ofAuto().allocate(bits.length * 4L, 4);
    MemorySegment.copy(bits, 0, segment, JAVA_INT, 0, bits.length);
    return Tensor.wrap(segment, shape);
  }
}

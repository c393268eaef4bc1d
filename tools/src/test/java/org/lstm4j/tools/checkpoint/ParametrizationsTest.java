// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.StoredTensor;

/** A weight takes the place of the parts that it is computed from. */
class ParametrizationsTest {
  private static final StoredTensor V = tensor("fc.weight_v", 2, 2, 3, 0, 4, 5);

  /** A matrix, of rows and columns, then the elements. */
  private static StoredTensor tensor(String name, int rows, int columns, float... elements) {
    return new StoredTensor(
        "net", name, DType.FLOAT32, new long[] {rows, columns}, MemorySegment.ofArray(elements));
  }

  private static StoredTensor vector(String name, float... elements) {
    return new StoredTensor(
        "net", name, DType.FLOAT32, new long[] {elements.length}, MemorySegment.ofArray(elements));
  }

  private static Checkpoint checkpoint(StoredTensor... tensors) {
    return new Checkpoint(
        Path.of("model.pt"), ContainerKind.TORCH_ZIP, List.of(tensors), List.of(), List.of());
  }

  private static Checkpoint resolve(StoredTensor... tensors) {
    return Parametrizations.resolve(checkpoint(tensors), new TensorMemory(0));
  }

  private static void assertWeight(Checkpoint resolved, float... elements) {
    assertEquals(1, resolved.tensors().size());
    StoredTensor weight = resolved.tensors().getFirst();
    assertEquals("net.fc.weight", weight.path());
    assertArrayEquals(elements, weight.toTensor().toArray(), 1e-6f);
    assertEquals(1, resolved.notes().size());
  }

  @Test
  void weightNormIsOverTheDimensionsThatTheLengthLacks() {
    float whole = (float) (7 / Math.sqrt(50));
    float second = (float) (1 / Math.sqrt(41));
    assertWeight(resolve(tensor("fc.weight_g", 2, 1, 6, 1), V), 6, 0, 4 * second, 5 * second);
    assertWeight(resolve(tensor("fc.weight_g", 1, 2, 5, 10), V), 3, 0, 4, 10);
    assertWeight(resolve(tensor("fc.weight_g", 1, 1, 7), V), 3 * whole, 0, 4 * whole, 5 * whole);
  }

  @Test
  void spectralNormIsOverEitherDimension() {
    StoredTensor original = tensor("fc.weight_orig", 1, 2, 8, 6);
    assertWeight(
        resolve(original, vector("fc.weight_u", 1), vector("fc.weight_v", 1, 0)), 1, 0.75f);
    assertWeight(
        resolve(original, vector("fc.weight_u", 0, 1), vector("fc.weight_v", 1)), 8 / 6f, 1);
  }

  @Test
  void pruningIsAProduct() {
    assertWeight(
        resolve(tensor("fc.weight_orig", 1, 2, 8, 6), tensor("fc.weight_mask", 1, 2, 0, 1)), 0, 6);
  }

  @Test
  void tensorsThatAreOnlyCalledAlikeStay() {
    for (StoredTensor other :
        List.of(
            tensor("fc.gate_g", 2, 1, 1, 1),
            tensor("fc.weight_g", 3, 1, 1, 1, 1),
            tensor("fc.weight_orig", 2, 2, 1, 2, 3, 4),
            tensor("other.weight_g", 2, 1, 1, 1))) {
      Checkpoint both = checkpoint(other, V);
      assertSame(both, Parametrizations.resolve(both, new TensorMemory(0)));
    }
  }

  @Test
  void anotherParametrizationIsRefused() {
    StoredTensor original = tensor("fc.parametrizations.weight.original", 1, 1, 1);
    String sentence = assertThrows(Refusal.class, () -> resolve(original)).getMessage();
    assertTrue(sentence.startsWith("has fc.weight parametrized"), sentence);
  }
}

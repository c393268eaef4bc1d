// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lstm4j.tools.checkpoint.Refusal;

/** Tensors are found wherever they lie in dicts and lists, each once. */
class TensorWalkTest {
  private static final PickledTensor TENSOR = new PickledTensor(new Object[0]);

  private static PickledDict dict(Object... keysAndValues) {
    PickledDict dict = new PickledDict();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      dict.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return dict;
  }

  private static List<String> paths(Object root) {
    return TensorWalk.over(root).tensors().stream().map(TensorWalk.Found::path).toList();
  }

  private static String refusal(Object root) {
    return assertThrows(Refusal.class, () -> TensorWalk.over(root)).getMessage();
  }

  @Test
  void inOrderAndByTheirKeys() {
    Object root =
        dict(
            "z", TENSOR,
            "a", dict("c.d", TENSOR, 7, TENSOR),
            "list", List.of("text", TENSOR, new Object[] {TENSOR}));
    assertEquals(List.of("z", "a.c.d", "a.7", "list.1", "list.2.0"), paths(root));
  }

  @Test
  void inASharedDictOnce() {
    PickledDict shared = dict("w", TENSOR);
    assertEquals(List.of("model.w"), paths(dict("model", shared, "best", shared)));
  }

  @Test
  void inADictThatHoldsItself() {
    PickledDict loop = dict("w", TENSOR);
    loop.put("self", loop);
    assertEquals(List.of("w"), paths(loop));
  }

  @Test
  void butNotInAnOptimizer() {
    PickledDict optimizer =
        dict("state", dict(0, dict("exp_avg", TENSOR)), "param_groups", List.of());
    TensorWalk walk = TensorWalk.over(dict("w", TENSOR, "optim", optimizer));
    assertEquals(List.of("w"), walk.tensors().stream().map(TensorWalk.Found::path).toList());
    assertEquals(List.of("optim is an optimizer's state, which is not read"), walk.notes());
  }

  @Test
  void otherObjectsAreNoted() {
    TensorWalk walk =
        TensorWalk.over(
            dict(
                "args", new OpaqueObject("argparse.Namespace"),
                "f\u001b", new PickleGlobal.Unknown("posix.system")));
    assertEquals(
        List.of(
            "args is an object of class argparse.Namespace, which is not read",
            "f? is the class or function posix.system, which is not read"),
        walk.notes());
  }

  @Test
  void notesAreFew() {
    PickledDict many = new PickledDict();
    for (int i = 0; i < 1000; i++) {
      many.put("o" + i, new OpaqueObject("c"));
    }
    assertTrue(TensorWalk.over(many).notes().size() < 10);
  }

  @Test
  void depthIsBounded() {
    Object deep = TENSOR;
    for (int i = 0; i < 100; i++) {
      deep = dict("d", deep);
    }
    assertTrue(refusal(deep).contains("nested"));
  }

  @Test
  void namesCanBeRead() {
    assertTrue(refusal(dict("a\u001b[31m", TENSOR)).contains("control characters in the name a?"));
    assertTrue(refusal(dict("k".repeat(2000), TENSOR)).contains("characters"));
    assertTrue(refusal(dict(List.of("a"), TENSOR)).contains("no name"));
    assertTrue(refusal(TENSOR).contains("without a name"));
  }

  @Test
  void theirNumberIsBounded() {
    List<Object> many = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      many.add(TENSOR);
    }
    assertTrue(refusal(many).contains("tensors"));
  }
}

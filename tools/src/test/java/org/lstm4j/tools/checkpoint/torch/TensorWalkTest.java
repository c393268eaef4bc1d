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
    return TensorWalk.over(root, ScriptCode.NONE).tensors().stream()
        .map(TensorWalk.Found::path)
        .toList();
  }

  private static String refusal(Object root) {
    return assertThrows(Refusal.class, () -> TensorWalk.over(root, ScriptCode.NONE)).getMessage();
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
    TensorWalk walk = TensorWalk.over(dict("w", TENSOR, "optim", optimizer), ScriptCode.NONE);
    assertEquals(List.of("w"), walk.tensors().stream().map(TensorWalk.Found::path).toList());
    assertEquals(List.of("optim is an optimizer's state, which is not read"), walk.notes());
  }

  @Test
  void otherObjectsAreNoted() {
    TensorWalk walk =
        TensorWalk.over(
            dict(
                "args", new PickledObject("argparse.Namespace"),
                "f\u001b", new PickleGlobal.Unknown("posix.system")),
            ScriptCode.NONE);
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
      many.put("o" + i, new PickledObject("c"));
    }
    assertTrue(TensorWalk.over(many, ScriptCode.NONE).notes().size() < 10);
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
    assertTrue(refusal(TENSOR).contains("without a name"));
  }

  @Test
  void underAKeyThatIsNoNameTheyAreNoted() {
    for (Object key : List.of(List.of("a"), "k".repeat(2000))) {
      TensorWalk walk = TensorWalk.over(dict("w", TENSOR, key, TENSOR), ScriptCode.NONE);
      assertEquals(1, walk.tensors().size());
      assertTrue(walk.notes().getFirst().contains("no name"), walk.notes().toString());
    }
  }

  private static PickledObject module(Object... state) {
    PickledObject module = new PickledObject("some.Module");
    module.setState(dict(state));
    return module;
  }

  @Test
  void inAModuleUnderTheNamesOfItsStateDict() {
    PickledObject fc =
        module("_parameters", dict("weight", TENSOR, "bias", null), "_modules", dict());
    PickledObject net =
        module(
            "cache",
            TENSOR,
            "_parameters",
            dict("scale", TENSOR),
            "_buffers",
            dict("mean", TENSOR, "scratch", TENSOR),
            "_non_persistent_buffers_set",
            List.of("scratch"),
            "_modules",
            dict("fc", fc, "gone", null, "tied", fc));
    assertEquals(
        List.of("net.scale", "net.mean", "net.fc.weight", "net.tied.weight"),
        paths(dict("net", net)));
  }

  @Test
  void aModuleIsFoundInAnotherObjectAndItsOtherTensorsAreNot() {
    PickledObject fc = module("_parameters", dict("weight", TENSOR), "_modules", dict());
    PickledObject agent = new PickledObject("some.Agent");
    agent.setState(dict("last", TENSOR, "self", agent, "nets", List.of(fc)));
    assertEquals(List.of("agent.nets.0.weight"), paths(dict("agent", agent)));
  }

  @Test
  void arraysAreTensorsOnlyWhereNoTensorsAre() {
    NumpyArray array = NumpyArray.reconstructed();
    assertEquals(List.of("w"), paths(dict("w", array)));
    assertEquals(List.of("v"), paths(dict("w", array, "v", TENSOR)));
  }

  @Test
  void anOptimizerThatIsAnObjectIsLeftAside() {
    PickledObject optimizer = new PickledObject("torch.optim.adam.Adam");
    optimizer.setState(dict("state", dict(0, dict("exp_avg", TENSOR)), "param_groups", List.of()));
    TensorWalk walk = TensorWalk.over(dict("w", TENSOR, "optim", optimizer), ScriptCode.NONE);
    assertEquals(1, walk.tensors().size());
    assertEquals(List.of("optim is an optimizer, which is not read"), walk.notes());
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

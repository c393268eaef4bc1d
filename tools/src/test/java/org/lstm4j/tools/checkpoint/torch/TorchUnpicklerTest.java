// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.razorvine.pickle.Unpickler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lstm4j.tools.checkpoint.Refusal;

/** Objects come out of a pickle without any code that the pickle names. */
class TorchUnpicklerTest {
  private static String refusal(byte[] pickle) {
    return assertThrows(Refusal.class, () -> TorchUnpickler.load(pickle, "data.pkl")).getMessage();
  }

  @Test
  void dictsKeepTheirOrder() {
    Pickle pickle = Pickle.start().op("}(");
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      keys.add("key" + (i * 37) % 100);
      pickle.text(keys.getLast()).number(i);
    }
    PickledDict dict = (PickledDict) TorchUnpickler.load(pickle.op("u").stop(), "data.pkl");
    assertEquals(keys, List.copyOf(dict.items().keySet()));
  }

  @Test
  void anOrderedDictIsADict() {
    byte[] pairs =
        Pickle.start()
            .global("collections", "OrderedDict")
            .op("](")
            .text("b")
            .number(1)
            .op(0x86)
            .text("a")
            .number(2)
            .op(0x86)
            .op("e")
            .op(0x85)
            .op("R")
            .stop();
    PickledDict dict = (PickledDict) TorchUnpickler.load(pairs, "data.pkl");
    assertEquals("{b=1, a=2}", dict.items().toString());
  }

  @Test
  void listsAndTuplesAreThemselves() {
    byte[] pickle = Pickle.start().op("](").number(1).op("N").op(0x88).op("eNN").op(0x87).stop();
    Object[] tuple = (Object[]) TorchUnpickler.load(pickle, "data.pkl");
    ArrayList<Object> list = new ArrayList<>(List.of(1));
    list.add(null);
    list.add(true);
    assertArrayEquals(new Object[] {list, null, null}, tuple);
  }

  @Test
  void aStorageIsAReference() {
    byte[] pickle =
        Pickle.start()
            .op("(")
            .text("storage")
            .global("torch", "BFloat16Storage")
            .text("7")
            .text("cpu")
            .number(12)
            .op("tQ")
            .stop();
    PickleGlobal type = PickleGlobals.resolve("torch", "BFloat16Storage");
    assertEquals(
        new StorageReference("7", type, 12, 0, 12, "cpu"), TorchUnpickler.load(pickle, "data.pkl"));
  }

  @Test
  void anObjectOfAnotherClassHasItsNameAndAttributes() {
    byte[] pickle =
        Pickle.start()
            .global("argparse", "Namespace")
            .op(")")
            .op(0x81)
            .op("}")
            .text("lr")
            .number(1)
            .op("sb")
            .stop();
    PickledObject object = (PickledObject) TorchUnpickler.load(pickle, "data.pkl");
    assertEquals("argparse.Namespace", object.className());
    assertEquals("{lr=1}", object.attributes().toString());
  }

  @Test
  void anObjectLikeADictHasItsItems() {
    byte[] pickle =
        Pickle.start()
            .global("addict", "Dict")
            .op(")")
            .op(0x81)
            .text("a")
            .number(1)
            .op("sNa(NNe")
            .stop();
    PickledObject object = (PickledObject) TorchUnpickler.load(pickle, "data.pkl");
    assertEquals("addict.Dict", object.className());
    assertEquals("{a=1}", object.items().items().toString());
  }

  private static List<byte[]> calls(String module, String name) {
    return List.of(
        Pickle.start().global(module, name).text("x").op(0x85).op("R").stop(),
        Pickle.start().global(module, name).text("x").op(0x85).op(0x81).stop(),
        Pickle.start().text(module).text(name).op(0x93).text("x").op(0x85).op("R").stop(),
        Pickle.start().op("(").text("x").op("i" + module + "\n" + name + "\n").stop(),
        Pickle.start().op("(").global(module, name).text("x").op("o").stop());
  }

  @ParameterizedTest
  @CsvSource({
    "builtins, eval",
    "posix, system",
    "os.path, join",
    "subprocess, Popen",
    "torch.hub, load",
    "torch.jit, load"
  })
  void aFileThatWouldRunCommandsIsRefused(String module, String name) {
    for (byte[] pickle : calls(module, name)) {
      assertTrue(refusal(pickle).contains(module + "." + name), refusal(pickle));
    }
  }

  /** Names that the library's registry would turn into objects of the JVM, among others. */
  @ParameterizedTest
  @CsvSource({
    "operator, attrgetter",
    "array, array",
    "exceptions, Exception",
    "builtins, ValueError",
    "dateutil.tz, tzutc",
    "pytz, timezone",
    "datetime, datetime",
    "decimal, Decimal",
    "builtins, complex",
    "java.lang, ProcessBuilder",
    "java.io, File"
  })
  void aCallOfAnythingElseGivesAPlaceholder(String module, String name) {
    for (byte[] pickle : calls(module, name)) {
      PickledObject object = (PickledObject) TorchUnpickler.load(pickle, "data.pkl");
      assertEquals(module + "." + name, object.className());
    }
  }

  @Test
  void aSetIsAList() {
    byte[] call = Pickle.start().global("builtins", "set").op("](NNe").op(0x85).op("R").stop();
    byte[] opcodes = Pickle.start().op(0x8f).op("(NN").op(0x90).stop();
    assertEquals(2, ((List<?>) TorchUnpickler.load(call, "data.pkl")).size());
    assertEquals(2, ((List<?>) TorchUnpickler.load(opcodes, "data.pkl")).size());
  }

  @Test
  void aNestedClassIsNamedThroughItsOuterClass() {
    byte[] pickle =
        Pickle.start()
            .global("builtins", "getattr")
            .global("net", "Outer")
            .text("Inner")
            .op(0x86)
            .op("R)")
            .op(0x81)
            .stop();
    PickledObject object = (PickledObject) TorchUnpickler.load(pickle, "data.pkl");
    assertEquals("net.Outer.Inner", object.className());
  }

  @Test
  void textOfPython2IsText() {
    byte[] pickle = Pickle.start().op("U").op(2).op("ab").stop();
    assertEquals("ab", TorchUnpickler.load(pickle, "data.pkl"));
  }

  @Test
  void aScalarOfNumpyIsANumber() {
    Pickle dtype =
        Pickle.start()
            .global("numpy.core.multiarray", "scalar")
            .global("numpy", "dtype")
            .text("i8")
            .op(0x85)
            .op("R(")
            .number(3)
            .text(">")
            .op("tb");
    byte[] pickle = dtype.op("C").op(8).op("\0\0\0\0\0\0\0\5").op(0x86).op("R").stop();
    assertEquals(5L, TorchUnpickler.load(pickle, "data.pkl"));
  }

  @Test
  void whatOthersRegisterWithTheLibraryIsOutOfReach() {
    Unpickler.registerConstructor("registered", "function", _ -> fail("was called"));
    byte[] pickle = Pickle.start().global("registered", "function").op(")R").stop();
    assertInstanceOf(PickledObject.class, TorchUnpickler.load(pickle, "data.pkl"));
  }

  @Test
  void settingStateCallsNothing() {
    byte[] pickle = Pickle.start().op("]").text("state").op("b").stop();
    assertInstanceOf(List.class, TorchUnpickler.load(pickle, "data.pkl"));
  }

  /** Keys are compared by content only where that is cheap. */
  @Test
  void keysThatAreCollectionsAreNotHashed() {
    // A list that holds itself has no hash: taking it would never end.
    Pickle loop = Pickle.start().op("}]").op('q', 0).op('h', 0).op("aNs");
    assertInstanceOf(PickledDict.class, TorchUnpickler.load(loop.stop(), "data.pkl"));
  }

  /** Otherwise each use of it would copy or compare it. */
  @Test
  void hugeTextIsNoName() {
    String huge = "k".repeat(1 << 20);
    byte[] global = Pickle.start().text(huge).text(huge).op(0x93).stop();
    byte[] storage =
        Pickle.start()
            .op("(")
            .text("storage")
            .global("torch", "FloatStorage")
            .text(huge)
            .op("NK")
            .op(1)
            .op("tQ")
            .stop();
    assertTrue(refusal(global).contains("characters"));
    assertTrue(refusal(storage).contains("storage"));
    byte[] keys = Pickle.start().op("}").text(huge).op("Ns").text(huge).op("Ns").stop();
    assertEquals(2, ((PickledDict) TorchUnpickler.load(keys, "data.pkl")).items().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"R", "(R", "]R", "))R", "t", "u", "Ns", "NNs", "h\u0005", "Q", "0", "b", "o"})
  void nonsenseIsRefused(String opcodes) {
    assertTrue(refusal(Pickle.start().op(opcodes).stop()).contains("damaged"));
  }

  @Test
  void anyBytesAreAnObjectOrARefusal() {
    Random random = new Random(1);
    for (int i = 0; i < 5000; i++) {
      Pickle pickle = Pickle.start().op("](}");
      for (int j = random.nextInt(30); j >= 0; j--) {
        PickleOpcode[] opcodes = PickleOpcode.values();
        pickle.op(opcodes[random.nextInt(opcodes.length)].code(), random.nextInt(4));
      }
      try {
        TorchUnpickler.load(pickle.stop(), "data.pkl");
      } catch (Refusal _) {
        // as it should
      }
    }
  }
}

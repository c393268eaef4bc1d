// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * The names that a pickle may use, and our own inert functions for them. The one place that decides
 * what a name means; there is no way from a name in a file to a class or method of this JVM.
 */
final class PickleGlobals {
  private static final int MAX_LENGTH = 512;

  private static final Map<String, PickleGlobal> KNOWN = new HashMap<>();

  static {
    storage("DoubleStorage", DType.FLOAT64);
    storage("FloatStorage", DType.FLOAT32);
    storage("HalfStorage", DType.FLOAT16);
    storage("BFloat16Storage", DType.BFLOAT16);
    storage("LongStorage", DType.INT64);
    storage("IntStorage", DType.INT32);
    storage("ShortStorage", DType.INT16);
    storage("CharStorage", DType.INT8);
    storage("ByteStorage", DType.UINT8);
    storage("BoolStorage", DType.BOOL);

    known("torch._utils._rebuild_tensor", PickledTensor::new);
    known("torch._utils._rebuild_tensor_v2", PickledTensor::new);
    known("torch._utils._rebuild_parameter", PickleGlobals::first);
    known("torch._utils._rebuild_parameter_with_state", PickleGlobals::first);
    known("torch.Size", PickleGlobals::first);
    known("collections.OrderedDict", PickleGlobals::dict);
    known("collections.defaultdict", _ -> new PickledDict());
    known("collections.Counter", _ -> new PickledDict());

    // Values of plain types that training scripts put beside the weights.
    for (String module : List.of("builtins", "__builtin__")) {
      opaque(
          module,
          "set",
          "frozenset",
          "list",
          "tuple",
          "dict",
          "object",
          "slice",
          "range",
          "complex",
          "bytes",
          "bytearray",
          "str",
          "int",
          "float",
          "bool");
    }
    opaque("_codecs", "encode");
    opaque("copyreg", "_reconstructor");
    opaque("copy_reg", "_reconstructor");
    opaque("torch", "device");
    opaque("torch.serialization", "_get_layout");
    for (String module : List.of("numpy.core", "numpy._core")) {
      opaque(module + ".multiarray", "scalar", "_reconstruct");
      opaque(module + ".numeric", "_frombuffer");
    }
    opaque("numpy", "dtype", "ndarray");
    opaque("datetime", "datetime", "date", "time", "timedelta", "timezone");
    opaque("pathlib", "Path", "PurePath", "PosixPath", "PurePosixPath", "WindowsPath");
    opaque("decimal", "Decimal");
  }

  private PickleGlobals() {}

  /**
   * What a name stands for.
   *
   * @throws Refusal if it is too long to be one
   */
  static PickleGlobal resolve(String module, String name) {
    Refusal.require(
        module.length() + name.length() <= MAX_LENGTH,
        "names a class or function by more than %d characters in data.pkl; the file is damaged",
        MAX_LENGTH);
    String full = module + "." + name;
    PickleGlobal known = KNOWN.get(full);
    return known != null ? known : new PickleGlobal.Unknown(full);
  }

  private static void storage(String name, DType dtype) {
    String full = "torch." + name;
    KNOWN.put(full, new PickleGlobal.StorageType(full, dtype));
  }

  private static void known(String full, Function<Object[], Object> body) {
    KNOWN.put(full, new PickleGlobal.Known(full, body));
  }

  private static void opaque(String module, String... names) {
    for (String name : names) {
      String full = module + "." + name;
      OpaqueObject object = new OpaqueObject(full);
      known(full, _ -> object);
    }
  }

  /** A parameter is its tensor, a torch.Size its tuple. */
  private static Object first(Object[] arguments) {
    Refusal.require(arguments.length > 0, "calls a function without arguments; it is damaged");
    return arguments[0];
  }

  /** An OrderedDict is empty at first, or made of a list of pairs. */
  private static PickledDict dict(Object[] arguments) {
    PickledDict dict = new PickledDict();
    if (arguments.length > 0 && arguments[0] instanceof List<?> pairs) {
      for (Object pair : pairs) {
        switch (pair) {
          case Object[] items when items.length == 2 -> dict.put(items[0], items[1]);
          case List<?> items when items.size() == 2 -> dict.put(items.get(0), items.get(1));
          default -> throw new Refusal("has a dict of other than pairs; the file is damaged");
        }
      }
    }
    return dict;
  }
}

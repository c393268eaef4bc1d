// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.lstm4j.tools.DType;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * The names that a pickle may use, and our own inert functions for them. The one place that decides
 * what a name means; there is no way from a name in a file to a class or method of this JVM.
 */
final class PickleGlobals {
  private static final int MAX_LENGTH = 512;
  private static final String REBUILD = "torch._utils._rebuild_";

  private static final Map<String, PickleGlobal> KNOWN = new HashMap<>();

  /**
   * Modules and functions by which a pickle runs commands where Python unpickles it. What protects
   * us is that nothing is called; this list is there so that the user of such a file is warned.
   */
  private static final Set<String> RUN_CODE =
      Set.of(
          "posix",
          "nt",
          "os",
          "sys",
          "subprocess",
          "pty",
          "runpy",
          "shutil",
          "socket",
          "importlib",
          "ctypes",
          "code",
          "commands",
          "webbrowser",
          "torch.hub",
          "torch.load",
          "torch.jit.load",
          "builtins.eval",
          "builtins.exec",
          "builtins.compile",
          "builtins.open",
          "builtins.__import__",
          "__builtin__.eval",
          "__builtin__.exec",
          "__builtin__.execfile",
          "__builtin__.compile",
          "__builtin__.open",
          "__builtin__.__import__");

  static {
    storage("Double", DType.FLOAT64);
    storage("Float", DType.FLOAT32);
    storage("Half", DType.FLOAT16);
    storage("BFloat16", DType.BFLOAT16);
    storage("Long", DType.INT64);
    storage("Int", DType.INT32);
    storage("Short", DType.INT16);
    storage("Char", DType.INT8);
    storage("Byte", DType.UINT8);
    storage("Bool", DType.BOOL);
    unreadableStorage("ComplexFloat", 8);
    unreadableStorage("ComplexDouble", 16);
    unreadableStorage("QInt8", 1);
    unreadableStorage("QUInt8", 1);
    unreadableStorage("QInt32", 4);
    unreadableStorage("QUInt4x2", 1);
    unreadableStorage("QUInt2x4", 1);
    for (String name : List.of("torch.storage.UntypedStorage", "torch.UntypedStorage")) {
      KNOWN.put(name, new PickleGlobal.StorageType(name, Optional.of(DType.UINT8), 1));
    }

    known("torch._utils._rebuild_tensor", PickledTensor::new);
    known("torch._utils._rebuild_tensor_v2", PickledTensor::new);
    known("torch._utils._rebuild_tensor_v3", PickledTensor::ofV3);
    known("torch._utils._rebuild_parameter", PickleGlobals::first);
    known("torch._utils._rebuild_parameter_with_state", PickleGlobals::first);
    known("torch._utils._rebuild_buffer", PickleGlobals::first);
    known("torch._utils._rebuild_device_tensor_from_numpy", PickleGlobals::arrayTensor);
    known("torch._utils._rebuild_xla_tensor", PickleGlobals::arrayTensor);
    known("torch._tensor._rebuild_from_type", PickleGlobals::rebuilt);
    known("torch._tensor._rebuild_from_type_v2", PickleGlobals::rebuilt);
    known("torch.nn.parameter.Parameter", PickleGlobals::first);
    known("torch.autograd.variable.Variable", PickleGlobals::first);
    known("torch.Size", PickleGlobals::first);
    unreadable(
        "torch._utils._rebuild_meta_tensor_no_storage",
        "has no elements, since it was on the device 'meta'; load the weights before saving");
    unreadable(
        "torch._utils._rebuild_qtensor",
        "is a quantised tensor, which is not supported; call .dequantize() and save again");
    unreadable(
        "torch._utils._rebuild_sparse_tensor",
        "is a sparse tensor, which is not supported; call .to_dense() and save again");
    unreadable(
        "torch._utils._rebuild_sparse_csr_tensor",
        "is a sparse tensor, which is not supported; call .to_dense() and save again");
    unreadable(
        "torch._utils._rebuild_nested_tensor",
        "is a nested tensor, which is not supported; save its parts");
    unreadable(
        "torch._utils._rebuild_wrapper_subclass",
        "is of a tensor class of its own, which is not supported; save it as a torch.Tensor");
    for (String lazy : List.of("Parameter", "Buffer")) {
      unreadable(
          "torch.nn.parameter.Uninitialized" + lazy,
          "has no elements yet (a lazy module got no input); run the network once, then save");
    }

    // TorchScript marks the element types of lists by calls, and typed dicts and lists by another.
    for (String list : List.of("intlist", "doublelist", "boollist", "tensorlist")) {
      known("torch.jit._pickle.build_" + list, PickleGlobals::first);
    }
    known("torch.jit._pickle.restore_type_tag", PickleGlobals::first);

    known("collections.OrderedDict", PickleGlobals::dict);
    known("collections.defaultdict", _ -> new PickledDict());
    known("collections.Counter", _ -> new PickledDict());
    for (String module : List.of("builtins", "__builtin__")) {
      // Sets as lists, so that no hash is taken of what is in them.
      for (String collection : List.of("set", "frozenset", "list", "tuple")) {
        known(module + "." + collection, PickleGlobals::list);
      }
      known(module + ".dict", PickleGlobals::dict);
      known(module + ".bytearray", PickleGlobals::content);
      known(module + ".bytes", PickleGlobals::content);
      known(module + ".getattr", PickleGlobals::attribute);
    }
    // Bytes, which protocol 2 writes as text, one character a byte; they stay text.
    known("_codecs.encode", PickleGlobals::first);
    known("copyreg._reconstructor", PickleGlobals::reconstructed);
    known("copy_reg._reconstructor", PickleGlobals::reconstructed);
    for (String module : List.of("numpy.core", "numpy._core")) {
      known(module + ".multiarray.scalar", NumpyArray::scalar);
      known(module + ".multiarray._reconstruct", _ -> NumpyArray.reconstructed());
      known(module + ".numeric._frombuffer", NumpyArray::ofBuffer);
    }
    known("numpy.dtype", NumpyDtype::new);
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
        "names a class or function by more than %d characters in its pickle; the file is damaged",
        MAX_LENGTH);
    String full = module + "." + name;
    PickleGlobal known = KNOWN.get(full);
    if (known != null) {
      return known;
    }
    return full.startsWith(REBUILD) ? unknownTensor(full) : new PickleGlobal.Unknown(full);
  }

  private static PickleGlobal unknownTensor(String function) {
    UnreadableTensor tensor =
        new UnreadableTensor(
            "is a tensor that only %s can make, which is not known; save it as a plain tensor of"
                    .formatted(function)
                + " float32");
    return new PickleGlobal.Known(function, _ -> tensor);
  }

  /** Whether an attacker would use it to run commands. */
  static boolean runsCode(String name) {
    int first = name.indexOf('.');
    int last = name.lastIndexOf('.');
    return RUN_CODE.contains(name)
        || (first > 0 && RUN_CODE.contains(name.substring(0, first)))
        || (last > 0 && RUN_CODE.contains(name.substring(0, last)));
  }

  private static void storage(String type, DType dtype) {
    storage(type, Optional.of(dtype), dtype.bytes());
  }

  private static void unreadableStorage(String type, int elementBytes) {
    storage(type, Optional.empty(), elementBytes);
  }

  private static void storage(String type, Optional<DType> dtype, int elementBytes) {
    for (String module : List.of("torch.", "torch.cuda.")) {
      String full = module + type + "Storage";
      KNOWN.put(full, new PickleGlobal.StorageType(full, dtype, elementBytes));
    }
  }

  private static void known(String full, Function<Object[], Object> body) {
    KNOWN.put(full, new PickleGlobal.Known(full, body));
  }

  private static void unreadable(String full, String reason) {
    UnreadableTensor tensor = new UnreadableTensor(reason);
    known(full, _ -> tensor);
  }

  /** A parameter is its tensor, a torch.Size its tuple. */
  private static Object first(Object[] arguments) {
    Refusal.require(arguments.length > 0, "calls a function without arguments; it is damaged");
    return arguments[0];
  }

  private static Object arrayTensor(Object[] arguments) {
    return first(arguments) instanceof NumpyArray array
        ? new ArrayTensor(array)
        : new UnreadableTensor(
            "comes from a device without storages of its own, which is not supported; call"
                + " .cpu() and save again");
  }

  /** A tensor of another class: how it is made, its class, the arguments. */
  private static Object rebuilt(Object[] arguments) {
    return arguments.length > 2
            && arguments[0] instanceof PickleGlobal.Known function
            && function.name().startsWith(REBUILD)
            && arguments[2] instanceof Object[] inner
        ? function.body().apply(inner)
        : new UnreadableTensor(
            "is of a tensor class of its own, which is not supported; save it as a torch.Tensor");
  }

  /** copyreg._reconstructor(class, base, state): how protocols 0 and 1 make an object. */
  private static Object reconstructed(Object[] arguments) {
    return new PickledObject(
        arguments.length > 0 && arguments[0] instanceof PickleGlobal type ? type.name() : "object");
  }

  /** getattr(class, name): how nested classes are named before protocol 4. */
  private static Object attribute(Object[] arguments) {
    return arguments.length == 2
            && arguments[0] instanceof PickleGlobal owner
            && arguments[1] instanceof String name
            && owner.name().length() + name.length() <= MAX_LENGTH
        ? new PickleGlobal.Unknown(owner.name() + "." + name)
        : new PickledObject("builtins.getattr");
  }

  private static Object list(Object[] arguments) {
    return switch (arguments.length == 0 ? null : arguments[0]) {
      case null -> new ArrayList<>();
      case List<?> list -> list;
      // As it is: a view or a copy would be walked over anew wherever the tuple is shared.
      case Object[] tuple -> tuple;
      default -> new PickledObject("builtins.iterable");
    };
  }

  private static Object content(Object[] arguments) {
    return arguments.length == 0 ? "" : arguments[0];
  }

  /**
   * An OrderedDict is empty at first, or made of a list of pairs. The list is emptied: it is no one
   * else's, and a hostile pickle cannot have it copied again and again.
   */
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
      pairs.clear();
    }
    return dict;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * Builds the objects of a pickle without ever making one of a class that the pickle names.
 *
 * <p>The library does the plain opcodes: numbers, strings, tuples, the stack and the memo. Every
 * opcode by which it would look up a name, call something or set state is handled here instead, so
 * that its registry of constructors (shared by the whole JVM, and open to anyone) and its use of
 * reflection are out of reach. Dicts are handled here to keep their order, sets and lists so that
 * no hash is taken of nested collections and no list is copied again and again.
 *
 * <p>Before the first object is built, {@link PickleScan} bounds the memory that all of them take.
 */
final class TorchUnpickler extends Unpickler {
  private final Map<String, StorageReference> storages = new HashMap<>();

  private TorchUnpickler() {}

  /**
   * An unpickled object.
   *
   * @param object see {@link #load(byte[], String)}
   * @param storages all that it refers to, by key
   * @param end where the pickle ends in the bytes
   */
  record Unpickled(Object object, Map<String, StorageReference> storages, int end) {}

  /**
   * The object that a pickle describes: {@link PickledDict}, {@link List} (also for a set), {@code
   * Object[]} for a tuple, {@link PickledData}, {@link NumpyArray}, {@link PickledObject}, {@link
   * PickleGlobal}, String, {@code byte[]}, Number, Boolean or {@code null}.
   *
   * @param what the pickle, for sentences
   * @throws Refusal if the pickle is damaged, or would run commands in Python
   */
  static Object load(byte[] pickle, String what) {
    return load(pickle, 0, what).object();
  }

  /** The same for one of several pickles that follow one another. */
  static Unpickled load(byte[] bytes, int start, String what) {
    int end = PickleScan.check(bytes, start, what);
    TorchUnpickler unpickler = new TorchUnpickler();
    try {
      Object object = unpickler.load(new ByteArrayInputStream(bytes, start, end - start));
      return new Unpickled(object, unpickler.storages, end);
    } catch (Refusal e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The library meets a malformed stream with whatever exception comes first.
      throw Refusal.causedBy(e, "makes no sense in %s; the file is damaged", what);
    }
  }

  @Override
  protected Object dispatch(short key) throws IOException {
    switch (PickleOpcode.of(key)) {
      case GLOBAL -> global(PickleUtils.readline(input), PickleUtils.readline(input));
      case STACK_GLOBAL -> stackGlobal();
      case REDUCE -> reduce();
      case NEWOBJ -> newObject();
      case NEWOBJ_EX -> newObjectWithKeywords();
      case INST ->
          call(
              PickleGlobals.resolve(PickleUtils.readline(input), PickleUtils.readline(input)),
              stack.pop_all_since_marker().toArray());
      case OBJ -> {
        List<Object> items = stack.pop_all_since_marker();
        call(items.getFirst(), items.subList(1, items.size()).toArray());
      }
      case BUILD -> build();
      case EMPTY_DICT -> stack.add(new PickledDict());
      case DICT -> dict();
      case SETITEM -> setItem();
      case SETITEMS -> setItems(stack.pop_all_since_marker());
      case APPEND -> append(Collections.singletonList(stack.pop()));
      case APPENDS -> append(stack.pop_all_since_marker());
      case EMPTY_SET -> stack.add(new ArrayList<>());
      case FROZENSET -> stack.add(stack.pop_all_since_marker());
      case ADDITEMS -> append(stack.pop_all_since_marker());
      case POP_MARK -> stack.pop_all_since_marker();
      default -> {
        return super.dispatch(key);
      }
    }
    return NO_RETURN_VALUE;
  }

  /** A storage; or, where a whole model was saved in the legacy format, a class and its source. */
  @Override
  protected Object persistentLoad(Object pid) {
    if (pid instanceof Object[] id && id.length > 1 && "module".equals(id[0])) {
      return id[1];
    }
    StorageReference storage = StorageReference.of(pid);
    storages.putIfAbsent(storage.key(), storage);
    return storage;
  }

  private void global(String module, String name) {
    stack.add(PickleGlobals.resolve(module, name));
  }

  private void stackGlobal() {
    String name = (String) stack.pop();
    String module = (String) stack.pop();
    global(module, name);
  }

  private void reduce() {
    Object[] arguments = (Object[]) stack.pop();
    call(stack.pop(), arguments);
  }

  /** Calls one of our own functions, and none of any other: what it would return is unknown. */
  private void call(Object function, Object[] arguments) {
    switch (function) {
      case PickleGlobal.Known known -> stack.add(known.body().apply(arguments));
      case PickleGlobal global -> {
        warnOfCode(global);
        stack.add(new PickledObject(global.name()));
      }
      case PickledObject object -> stack.add(new PickledObject(object.className()));
      default -> throw new Refusal("calls something that is no function; the file is damaged");
    }
  }

  private static void warnOfCode(PickleGlobal global) {
    Refusal.require(
        !PickleGlobals.runsCode(global.name()),
        "wants %s to be called, which could run any command; nothing was run here, but do not"
            + " load this file in Python, and do not trust where it came from",
        global.name());
  }

  /** An object without a call: Python would make it and then set its state. */
  private void newObject() {
    Object[] arguments = (Object[]) stack.pop();
    call(stack.pop(), arguments);
  }

  private void newObjectWithKeywords() {
    stack.pop();
    newObject();
  }

  /** State for the object on top of the stack; most kinds of objects here have none. */
  private void build() {
    Object state = stack.pop();
    switch (stack.peek()) {
      case PickledObject object -> object.setState(state);
      case NumpyArray array -> array.setState(state);
      case NumpyDtype dtype -> dtype.setState(state);
      case null, default -> {}
    }
  }

  private void dict() {
    List<Object> items = stack.pop_all_since_marker();
    stack.add(new PickledDict());
    setItems(items);
  }

  private void setItem() {
    Object value = stack.pop();
    Object key = stack.pop();
    setItems(Arrays.asList(key, value));
  }

  /** Keys and values in turn, into the dict on top of the stack, or the object like a dict. */
  private void setItems(List<Object> items) {
    Object target = stack.peek();
    for (int i = 0; i < items.size(); i += 2) {
      if (target instanceof PickledObject object) {
        object.put(items.get(i), items.get(i + 1));
      } else {
        ((PickledDict) target).put(items.get(i), items.get(i + 1));
      }
    }
  }

  /** Items of an object that is like a list are dropped. */
  @SuppressWarnings("unchecked")
  private void append(List<Object> items) {
    if (!(stack.peek() instanceof PickledObject)) {
      ((List<Object>) stack.peek()).addAll(items);
    }
  }
}

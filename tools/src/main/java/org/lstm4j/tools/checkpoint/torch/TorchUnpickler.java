// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
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
  private static final OpaqueObject SET = new OpaqueObject("set");

  private TorchUnpickler() {}

  /**
   * The object that a pickle describes: {@link PickledDict}, {@link List}, {@code Object[]} for a
   * tuple, {@link PickledTensor}, {@link OpaqueObject}, String, Number, Boolean or {@code null}.
   *
   * @throws Refusal if the pickle is damaged or calls a function that is not known
   */
  static Object load(byte[] pickle) {
    PickleScan.check(pickle);
    try {
      return new TorchUnpickler().loads(pickle);
    } catch (Refusal e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The library meets a malformed stream with whatever exception comes first.
      throw Refusal.causedBy(e, "has a data.pkl that makes no sense; the file is damaged");
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
          throw call(
              PickleGlobals.resolve(PickleUtils.readline(input), PickleUtils.readline(input)));
      case OBJ -> throw call((PickleGlobal) stack.pop_all_since_marker().getFirst());
      case BUILD -> stack.pop();
      case EMPTY_DICT -> stack.add(new PickledDict());
      case DICT -> dict();
      case SETITEM -> setItem();
      case SETITEMS -> setItems(stack.pop_all_since_marker());
      case APPEND -> append(Collections.singletonList(stack.pop()));
      case APPENDS -> append(stack.pop_all_since_marker());
      case EMPTY_SET -> stack.add(SET);
      case FROZENSET -> frozenSet();
      case ADDITEMS, POP_MARK -> stack.pop_all_since_marker();
      default -> {
        return super.dispatch(key);
      }
    }
    return NO_RETURN_VALUE;
  }

  @Override
  protected Object persistentLoad(Object pid) {
    return StorageReference.of(pid);
  }

  private void global(String module, String name) {
    stack.add(PickleGlobals.resolve(module, name));
  }

  private void stackGlobal() {
    String name = (String) stack.pop();
    String module = (String) stack.pop();
    global(module, name);
  }

  /** Calls one of our own functions; Python would call any. */
  private void reduce() {
    Object[] arguments = (Object[]) stack.pop();
    switch ((PickleGlobal) stack.pop()) {
      case PickleGlobal.Known known -> stack.add(known.body().apply(arguments));
      case PickleGlobal.StorageType type -> throw call(type);
      case PickleGlobal.Unknown unknown -> throw call(unknown);
    }
  }

  private static Refusal call(PickleGlobal global) {
    return new Refusal(
        "wants %s to be called, which nothing from a file ever is; if you trust where it came"
            + " from, load it in PyTorch and save the weights alone with"
            + " torch.save(model.state_dict(), PATH)",
        global.name());
  }

  /** An object without a call: Python would make it and then set its state. */
  private void newObject() {
    Object[] arguments = (Object[]) stack.pop();
    PickleGlobal global = (PickleGlobal) stack.pop();
    stack.add(
        global instanceof PickleGlobal.Known known
            ? known.body().apply(arguments)
            : new OpaqueObject(global.name()));
  }

  private void newObjectWithKeywords() {
    stack.pop();
    newObject();
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

  /** Keys and values in turn, into the dict on top of the stack; a dict of another class stays. */
  private void setItems(List<Object> items) {
    if (stack.peek() instanceof OpaqueObject) {
      return;
    }
    PickledDict dict = (PickledDict) stack.peek();
    for (int i = 0; i < items.size(); i += 2) {
      dict.put(items.get(i), items.get(i + 1));
    }
  }

  @SuppressWarnings("unchecked")
  private void append(List<Object> items) {
    if (!(stack.peek() instanceof OpaqueObject)) {
      ((List<Object>) stack.peek()).addAll(items);
    }
  }

  private void frozenSet() {
    stack.pop_all_since_marker();
    stack.add(SET);
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Template instantiation: defines a kernel class anew for each shape, as a hidden class whose shape
 * is class data.
 *
 * <p>Lane count and sizes are then static finals, which the compiler treats as constants, and each
 * shape has a profile of its own. With the species in an instance field, six shapes in one JVM ran
 * 20 times slower. One class serves all sessions and networks of a shape, and is unloaded with the
 * last of them.
 */
final class Specialization {
  private static final ConcurrentHashMap<Key, WeakReference<Object>> CACHE =
      new ConcurrentHashMap<>();

  /** The kernels that the second compiler has compiled. */
  private static final Map<Object, Boolean> COMPILED =
      Collections.synchronizedMap(new WeakHashMap<>());

  private Specialization() {}

  /** Written out, because what a record brings along takes a fresh JVM 8 ms to start. */
  private record Key(Class<?> template, Record shape) {
    @Override
    public int hashCode() {
      return System.identityHashCode(template);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.template == template && key.shape.equals(shape);
    }
  }

  /** The kernel of a template for a shape; the same one as long as somebody holds it. */
  static <T> T of(Class<? extends T> template, Record shape) {
    Object kernel = null;
    while (kernel == null) {
      // The fresh kernel must outlive this call, hence the one-element holder.
      Object[] fresh = new Object[1];
      kernel =
          CACHE
              .compute(
                  new Key(template, shape),
                  (key, cached) -> {
                    if (cached != null && cached.get() != null) {
                      return cached;
                    }
                    fresh[0] = define(key.template(), key.shape());
                    return new WeakReference<>(fresh[0]);
                  })
              .get();
    }
    @SuppressWarnings("unchecked") // a template's hidden twin implements what the template does
    T result = (T) kernel;
    return result;
  }

  /** Defines the kernel of a template for a shape once more, with a profile of its own. */
  static <T> T anew(Class<? extends T> template, Record shape) {
    CACHE.remove(new Key(template, shape));
    return of(template, shape);
  }

  /** The kernel of a template for a shape if it is defined and compiled, else {@code null}. */
  static <T> T compiled(Class<? extends T> template, Record shape) {
    WeakReference<Object> cached = CACHE.get(new Key(template, shape));
    Object kernel = cached == null ? null : cached.get();
    @SuppressWarnings("unchecked") // as above
    T result = kernel != null && COMPILED.containsKey(kernel) ? (T) kernel : null;
    return result;
  }

  /** Notes that a kernel is compiled. */
  static void setCompiled(Object kernel) {
    COMPILED.put(kernel, true);
  }

  /** The shape that the calling template was defined for. */
  static <T extends Record> T shape(MethodHandles.Lookup lookup, Class<T> type) {
    try {
      return MethodHandles.classData(lookup, "_", type);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static Object define(Class<?> template, Record shape) {
    try (InputStream in = template.getResourceAsStream(template.getSimpleName() + ".class")) {
      MethodHandles.Lookup hidden =
          MethodHandles.lookup().defineHiddenClassWithClassData(in.readAllBytes(), shape, true);
      return hidden.lookupClass().getDeclaredConstructor().newInstance();
    } catch (IOException | ReflectiveOperationException e) {
      throw new IllegalStateException("cannot define " + template.getSimpleName() + " " + shape, e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.BiConsumer;

/**
 * Defines this package's classes anew, for one lane count.
 *
 * <p>A JVM uses VectorMath at one lane count. Where it meets several, its methods are compiled on
 * their own into code too big to be inlined ever after, and box in every caller. Tests that want
 * all lane counts therefore take fresh classes, without a past, for each.
 */
final class FreshClasses extends ClassLoader {

  private static final String PREFIX = "lanes-";

  private final String fresh = FreshClasses.class.getPackageName() + ".";

  private FreshClasses(int lanes) {
    super(PREFIX + lanes, FreshClasses.class.getClassLoader());
  }

  /** A {@link VectorLoops} at this lane count, which nothing else has used. */
  @SuppressWarnings("unchecked") // what VectorLoops implements
  static BiConsumer<float[], float[]> vectorLoops(ElementaryFunction function, int lanes) {
    try {
      return (BiConsumer<float[], float[]>)
          new FreshClasses(lanes)
              .loadClass(VectorLoops.class.getName())
              .getConstructor(String.class)
              .newInstance(function.name());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** The lane count that a class loader stands for; 0 for a loader of any other kind. */
  static int lanes(ClassLoader loader) {
    String name = loader.getName();
    return name != null && name.startsWith(PREFIX)
        ? Integer.parseInt(name.substring(PREFIX.length()))
        : 0;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(fresh)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}

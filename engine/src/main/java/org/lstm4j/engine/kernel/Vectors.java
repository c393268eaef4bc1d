// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector species that the kernels use; loaded only where the vector module is. */
final class Vectors {
  /**
   * The class of off-heap segments. A loop that compares the class of its segments with it at the
   * start lets C2 know what they are. Else it believes the profile of the JDK's methods, and where
   * anything in the process has used segments on the heap, it finds no instruction for a vector
   * that may be stored here or there, and boxes it.
   */
  static final Class<?> NATIVE = MemorySegment.NULL.getClass();

  private Vectors() {}

  /** What a kernel throws that was given a segment on the heap. */
  static IllegalArgumentException notNative() {
    return new IllegalArgumentException("kernels take off-heap memory");
  }

  /** The species of 4, 8 or 16 floats. */
  static VectorSpecies<Float> species(int lanes) {
    return switch (lanes) {
      case 4 -> FloatVector.SPECIES_128;
      case 8 -> FloatVector.SPECIES_256;
      case 16 -> FloatVector.SPECIES_512;
      default -> throw new IllegalArgumentException("no vectors of " + lanes + " floats");
    };
  }

  /**
   * What a kernel casts vectors to that it calls a method of; why, says the package description.
   */
  static Class<? extends FloatVector> exact(VectorSpecies<Float> species) {
    return species.vectorType().asSubclass(FloatVector.class);
  }

  /** The same for ints. */
  static Class<? extends IntVector> exactInts(VectorSpecies<Integer> species) {
    return species.vectorType().asSubclass(IntVector.class);
  }

  /** The species of as many ints. */
  static VectorSpecies<Integer> intSpecies(int lanes) {
    return VectorSpecies.of(int.class, species(lanes).vectorShape());
  }

  /** Whether there are 32 vector registers, as with AVX-512 and on AArch64, rather than 16. */
  static boolean hasManyRegisters() {
    return FloatVector.SPECIES_MAX.length() >= 16
        || System.getProperty("os.arch").equals("aarch64");
  }

  /** Floats of the widest vector that is fast on this machine, at most 16. */
  static int widestLanes() {
    return Math.min(16, FloatVector.SPECIES_PREFERRED.length());
  }

  /**
   * Whether C2 has instructions for comparisons of these vectors. On x86 it has none without AVX,
   * known by its widest vector, and boxes them in every loop.
   */
  static boolean comparisonsAreCompiled() {
    String arch = System.getProperty("os.arch");
    boolean x86 = arch.equals("amd64") || arch.equals("x86_64");
    return !x86 || FloatVector.SPECIES_MAX.length() > 4;
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

/**
 * The numeric class of this JVM: whether a multiplication and an addition are rounded once (fused)
 * or twice.
 *
 * <p>Within one class every result is equal to the bit, whatever the lane count, and whether a
 * scalar or a vector kernel computed it. Between the two classes results differ in their last bits.
 *
 * <p>Only a processor with a fused multiply-add instruction, used by the JVM, belongs to the fused
 * class: elsewhere {@link Math#fma(float, float, float)} is BigDecimal arithmetic, thousands of
 * times slower, and so is the Vector API's.
 *
 * <h2>How it is decided</h2>
 *
 * The probe multiplies a NaN that carries a payload. Instructions hand the payload on (IEEE
 * 754-2019, 6.2.3, as x86 and AArch64 implement it), and HotSpot's interpreter and both its
 * compilers use the instruction for the very first call; the Java code that stands in for it
 * answers with {@link Double#NaN} and so loses the payload. That needs no clock and no warm-up, and
 * takes 20 µs in a fresh JVM; asking HotSpotDiagnosticMXBean for {@code UseFMA} takes 8–15 ms and
 * needs a second module. A test holds the two answers against each other.
 *
 * <p>A processor whose instructions return the canonical NaN (RISC-V) is counted as not fused,
 * which is slower but right. {@value #PROPERTY} overrides the probe.
 */
public final class NumericClass {

  /** System property that overrides the probe: {@code true} or {@code false}. */
  public static final String PROPERTY = "lstm4j.fma";

  /** True in the fused class; constant for the life of the JVM, so that compilers fold it. */
  public static final boolean FMA = decide(System.getProperty(PROPERTY));

  private NumericClass() {}

  private static boolean decide(String override) {
    // Not a case of the switch: see Kernels.
    if (override == null) {
      return probe();
    }
    return switch (override) {
      case "true" -> true;
      case "false" -> false;
      default -> {
        System.getLogger(NumericClass.class.getName())
            .log(
                System.Logger.Level.WARNING,
                "Ignored system property {0}={1}: set it to true or false, or leave it out.",
                PROPERTY,
                override);
        yield probe();
      }
    };
  }

  static boolean probe() {
    int quietNaNWithPayload = 0x7fc1_2345;
    float product = Math.fma(Float.intBitsToFloat(quietNaNWithPayload), 1f, 1f);
    return Float.floatToRawIntBits(product) == quietNaNWithPayload;
  }
}

// SPDX-License-Identifier: Apache-2.0

/**
 * What the machine at hand can do at best, measured: multiply-adds and bytes read per second. The
 * command {@code bench} and the benchmarks hold their own figures against it.
 *
 * <p>Start at {@link org.lstm4j.tools.machine.MachineLimits}. Exported to the benchmarks only. The
 * loops exist twice, {@code VectorLoops} and {@code ScalarLoops}, because {@code
 * jdk.incubator.vector} may be absent.
 */
package org.lstm4j.tools.machine;

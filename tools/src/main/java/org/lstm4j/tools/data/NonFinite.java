// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.data;

/** What a reader of text does about {@code nan} and {@code inf}. */
public enum NonFinite {
  /** Refuses them: a gap in the data would turn every weight that learns from it into NaN. */
  REFUSE,
  /** Reads them as the floats they stand for. */
  ALLOW
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.plot;

import java.awt.image.BufferedImage;

/** What a {@link Plot} draws; immutable. */
interface Chart {
  /** Returns a new image. */
  BufferedImage paint();
}

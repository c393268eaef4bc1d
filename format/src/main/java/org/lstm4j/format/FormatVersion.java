// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import static org.lstm4j.format.FormatViolation.require;

import java.util.List;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;

/** The versions of the format that this library writes, and which files it reads. */
final class FormatVersion {
  static final int CURRENT = 3;

  /** The version of a file that uses nothing newer. */
  static final int FIRST = 1;

  private FormatVersion() {}

  /** The oldest version whose readers read a file with such a network correctly. */
  static int minimumReader(List<Layer> layers, boolean initialState, boolean trainingState) {
    if (trainingState) {
      return 3;
    }
    return initialState || anyIsOfVersion2(layers) ? 2 : FIRST;
  }

  private static boolean anyIsOfVersion2(List<Layer> layers) {
    for (Layer layer : layers) {
      if (isOfVersion2(layer)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfVersion2(Layer layer) {
    return switch (layer) {
      case Layer.Lstm lstm -> !lstm.form().isStandard();
      case Layer.Gru _, Layer.Rnn _, Layer.LayerNorm _, Layer.Residual _, Layer.Reverse _ -> true;
      case Layer.Activation activation ->
          activation.function() instanceof ActivationFunction.HardSigmoid;
      case Layer.OneHot _, Layer.Embedding _, Layer.Linear _, Layer.Readout _ -> false;
    };
  }

  static void check(int version, int minimumReaderVersion) {
    require(
        version != 0 && minimumReaderVersion != 0,
        "it does not say its format version; write it again");
    require(
        Integer.compareUnsigned(minimumReaderVersion, version) <= 0,
        "it has format version %s but asks for readers of version %s; write it again",
        Integer.toUnsignedString(version),
        Integer.toUnsignedString(minimumReaderVersion));
    require(
        Integer.compareUnsigned(minimumReaderVersion, CURRENT) <= 0,
        "it needs a reader of format version %s, but this is version %d; update lstm4j",
        Integer.toUnsignedString(minimumReaderVersion),
        CURRENT);
  }
}

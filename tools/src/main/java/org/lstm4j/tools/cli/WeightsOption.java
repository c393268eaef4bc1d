// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import java.util.Map;
import org.lstm4j.engine.WeightStorage;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words of the command line for how weights are stored. */
final class WeightsOption implements ITypeConverter<WeightStorage> {
  private static final Map<String, WeightStorage> STORAGES =
      Map.of(
          "f32", WeightStorage.FLOAT32,
          "bf16", WeightStorage.BFLOAT16,
          "int8", WeightStorage.INT8);

  @Override
  public WeightStorage convert(String word) {
    WeightStorage storage = STORAGES.get(word);
    if (storage == null) {
      throw new TypeConversionException("'%s' is not f32, bf16 or int8".formatted(word));
    }
    return storage;
  }

  /** The word for a storage. */
  static String word(WeightStorage storage) {
    return switch (storage) {
      case FLOAT32 -> "f32";
      case BFLOAT16 -> "bf16";
      case INT8 -> "int8";
    };
  }
}

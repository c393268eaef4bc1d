// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.onnx;

import java.util.List;
import org.lstm4j.tools.StoredTensor;

/** The value of an operator's attribute. Immutable. */
public sealed interface OnnxAttribute {
  /** A number. */
  record Real(float value) implements OnnxAttribute {}

  /** A whole number. */
  record Whole(long value) implements OnnxAttribute {}

  /** A string. */
  record Text(String value) implements OnnxAttribute {}

  /** A tensor. */
  record Constant(StoredTensor value) implements OnnxAttribute {}

  /** Numbers. */
  record Reals(List<Float> values) implements OnnxAttribute {
    /** Copies the list. */
    public Reals {
      values = List.copyOf(values);
    }
  }

  /** Whole numbers. */
  record Wholes(List<Long> values) implements OnnxAttribute {
    /** Copies the list. */
    public Wholes {
      values = List.copyOf(values);
    }
  }

  /** Strings. */
  record Texts(List<String> values) implements OnnxAttribute {
    /** Copies the list. */
    public Texts {
      values = List.copyOf(values);
    }
  }

  /** A graph, or another kind of value that no operator read here has. */
  record Other() implements OnnxAttribute {}
}

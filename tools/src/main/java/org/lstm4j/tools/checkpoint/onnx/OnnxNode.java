// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.onnx;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;

/**
 * One operator of a graph. Immutable.
 *
 * @param name may be empty
 * @param operator its kind, with the domain before a dot where that is not ONNX's own
 * @param inputs the names of the tensors it takes; empty for an optional one left out
 * @param outputs the names of the tensors it gives; empty for one that nobody asked for
 * @param attributes by name
 */
public record OnnxNode(
    String name,
    String operator,
    List<String> inputs,
    List<String> outputs,
    Map<String, OnnxAttribute> attributes) {
  /** Copies the collections. */
  public OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Map.copyOf(attributes);
  }

  /** The name, or the first output's where there is none: what {@code --select} finds it by. */
  public String label() {
    return name.isEmpty() && !outputs.isEmpty() ? outputs.getFirst() : name;
  }

  /** The name of an input; empty where it is left out. */
  public String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }

  /** Whether the attribute is there. */
  public boolean has(String attribute) {
    return attributes.containsKey(attribute);
  }

  /** A whole number, or the default where the attribute is not there. */
  public long whole(String attribute, long defaultValue) {
    return switch (attributes.get(attribute)) {
      case null -> defaultValue;
      case OnnxAttribute.Whole(long value) -> value;
      default -> throw ofAnotherType(attribute, "a whole number");
    };
  }

  /** A number, or the default where the attribute is not there. */
  public float real(String attribute, float defaultValue) {
    return switch (attributes.get(attribute)) {
      case null -> defaultValue;
      case OnnxAttribute.Real(float value) -> value;
      default -> throw ofAnotherType(attribute, "a number");
    };
  }

  /** A string, or the default where the attribute is not there. */
  public String text(String attribute, String defaultValue) {
    return switch (attributes.get(attribute)) {
      case null -> defaultValue;
      case OnnxAttribute.Text(String value) -> value;
      default -> throw ofAnotherType(attribute, "a string");
    };
  }

  /** Whole numbers; empty where the attribute is not there. */
  public Optional<List<Long>> wholes(String attribute) {
    return switch (attributes.get(attribute)) {
      case null -> Optional.empty();
      case OnnxAttribute.Wholes(List<Long> values) -> Optional.of(values);
      default -> throw ofAnotherType(attribute, "whole numbers");
    };
  }

  /** Numbers, none where the attribute is not there. */
  public List<Float> reals(String attribute) {
    return switch (attributes.get(attribute)) {
      case null -> List.of();
      case OnnxAttribute.Reals(List<Float> values) -> values;
      default -> throw ofAnotherType(attribute, "numbers");
    };
  }

  /** Strings; empty where the attribute is not there. */
  public Optional<List<String>> texts(String attribute) {
    return switch (attributes.get(attribute)) {
      case null -> Optional.empty();
      case OnnxAttribute.Texts(List<String> values) -> Optional.of(values);
      default -> throw ofAnotherType(attribute, "strings");
    };
  }

  /** A tensor; empty where the attribute is not there. */
  public Optional<StoredTensor> tensor(String attribute) {
    return switch (attributes.get(attribute)) {
      case null -> Optional.empty();
      case OnnxAttribute.Constant(StoredTensor value) -> Optional.of(value);
      default -> throw ofAnotherType(attribute, "a tensor");
    };
  }

  private Refusal ofAnotherType(String attribute, String wanted) {
    return new Refusal(
        "has %s with an attribute %s that is not %s; the file is damaged", this, attribute, wanted);
  }

  /** For a sentence: the operator and, in parentheses, the label. */
  @Override
  public String toString() {
    return label().isEmpty() ? operator : "%s (%s)".formatted(operator, label());
  }
}

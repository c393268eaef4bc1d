// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.onnx;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lstm4j.tools.StoredTensor;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;
import org.lstm4j.tools.checkpoint.TensorNames;
import org.lstm4j.tools.checkpoint.onnx.v1.AttributeProto;
import org.lstm4j.tools.checkpoint.onnx.v1.GraphProto;
import org.lstm4j.tools.checkpoint.onnx.v1.ModelProto;
import org.lstm4j.tools.checkpoint.onnx.v1.NodeProto;
import org.lstm4j.tools.checkpoint.onnx.v1.TensorProto;
import org.lstm4j.tools.checkpoint.onnx.v1.TensorShapeProto.Dimension;
import org.lstm4j.tools.checkpoint.onnx.v1.ValueInfoProto;

/** Checks the message of an ONNX model and turns it into a graph. Used once. */
final class GraphReader {
  /** The oldest whose operators are read: before it they broadcast by attributes. */
  private static final long MIN_OPSET = 7;

  /** Both are names of ONNX's own operators. */
  private static final Set<String> OWN_DOMAINS = Set.of("", "ai.onnx");

  private final ModelProto model;
  private final TensorMemory memory;
  private final Map<String, StoredTensor> constants = new LinkedHashMap<>();

  GraphReader(ModelProto model, TensorMemory memory) {
    this.model = model;
    this.memory = memory;
  }

  /**
   * The graph, independent of the message.
   *
   * @throws Refusal if the message breaks a rule of the format
   */
  OnnxModel read() {
    GraphProto graph = model.getGraph();
    Refusal.require(
        graph.getNodeCount() > 0,
        "is an ONNX model without a graph; it is damaged, or made for training");
    for (TensorProto tensor : graph.getInitializerList()) {
      StoredTensor stored = TensorReader.read(tensor, tensor.getName(), memory);
      Refusal.require(
          constants.put(stored.name(), stored) == null,
          "has two tensors named %s; it is damaged",
          stored.name());
    }
    List<OnnxInput> inputs = inputs(graph);
    return new OnnxModel(opset(), nodes(graph, inputs), inputs, outputs(graph), constants);
  }

  /** The constants in the file's order. */
  List<StoredTensor> tensors() {
    return List.copyOf(constants.values());
  }

  private long opset() {
    long opset =
        model.getOpsetImportList().stream()
            .filter(set -> OWN_DOMAINS.contains(set.getDomain()))
            .mapToLong(set -> set.getVersion())
            .findFirst()
            .orElse(1);
    Refusal.require(
        opset >= MIN_OPSET,
        "uses version %d of ONNX's operators, where %d is the oldest that is read; export it again"
            + " with opset_version=%d or later",
        opset,
        MIN_OPSET,
        MIN_OPSET);
    return opset;
  }

  private List<OnnxInput> inputs(GraphProto graph) {
    List<OnnxInput> inputs = new ArrayList<>();
    Set<String> names = new HashSet<>(constants.keySet());
    for (ValueInfoProto input : graph.getInputList()) {
      // Up to IR version 3 constants are listed as inputs too.
      if (names.add(TensorNames.require(input.getName()))) {
        inputs.add(new OnnxInput(input.getName(), shape(input)));
      }
    }
    return inputs;
  }

  private static Optional<List<Long>> shape(ValueInfoProto input) {
    if (!input.getType().getTensorType().hasShape()) {
      return Optional.empty();
    }
    List<Long> shape = new ArrayList<>();
    for (Dimension dimension : input.getType().getTensorType().getShape().getDimList()) {
      // Exporters write 0 and -1 for sizes that they do not know.
      shape.add(dimension.getDimValue() > 0 ? dimension.getDimValue() : OnnxInput.UNKNOWN);
    }
    return Optional.of(shape);
  }

  private static List<String> outputs(GraphProto graph) {
    return graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
  }

  /** The nodes, each checked to take only what exists by then: so there is no cycle. */
  private List<OnnxNode> nodes(GraphProto graph, List<OnnxInput> inputs) {
    Set<String> known = new HashSet<>(constants.keySet());
    known.add("");
    inputs.forEach(input -> known.add(input.name()));
    List<OnnxNode> nodes = new ArrayList<>();
    for (NodeProto proto : graph.getNodeList()) {
      OnnxNode node = node(proto);
      for (String input : node.inputs()) {
        Refusal.require(
            known.contains(input),
            "has %s take '%s', which nothing before it gives; the graph is damaged",
            node,
            input);
      }
      for (String output : node.outputs()) {
        Refusal.require(
            known.add(output) || output.isEmpty(),
            "has %s give '%s', which exists already; the graph is damaged",
            node,
            output);
      }
      nodes.add(node);
    }
    for (String output : outputs(graph)) {
      Refusal.require(
          known.contains(output), "gives '%s', which nothing computes; it is damaged", output);
    }
    return nodes;
  }

  private OnnxNode node(NodeProto proto) {
    String domain = proto.getDomain();
    String operator =
        OWN_DOMAINS.contains(domain) ? proto.getOpType() : domain + "." + proto.getOpType();
    Map<String, OnnxAttribute> attributes = new HashMap<>();
    for (AttributeProto attribute : proto.getAttributeList()) {
      attributes.put(attribute.getName(), attribute(attribute));
    }
    return new OnnxNode(
        TensorNames.require(proto.getName()),
        operator,
        proto.getInputList(),
        proto.getOutputList().stream().map(TensorNames::require).toList(),
        attributes);
  }

  // The numbers are those of AttributeType.
  private OnnxAttribute attribute(AttributeProto attribute) {
    return switch (attribute.getType()) {
      case 1 -> new OnnxAttribute.Real(attribute.getF());
      case 2 -> new OnnxAttribute.Whole(attribute.getI());
      case 3 -> new OnnxAttribute.Text(attribute.getS().toStringUtf8());
      case 4 ->
          new OnnxAttribute.Constant(
              TensorReader.read(attribute.getT(), attribute.getName(), memory));
      case 6 -> new OnnxAttribute.Reals(attribute.getFloatsList());
      case 7 -> new OnnxAttribute.Wholes(attribute.getIntsList());
      case 8 ->
          new OnnxAttribute.Texts(
              attribute.getStringsList().stream().map(ByteString::toStringUtf8).toList());
      default -> new OnnxAttribute.Other();
    };
  }
}

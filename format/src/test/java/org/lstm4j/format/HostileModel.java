// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.lstm4j.engine.Network;
import org.lstm4j.format.v1.Header;
import org.lstm4j.format.v1.Model;

/** A model file taken apart, to be put together wrongly with all checksums of the header right. */
final class HostileModel {
  private final Header.Builder header;
  private byte[] weights;

  /** Starts from a sound file. */
  HostileModel(Network network, Path scratch) throws IOException {
    this(network, Attachments.none(), scratch);
  }

  HostileModel(Network network, Attachments attachments, Path scratch) throws IOException {
    ModelFile.write(network, attachments, scratch);
    Model model = Model.parseFrom(Files.readAllBytes(scratch));
    this.header = model.getHeader().toBuilder();
    this.weights = model.getWeights().toByteArray();
  }

  Header header() {
    return header.build();
  }

  HostileModel header(Consumer<Header.Builder> change) {
    change.accept(header);
    return this;
  }

  byte[] weights() {
    return weights.clone();
  }

  HostileModel weights(Consumer<byte[]> change) {
    change.accept(weights);
    return this;
  }

  /** Makes the weights longer by zeros, or shorter. */
  HostileModel weightsLength(int length) {
    weights = Arrays.copyOf(weights, length);
    return this;
  }

  void writeTo(Path path) throws IOException {
    write(path, header.build().toByteArray(), weights);
  }

  /** Writes a file with any bytes for a header. */
  static void write(Path path, byte[] header, byte[] weights) throws IOException {
    byte[] prefix = FileFrame.prefix(header, weights.length);
    Files.write(
        path, ByteString.copyFrom(prefix).concat(ByteString.copyFrom(weights)).toByteArray());
  }
}

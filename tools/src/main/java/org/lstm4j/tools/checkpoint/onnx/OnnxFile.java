// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lstm4j.tools.Checkpoint;
import org.lstm4j.tools.ContainerKind;
import org.lstm4j.tools.DeclaredArchitecture;
import org.lstm4j.tools.checkpoint.Container;
import org.lstm4j.tools.checkpoint.Refusal;
import org.lstm4j.tools.checkpoint.TensorMemory;
import org.lstm4j.tools.checkpoint.onnx.v1.ModelProto;

/** The ONNX format. Stateless. */
public final class OnnxFile implements Container {
  private final Function<OnnxModel, DeclaredArchitecture> architecture;

  /**
   * A reader of files.
   *
   * @param architecture what a graph means
   */
  public OnnxFile(Function<OnnxModel, DeclaredArchitecture> architecture) {
    this.architecture = architecture;
  }

  @Override
  public Checkpoint read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      Refusal.require(
          channel.size() <= Integer.MAX_VALUE,
          "is larger than the 2 GiB of any ONNX model; it is damaged");
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      GraphReader reader = new GraphReader(parse(bytes), new TensorMemory(bytes.byteSize()));
      OnnxModel model = reader.read();
      return new Checkpoint(
          file,
          ContainerKind.ONNX,
          reader.tensors(),
          List.of(),
          Optional.of(architecture.apply(model)),
          List.of());
    } catch (InvalidProtocolBufferException e) {
      throw Refusal.causedBy(
          e,
          "begins like an ONNX model but is none; it is truncated or damaged, copy or download it"
              + " again");
    } catch (InternalError e) {
      // How the JVM reports that a mapped page is no longer there.
      throw Refusal.causedBy(e, "became shorter while it was read; try again");
    }
  }

  /** The message; its bulk data stays in the file's mapping. */
  private static ModelProto parse(MemorySegment file) throws IOException {
    ByteString bytes = UnsafeByteOperations.unsafeWrap(file.asByteBuffer());
    Census.take(bytes.newCodedInput(), ModelProto.getDescriptor());
    CodedInputStream in = bytes.newCodedInput();
    in.enableAliasing(true);
    return ModelProto.parseFrom(in);
  }
}

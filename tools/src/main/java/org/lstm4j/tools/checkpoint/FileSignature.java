// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Tells file formats apart by their first bytes, whatever the file is called. The first constant
 * that fits wins.
 */
public enum FileSignature {
  /** Nothing in it. */
  EMPTY(head -> head.length == 0, "is empty; copy or download it again"),
  /** A zip archive whose first entry is a NumPy array. */
  NPZ(head -> firstEntry(head).endsWith(".npy"), ""),
  /** Any other zip archive: as a rule a PyTorch checkpoint. */
  ZIP(begins("504b"), ""),
  /** Text that begins a JSON object; eight bytes of header length would end in zeros. */
  JSON(head -> text(head).stripLeading().startsWith("{") && text(head).indexOf(0) < 0, ""),
  /** Eight bytes of header length, then a JSON object. */
  SAFETENSORS(head -> head.length > 8 && head[8] == '{', ""),
  /** The header's first field names the format. */
  MODEL_FILE(
      head -> head[0] == 0x0a && text(head).contains("lstm4j.model"),
      "is an .l4j model file already; it needs no import"),
  /** The magic number of torch.save before PyTorch 1.6, pickled: after a header, or as text. */
  LEGACY_TORCH(
      head -> {
        int magic = text(head).indexOf(Legacy.MAGIC);
        return (head.length > 1 && (head[0] & 0xff) == 0x80 && 0 < magic && magic < 20)
            || text(head).startsWith(Legacy.MAGIC_AS_TEXT);
      },
      ""),
  /** A pickle of any other kind. */
  PICKLE(head -> head.length > 1 && (head[0] & 0xff) == 0x80 && head[1] <= 5, ""),
  /** A dict, list or instance of a pickle before protocol 2, which has no header. */
  OLD_PICKLE(
      head -> Legacy.OLD_PICKLE.matcher(text(head)).lookingAt(),
      "is a pickle of protocol 0 or 1, which is not supported; save the weights again with"
          + " torch.save(model.state_dict(), PATH), or pickle them with protocol 2 or newer"),
  /** The oldest torch.save, a tar archive. */
  TAR(
      head -> text(head).startsWith("ustar", 257),
      "is a tar archive; if torch.save of a PyTorch before 0.1.10 wrote it, load it with torch.load"
          + " and save torch.save(model.state_dict(), PATH), else unpack it first"),
  /** The format's version, then another field of the model. */
  ONNX(
      head ->
          head.length > 2
              && head[0] == 0x08
              && head[1] > 0
              && head[1] < 32
              && isFieldOfModel(head[2]),
      ""),
  /** Keras and others. */
  HDF5(
      begins("894844460d0a1a0a"),
      "is an HDF5 file, which is not supported; save the PyTorch weights with"
          + " torch.save(model.state_dict(), PATH)"),
  /** One NumPy array. */
  NPY(
      begins("934e554d5059"),
      "is a NumPy array and no checkpoint; give the file that torch.save wrote"),
  /** Compressed as a whole. */
  GZIP(begins("1f8b"), "is compressed with gzip; unpack it first"),
  /** Anything else. */
  UNKNOWN(
      _ -> true,
      "is neither a PyTorch checkpoint (a zip archive), nor a safetensors file (a JSON header after"
          + " its length), an ONNX model, a NumPy archive or JSON; give a file that"
          + " torch.save(model.state_dict(), PATH), safetensors or torch.onnx.export wrote");

  /** The magic number, of ten bytes, in the pickle protocols from 2 on and in those before. */
  private static final class Legacy {
    static final String MAGIC = text(HexFormat.of().parseHex("8a0a6cfc9c46f920"));
    static final Pattern OLD_PICKLE =
        Pattern.compile("\\([dl]p|\\(dq|[}\\]]q|c[\\w.]{1,60}\n\\w{1,60}\n");
    static final String MAGIC_AS_TEXT = "L119547037146038801333356";
  }

  private static final int HEAD_LENGTH = 512;

  // Where the name lies in the header of an archive's first entry.
  private static final int ZIP_NAME = 30;

  @SuppressWarnings("ImmutableEnumChecker") // All of them are stateless.
  private final Predicate<byte[]> fits;

  private final String refusal;

  FileSignature(Predicate<byte[]> fits, String refusal) {
    this.fits = fits;
    this.refusal = refusal;
  }

  /**
   * The signature of a file's content.
   *
   * @throws IOException if the file cannot be read
   */
  public static FileSignature of(Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(HEAD_LENGTH);
    }
    return Arrays.stream(values()).filter(value -> value.fits.test(head)).findFirst().orElseThrow();
  }

  /** Why such a file is not read, and what to do; empty where it is read. */
  public String refusal() {
    return refusal;
  }

  /** The name of a zip archive's first entry; empty if it has none. */
  private static String firstEntry(byte[] head) {
    if (head.length < ZIP_NAME || !begins("504b0304").test(head)) {
      return "";
    }
    int length = (head[26] & 0xff) | (head[27] & 0xff) << 8;
    return text(Arrays.copyOfRange(head, ZIP_NAME, Math.min(head.length, ZIP_NAME + length)));
  }

  private static Predicate<byte[]> begins(String hex) {
    byte[] magic = HexFormat.of().parseHex(hex);
    return head ->
        head.length >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }

  /** The tags of fields 2 to 8 with the types that they have in the schema. */
  private static boolean isFieldOfModel(byte tag) {
    return switch (tag) {
      case 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42 -> true;
      default -> false;
    };
  }

  private static String text(byte[] head) {
    return new String(head, StandardCharsets.ISO_8859_1);
  }
}

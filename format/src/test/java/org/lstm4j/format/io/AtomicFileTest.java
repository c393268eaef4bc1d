// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.format.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir private Path folder;

  @Test
  void writesAFile() throws IOException {
    AtomicFile.write(folder.resolve("out"), out -> out.write(7));

    assertArrayEquals(new byte[] {7}, Files.readAllBytes(folder.resolve("out")));
    assertArrayEquals(new String[] {"out"}, folder.toFile().list());
  }

  @Test
  void replacesAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("out"), "before");

    AtomicFile.write(file, out -> out.write('a'));

    assertEquals("a", Files.readString(file));
  }

  @Test
  void doesNotMindThatTheContentClosesTheStream() throws IOException {
    Path file = folder.resolve("out");

    AtomicFile.write(
        file,
        out -> {
          out.write('a');
          out.close();
        });

    assertEquals("a", Files.readString(file));
  }

  @Test
  void leavesWhatWasThereIfTheContentFails() throws IOException {
    Path file = Files.writeString(folder.resolve("out"), "before");
    IOException failure = new IOException("half-way");

    IOException thrown =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw failure;
                    }));

    assertSame(failure, thrown);
    assertEquals("before", Files.readString(file));
    assertArrayEquals(new String[] {"out"}, folder.toFile().list());
  }

  @Test
  void keepsASymbolicLink() throws IOException {
    Path file = Files.writeString(folder.resolve("out"), "before");
    Path link = symbolicLink(folder.resolve("link"), file);

    AtomicFile.write(link, out -> out.write('a'));

    assertTrue(Files.isSymbolicLink(link));
    assertEquals("a", Files.readString(file));
  }

  @Test
  void givesTheFileThePermissionsOfAnyOther() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Path ordinary = Files.writeString(folder.resolve("ordinary"), "a");
    Path file = folder.resolve("out");

    AtomicFile.write(file, out -> out.write('a'));

    assertEquals(Files.getPosixFilePermissions(ordinary), Files.getPosixFilePermissions(file));
  }

  @Test
  void writesDirectlyToWhatIsNoFile() throws IOException {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));

    AtomicFile.write(device, out -> out.write('a'));

    assertFalse(Files.isRegularFile(device));
  }

  @Test
  void saysThatTheFolderDoesNotExist() {
    Path file = folder.resolve("missing").resolve("out");

    IOException e = assertThrows(IOException.class, () -> AtomicFile.write(file, _ -> {}));

    assertEquals(
        file + ": cannot be written, its folder does not exist; create that first", e.getMessage());
  }

  @Test
  void saysThatAFolderIsNoFile() {
    IOException e = assertThrows(IOException.class, () -> AtomicFile.write(folder, _ -> {}));

    assertEquals(folder + ": is a folder; give a file in it", e.getMessage());
  }

  @Test
  void contentMayBePlacedInAnyOrder() throws IOException {
    Path file = folder.resolve("out");

    AtomicFile.writePlaced(
        file,
        channel -> {
          channel.write(ByteBuffer.wrap(new byte[] {'b'}), 1);
          channel.write(ByteBuffer.wrap(new byte[] {'a'}), 0);
        });

    assertEquals("ab", Files.readString(file));
  }

  @Test
  void aFailureOfTheDiskMidwayNamesTheFileAndLeavesIt() throws IOException {
    Path file = Files.writeString(folder.resolve("out"), "before");

    IOException e =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.writePlaced(
                    file,
                    channel -> {
                      channel.write(ByteBuffer.wrap(new byte[100]));
                      throw new IOException("No space left on device");
                    }));

    assertEquals(file + ": cannot be written: No space left on device", e.getMessage());
    assertEquals("before", Files.readString(file));
    assertArrayEquals(new String[] {"out"}, folder.toFile().list());
  }

  @Test
  void placesContentInNothingButFiles() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));

    IOException e = assertThrows(IOException.class, () -> AtomicFile.writePlaced(device, _ -> {}));

    assertEquals(device + ": is no file; choose another name", e.getMessage());
  }

  private static Path symbolicLink(Path link, Path file) throws IOException {
    try {
      return Files.createSymbolicLink(link, file);
    } catch (UnsupportedOperationException _) {
      assumeTrue(false, "this file system has no symbolic links");
      return link;
    }
  }
}

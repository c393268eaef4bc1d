// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * The entries of an archive as storages.
 *
 * @param folder where they lie, with its slash
 */
record ZipStorages(ZipArchive archive, String folder, ByteOrder order) implements StorageSource {
  @Override
  public String place(StorageReference storage) {
    return folder + storage.key();
  }

  @Override
  public long byteSize(StorageReference storage) {
    return archive.size(place(storage));
  }

  @Override
  public void read(StorageReference storage, MemorySegment target) throws IOException {
    archive.read(place(storage), target);
  }
}

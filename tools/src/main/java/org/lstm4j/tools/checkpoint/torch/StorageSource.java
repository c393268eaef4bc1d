// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.checkpoint.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.lstm4j.tools.checkpoint.Refusal;

/** Where the bytes of a file's storages lie. */
interface StorageSource {
  /** A file that has none. */
  StorageSource NONE =
      new StorageSource() {
        @Override
        public ByteOrder order() {
          return ByteOrder.nativeOrder();
        }

        @Override
        public String place(StorageReference storage) {
          return storage.key();
        }

        @Override
        public long byteSize(StorageReference storage) {
          throw new Refusal("refers to a storage %s and has none; it is damaged", storage.key());
        }

        @Override
        public void read(StorageReference storage, MemorySegment target) {
          throw new IllegalStateException("a storage without a size was read");
        }
      };

  /** The byte order of all storages. */
  ByteOrder order();

  /** What a sentence calls the place of a storage. */
  String place(StorageReference storage);

  /**
   * The bytes that a storage really has.
   *
   * @throws Refusal if there is no such storage
   */
  long byteSize(StorageReference storage);

  /**
   * Reads a storage.
   *
   * @param target as large as {@link #byteSize} says
   * @throws Refusal if it is damaged
   */
  void read(StorageReference storage, MemorySegment target) throws IOException;
}

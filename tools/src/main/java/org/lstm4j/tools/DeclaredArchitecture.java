// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

/**
 * The architecture that a file itself declares, where nothing has to be inferred from the names and
 * shapes of tensors. Stateless; may be used from any thread.
 *
 * <p>What the file says is not for options to change: of {@link ImportOptions}, only {@link
 * ImportOptions#select()} and {@link ImportOptions#oneToMany()} can be given with such a file.
 */
@FunctionalInterface
public interface DeclaredArchitecture {
  /**
   * The network as the file declares it.
   *
   * @param options of which {@link ImportOptions#select()} is for the architecture to follow, or to
   *     refuse
   * @throws RuntimeException if the file declares what no {@link org.lstm4j.engine.Network} can be;
   *     the message is one sentence without the file's name, which {@link Checkpoints} puts before
   *     it
   */
  Blueprint blueprint(ImportOptions options);
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.engine.kernel;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets the sessions of a test class start as users' do, on scalar code until the vector kernels are
 * compiled, and compiled well: now and then C2 boxes the vectors of one, which only a start of this
 * kind notices and mends. The other tests run vector kernels from the first call on.
 */
public final class OrdinaryStart implements BeforeAllCallback, AfterAllCallback {
  private String before;

  @Override
  public void beforeAll(ExtensionContext context) {
    before = System.clearProperty(Warmup.PROPERTY);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (before != null) {
      System.setProperty(Warmup.PROPERTY, before);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.process;

import org.lstm4j.benchmarks.engine.Agreement;
import org.lstm4j.benchmarks.engine.EngineProvider;
import org.lstm4j.benchmarks.engine.Engines;
import org.lstm4j.benchmarks.engine.LstmEngine;
import org.lstm4j.benchmarks.engine.LstmWeights;
import org.lstm4j.benchmarks.engine.Workload;

/**
 * Loads a peer for the first time; prints the largest difference of an output. Argument: engine.
 */
final class PeerProgram {
  private PeerProgram() {}

  static void main(String... arguments) throws Exception {
    Workload workload = Workload.parse("step 40x64 f32");
    LstmWeights weights = LstmWeights.random(workload.shape());
    EngineProvider provider = Engines.named(arguments[0]);
    try (LstmEngine lstm = provider.open(workload, weights)) {
      System.out.println(Agreement.check(provider.reference(workload), lstm, workload, weights));
    }
  }
}

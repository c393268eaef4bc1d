// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.benchmarks.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.lstm4j.benchmarks.engine.Shape;
import org.lstm4j.benchmarks.engine.Storage;
import org.lstm4j.benchmarks.engine.Workload;
import org.lstm4j.benchmarks.engine.Workload.Kind;

/** Which rows a run measures. */
public final class Plan {
  private static final List<Shape> STEPS =
      shapes("1x8 1x20 1x40 40x64 64x128 128x128 128x256 256x512 512x1024");
  private static final List<Shape> QUICK_STEPS = shapes("1x20 40x64 128x256");

  /** Smaller weights pay where a step waits for memory. */
  private static final List<Shape> QUICK_SMALL_WEIGHTS = shapes("128x256");

  private static final List<Shape> SEQUENCES =
      Stream.concat(
              shapes("64x128 256x256 512x512 1024x1024").stream(),
              Stream.of(new Shape(256, 256, 2, 2)))
          .toList();
  private static final List<Shape> QUICK_SEQUENCES = shapes("256x256");
  private static final List<Shape> BATCHES = shapes("28x256 512x512");
  private static final List<Shape> QUICK_BATCHES = shapes("28x256");

  private static final List<Shape> LEARNING = shapes("28x256+28 256x256 512x512");
  private static final List<Shape> QUICK_LEARNING = shapes("28x256+28");

  /** The character model of "Dive into Deep Learning". */
  private static final List<Shape> TRAINING = shapes("28x256+28");

  /** From this hidden size on, a second thread is measured for single steps too. */
  private static final int TWO_THREADS = 512;

  private Plan() {}

  private static List<Shape> shapes(String labels) {
    return Stream.of(labels.split(" ")).map(Shape::parse).toList();
  }

  /**
   * The rows.
   *
   * @param quick only a few of them
   * @return the workloads, in the order of the table
   */
  public static List<Workload> workloads(boolean quick) {
    List<Workload> workloads = new ArrayList<>();
    for (Storage storage : Storage.values()) {
      for (Shape shape : quick ? quickSteps(storage) : STEPS) {
        workloads.add(new Workload(Kind.STEP, shape, storage, 1));
        if (shape.hiddenSize() >= TWO_THREADS) {
          workloads.add(new Workload(Kind.STEP, shape, storage, 2));
        }
      }
      for (Shape shape : quick ? QUICK_SEQUENCES : SEQUENCES) {
        workloads.add(new Workload(Kind.SEQUENCE, shape, storage, 1));
      }
    }
    for (Shape shape : quick ? QUICK_BATCHES : BATCHES) {
      workloads.add(new Workload(Kind.BATCH, shape, Storage.F32, 1));
    }
    for (Shape shape : quick ? QUICK_LEARNING : LEARNING) {
      workloads.add(new Workload(Kind.LEARNING, shape, Storage.F32, 1));
      workloads.add(new Workload(Kind.LEARNING, shape, Storage.F32, 2));
    }
    for (Shape shape : TRAINING) {
      workloads.add(new Workload(Kind.TRAINING, shape, Storage.F32, 1));
      workloads.add(new Workload(Kind.TRAINING, shape, Storage.F32, 2));
    }
    return List.copyOf(workloads);
  }

  private static List<Shape> quickSteps(Storage storage) {
    return storage == Storage.F32 ? QUICK_STEPS : QUICK_SMALL_WEIGHTS;
  }

  /** {@return the rows of the comparison of cells} */
  public static List<Workload> cells() {
    Stream<Workload> calls =
        shapes("28x256 256x256").stream()
            .flatMap(shape ->
                Stream.of(Kind.STEP, Kind.BATCH, Kind.LEARNING)
                    .map(kind -> new Workload(kind, shape, Storage.F32, 1)));
    Stream<Workload> training =
        TRAINING.stream().map(shape -> new Workload(Kind.TRAINING, shape, Storage.F32, 1));
    return Stream.concat(calls, training).toList();
  }

  /**
   * The rows whose tails are measured.
   *
   * @param quick only one of them
   * @return the workloads
   */
  public static List<Workload> tails(boolean quick) {
    return shapes(quick ? "128x256" : "1x40 40x64 128x256 256x512").stream()
        .map(shape -> new Workload(Kind.STEP, shape, Storage.F32, 1))
        .toList();
  }
}

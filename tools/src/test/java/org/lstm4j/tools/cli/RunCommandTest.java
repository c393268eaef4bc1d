// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lstm4j.engine.Network;
import org.lstm4j.engine.Session;
import org.lstm4j.format.ModelFile;
import org.lstm4j.tools.data.NdArray;
import org.lstm4j.tools.data.Npy;
import org.lstm4j.tools.data.Npz;

class RunCommandTest {
  private static final float[] X = {0.5f, -1, 2, 0.25f, 0, 1.5f, -0.75f, 1, 1};
  private static final String X_CSV = "0.5,-1,2\n0.25,0,1.5\n-0.75,1,1\n";

  @TempDir private Path folder;
  private float[] expected;

  @BeforeEach
  void writeModelAndInputs() throws IOException {
    try (Network network = TestNetworks.build(TestNetworks.manyToMany());
        Session session = network.newSession()) {
      ModelFile.write(network, file("model.l4j"));
      expected = new float[3 * 2];
      session.run(X, 3, expected);
    }
    Npy.write(file("x.npy"), NdArray.of(X, 3, 3));
    Npz.write(file("x.npz"), Map.of("x", NdArray.of(X, 3, 1, 3)));
    Files.writeString(file("x.csv"), X_CSV);
    Files.writeString(file("header.csv"), "a,b,c\n" + X_CSV);
  }

  @ParameterizedTest
  @CsvSource({"x.npy", "x.npz", "x.csv", "header.csv"})
  void everyFormatOfInputGivesTheSameOutput(String input) throws IOException {
    CommandRun run =
        CommandRun.of("run", file("model.l4j"), "-i", file(input), "-o", file("y.npy"));
    assertEquals(new CommandRun(0, "", ""), run);
    assertArrayEquals(expected, Npy.read(file("y.npy")).floats());
  }

  @Test
  void anNpzHoldsTheFinalStateToo() throws IOException {
    runTo("x.npz", file("y.npz"));
    Map<String, NdArray> result = Npz.read(file("y.npz"));
    assertEquals(List.of("out", "hn", "cn"), List.copyOf(result.keySet()));
    assertArrayEquals(new long[] {3, 1, 2}, result.get("out").shape());
    assertArrayEquals(new long[] {1, 1, 4}, result.get("cn").shape());
    assertArrayEquals(expected, result.get("out").floats());
  }

  @Test
  void csvHasOneTimeStepARow() throws IOException {
    runTo("x.npy", file("y.csv"));
    assertEquals(csv(expected), Files.readString(file("y.csv")));
    assertEquals(csv(expected), runTo("x.npz", Path.of("-")).out());
  }

  @Test
  void aStreamGivesTheSameRows() throws IOException {
    CommandRun run = CommandRun.withInput(X_CSV, "run", file("model.l4j"), "-i", "-", "-o", "-");
    assertEquals(new CommandRun(0, csv(expected), ""), run);
    CommandRun toFile =
        CommandRun.withInput(X_CSV, "run", file("model.l4j"), "-i", "-", "-o", file("y.csv"));
    assertEquals(new CommandRun(0, "", ""), toFile);
    assertEquals(csv(expected), Files.readString(file("y.csv")));
  }

  @Test
  void aStreamAnswersEachRowBeforeItWaitsForTheNext() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> rows = X_CSV.lines().toList();
    InputStream in =
        new InputStream() {
          private int asked;

          @Override
          public int read() {
            throw new AssertionError("rows are read as they arrive, not byte by byte");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) {
            assertEquals(asked, out.toString(UTF_8).lines().count());
            if (asked == rows.size()) {
              return -1;
            }
            byte[] row = (rows.get(asked++) + "\n").getBytes(UTF_8);
            System.arraycopy(row, 0, buffer, offset, row.length);
            return row.length;
          }
        };
    String[] args = {"run", file("model.l4j").toString(), "-i", "-", "-o", "-"};
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertEquals(0, Main.run(args, new Terminal(in, out, err, UTF_8)), err.toString(UTF_8));
    assertEquals(csv(expected), out.toString(UTF_8));
  }

  @Test
  void aStreamOfTokensHasOneColumn() throws IOException {
    write(TestNetworks.tokens(), "tokens.l4j");
    CommandRun run =
        CommandRun.withInput("3\n0\n6\n", "run", file("tokens.l4j"), "-i", "-", "-o", "-");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(3, run.out().lines().count());
    Npy.write(file("tokens.npy"), NdArray.of(new long[] {3, 0, 6}, 3));
    CommandRun same = CommandRun.of("run", file("tokens.l4j"), "-i", file("tokens.npy"), "-o", "-");
    assertEquals(run.out(), same.out());
  }

  @Test
  void eachRowOfAStreamToAOneToManyNetworkIsASequenceOfItsOwn() throws IOException {
    write(TestNetworks.oneToMany(), "generator.l4j");
    Object[] args = {"run", file("generator.l4j"), "-i", "-", "-o", "-", "--steps", "4"};
    CommandRun once = CommandRun.withInput("1,2,3\n", args);
    assertEquals(0, once.exitCode(), once.err());
    assertEquals(4, once.out().lines().count());
    CommandRun twice = CommandRun.withInput("1,2,3\n1,2,3\n", args);
    assertEquals(once.out() + once.out(), twice.out());
  }

  @Test
  void aOneToManyNetworkRunsTheStepsThatItWasMadeForUnlessToldOtherwise() throws IOException {
    write(TestNetworks.oneToMany(), "generator.l4j");
    Files.writeString(file("start.csv"), "1,2,3\n");
    Object[] args = {"run", file("generator.l4j"), "-i", file("start.csv"), "-o", "-"};
    assertEquals(5, CommandRun.of(args).out().lines().count());
  }

  @Test
  void anEmptyStreamGivesNothing() {
    CommandRun run = CommandRun.withInput("", "run", file("model.l4j"), "-i", "-", "-o", "-");
    assertEquals(new CommandRun(0, "", ""), run);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,2\\n          | 2 columns where this network takes 3",
        "1,2,3\\n1,2\\n  | line 2",
        "1,2,three\\n    | three",
      })
  void badRowsOfAStreamAreRefused(String rows, String expectedWords) {
    CommandRun run =
        CommandRun.withInput(
            rows.replace("\\n", "\n"), "run", file("model.l4j"), "-i", "-", "-o", "-");
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().startsWith("standard input: "), run.err());
    assertTrue(run.sentence().contains(expectedWords), run.err());
  }

  @ParameterizedTest
  @CsvSource({"1.5", "7", "-1", "NaN"})
  void tokensThatAreNoneAreRefused(String token) throws IOException {
    write(TestNetworks.tokens(), "tokens.l4j");
    Files.writeString(file("tokens.csv"), "0\n" + token + "\n");
    CommandRun run =
        CommandRun.of("run", file("tokens.l4j"), "-i", file("tokens.csv"), "-o", file("y.csv"));
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains("tokens.csv: row 2 "), run.err());
    assertTrue(Files.notExists(file("y.csv")));
  }

  @Test
  void aNetworkThatNeedsTheWholeSequenceIsNotStreamed() throws IOException {
    write(TestNetworks.bidirectional(), "both.l4j");
    CommandRun run = CommandRun.withInput(X_CSV, "run", file("both.l4j"), "-i", "-", "-o", "-");
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains("whole sequences"), run.err());
    assertEquals(
        0, CommandRun.of("run", file("both.l4j"), "-i", file("x.csv"), "-o", "-").exitCode());
  }

  @Test
  void severalSequencesDoNotFitIntoACsv() throws IOException {
    Npy.write(file("batch.npy"), NdArray.of(X, 1, 3, 3));
    CommandRun run =
        CommandRun.of("run", file("model.l4j"), "-i", file("batch.npy"), "-o", file("y.csv"));
    assertEquals(1, run.exitCode());
    assertTrue(run.sentence().contains("3 sequences"), run.err());
    assertTrue(Files.notExists(file("y.csv")));
  }

  @Test
  void aFailureLeavesTheOldOutput() throws IOException {
    Files.writeString(file("y.npy"), "old");
    Files.writeString(file("short.csv"), "1,2\n");
    CommandRun run =
        CommandRun.of("run", file("model.l4j"), "-i", file("short.csv"), "-o", file("y.npy"));
    assertEquals(1, run.exitCode());
    assertEquals("old", Files.readString(file("y.npy")));
  }

  @Test
  void anInputIsNeverOverwritten() throws IOException {
    Files.createSymbolicLink(file("link.csv"), file("x.csv"));
    CommandRun run =
        CommandRun.of("run", file("model.l4j"), "-i", file("x.csv"), "-o", file("link.csv"));
    assertEquals(2, run.exitCode());
    assertEquals(X_CSV, Files.readString(file("x.csv")));
  }

  @Test
  void anArrayThatIsNoInputIsSaidToBeIgnored() throws IOException {
    Npz.write(file("more.npz"), Map.of("x", NdArray.of(X, 3, 3), "truth", NdArray.of(X, 3, 3)));
    CommandRun run = runTo("more.npz", file("y.npz"));
    assertTrue(run.err().startsWith("note: "), run.err());
    assertTrue(run.err().contains("truth"), run.err());
  }

  private static final float[] BATCH = {1, 2, 3, 4, 5, 6, 1, 0, -1, 2, 0, 1};

  @Test
  void lengthsAreTakenFromTheCommandLineAFileOrTheInput() throws IOException {
    NdArray x = NdArray.of(BATCH, 2, 2, 3);
    NdArray lengths = NdArray.of(new long[] {1, 2}, 2);
    Npy.write(file("batch.npy"), x);
    Npy.write(file("lengths.npy"), lengths);
    Npz.write(file("batch.npz"), Map.of("x", x, "lengths", lengths));
    runTo("batch.npy", file("whole.npz"));
    runTo("batch.npy", file("numbers.npz"), "--lengths", "1, 2");
    runTo("batch.npy", file("file.npz"), "--lengths", file("lengths.npy"));
    assertEquals("", runTo("batch.npz", file("input.npz")).err());

    Map<String, NdArray> result = Npz.read(file("numbers.npz"));
    assertEquals(result, Npz.read(file("file.npz")));
    assertEquals(result, Npz.read(file("input.npz")));
    float[] out = Npz.read(file("whole.npz")).get("out").floats();
    out[4] = 0;
    out[5] = 0;
    assertArrayEquals(out, result.get("out").floats());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "batch.npy  | 1,two         | 2 | neither whole numbers",
        "batch.npy  | 1.5,2         | 2 | neither whole numbers",
        "batch.npy  | 1,,2          | 2 | neither whole numbers",
        "batch.npz  | 1,2           | 2 | leave --lengths out",
        "-          | 1             | 2 | single sequence",
        "batch.npy  | 1             | 1 | --lengths 1: lengths has the shape [1] where [2]",
        "batch.npy  | 0,1           | 1 | holds 0 for batch row 0",
        "batch.npy  | 1,-2          | 1 | holds -2 for batch row 1",
        "batch.npy  | 1,3           | 1 | holds 3 for batch row 1",
        "batch.npy  | 1,5000000000  | 1 | --lengths 1,5000000000: lengths holds 5000000000 for"
            + " batch row 1",
        "x.csv      | 1             | 1 | no batch axis",
        "batch.npy  | floats.npy    | 1 | floats.npy: lengths holds float32 where whole numbers",
        "batch.npy  | none.npy      | 1 | none.npy",
      })
  void wrongLengthsAreRefusedAndNothingIsWritten(
      String input, String lengths, int exitCode, String words) throws IOException {
    Npy.write(file("batch.npy"), NdArray.of(BATCH, 2, 2, 3));
    Npy.write(file("floats.npy"), NdArray.of(new float[] {1, 2}, 2));
    Npz.write(
        file("batch.npz"),
        Map.of("x", NdArray.of(BATCH, 2, 2, 3), "lengths", NdArray.of(new long[] {1, 2}, 2)));
    CommandRun run =
        CommandRun.of(
            "run",
            file("model.l4j"),
            "-i",
            input.equals("-") ? "-" : file(input),
            "-o",
            input.equals("-") ? "-" : file("y.npy"),
            "--lengths",
            lengths.endsWith(".npy") ? file(lengths) : lengths);
    assertEquals(exitCode, run.exitCode(), run.err());
    String said = exitCode == 2 ? run.err() : run.sentence();
    assertTrue(said.contains(words), said);
    assertEquals("", run.out());
    assertTrue(Files.notExists(file("y.npy")));
  }

  @Test
  void aFileOfLengthsIsNeverOverwritten() throws IOException {
    Npy.write(file("batch.npy"), NdArray.of(BATCH, 2, 2, 3));
    Npy.write(file("lengths.npy"), NdArray.of(new long[] {1, 2}, 2));
    Path lengths = file("lengths.npy");
    CommandRun run =
        CommandRun.of(
            "run", file("model.l4j"), "-i", file("batch.npy"), "-o", lengths, "--lengths", lengths);
    assertEquals(2, run.exitCode());
    assertEquals(NdArray.of(new long[] {1, 2}, 2), Npy.read(lengths));
  }

  @Test
  void stepsAreForOneToManyNetworksOnly() {
    CommandRun run =
        CommandRun.of("run", file("model.l4j"), "-i", file("x.csv"), "-o", "-", "--steps", "4");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("--steps"), run.err());
  }

  @Test
  void importOptionsHaveNoPlaceBesideAModel() {
    CommandRun run =
        CommandRun.of("run", file("model.l4j"), "-i", file("x.csv"), "-o", "-", "--read", "last");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("--read"), run.err());
  }

  private CommandRun runTo(String input, Path output, Object... options) {
    List<Object> args =
        new ArrayList<>(List.of("run", file("model.l4j"), "-i", file(input), "-o", output));
    args.addAll(List.of(options));
    CommandRun run = CommandRun.of(args.toArray());
    assertEquals(0, run.exitCode(), run.err());
    return run;
  }

  private void write(Network.Builder builder, String name) throws IOException {
    try (Network network = TestNetworks.build(builder)) {
      ModelFile.write(network, file(name));
    }
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private static String csv(float[] rows) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.length; i += 2) {
      text.append(rows[i]).append(',').append(rows[i + 1]).append('\n');
    }
    return text.toString();
  }
}

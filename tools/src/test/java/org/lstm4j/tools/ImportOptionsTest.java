// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.OneToMany;

class ImportOptionsTest {
  @Test
  void nothingIsGivenByDefault() {
    ImportOptions none = ImportOptions.none();
    assertEquals(Optional.empty(), none.read());
    assertEquals(Optional.empty(), none.input());
    assertEquals(Optional.empty(), none.oneToMany());
    assertEquals(Optional.empty(), none.select());
    assertEquals(Map.of(), none.activations());
    assertEquals(Map.of(), none.layers());
    assertEquals(List.of(), none.order());
  }

  static Stream<Arguments> reads() {
    return Stream.of(
        Arguments.of("all", new ReadOption.All()),
        Arguments.of("last", new ReadOption.Last()),
        Arguments.of("final", new ReadOption.Final()),
        Arguments.of("max", new ReadOption.Max()),
        Arguments.of("mean", new ReadOption.Mean()),
        Arguments.of("attention", new ReadOption.Attention()),
        Arguments.of("decay:0.75", new ReadOption.Decay(0.75f)),
        Arguments.of("weights:0.5,-1,2e-3", new ReadOption.Weights(List.of(0.5f, -1f, 2e-3f))));
  }

  @ParameterizedTest
  @MethodSource("reads")
  void readsWhatIsReadOverTime(String text, ReadOption expected) {
    assertEquals(Optional.of(expected), ImportOptions.builder().read(text).build().read());
  }

  static Stream<Arguments> activations() {
    return Stream.of(
        Arguments.of("sigmoid", new ActivationFunction.Sigmoid()),
        Arguments.of("tanh", new ActivationFunction.Tanh()),
        Arguments.of("relu", new ActivationFunction.Relu()),
        Arguments.of("leaky_relu", new ActivationFunction.LeakyRelu(0.01f)),
        Arguments.of("leaky_relu:0.25", new ActivationFunction.LeakyRelu(0.25f)),
        Arguments.of("elu", new ActivationFunction.Elu(1)),
        Arguments.of("elu:0.5", new ActivationFunction.Elu(0.5f)),
        Arguments.of("gelu", new ActivationFunction.Gelu(false)),
        Arguments.of("gelu_tanh", new ActivationFunction.Gelu(true)),
        Arguments.of("silu", new ActivationFunction.Silu()),
        Arguments.of("softplus", new ActivationFunction.Softplus(1, 20)),
        Arguments.of("softplus:2:5", new ActivationFunction.Softplus(2, 5)),
        Arguments.of("softmax", new ActivationFunction.Softmax()),
        Arguments.of("log_softmax", new ActivationFunction.LogSoftmax()));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void readsActivations(String text, ActivationFunction expected) {
    assertEquals(
        Map.of("net.fc", Optional.of(expected)),
        ImportOptions.builder().activation("net.fc=" + text).build().activations());
  }

  @Test
  void noneIsAnActivationToo() {
    assertEquals(
        Map.of("fc", Optional.empty()),
        ImportOptions.builder().activation("fc=none").build().activations());
  }

  static Stream<Arguments> nonlinearities() {
    return Stream.of(
        Arguments.of("tanh", new ActivationFunction.Tanh()),
        Arguments.of("relu", new ActivationFunction.Relu()),
        Arguments.of("sigmoid", new ActivationFunction.Sigmoid()));
  }

  @ParameterizedTest
  @MethodSource("nonlinearities")
  void readsNonlinearities(String text, ActivationFunction expected) {
    assertEquals(
        Optional.of(expected), ImportOptions.builder().nonlinearity(text).build().nonlinearity());
  }

  @Test
  void readsInputs() {
    assertEquals(new InputOption.OneHot(11), input("one-hot:11"));
    assertEquals(new InputOption.Index(), input("index"));
    assertEquals(new InputOption.Vector(), input("vector"));
  }

  private static InputOption input(String text) {
    return ImportOptions.builder().input(text).build().input().orElseThrow();
  }

  @Test
  void readsOneToMany() {
    assertEquals(new OneToMany(OneToMany.Mode.REPEAT, 7), oneToMany("repeat:7"));
    assertEquals(new OneToMany(OneToMany.Mode.ZEROS, 1), oneToMany("zeros:1"));
    assertEquals(new OneToMany(OneToMany.Mode.FEEDBACK, 30), oneToMany("feedback:30"));
  }

  private static OneToMany oneToMany(String text) {
    return ImportOptions.builder().oneToMany(text).build().oneToMany().orElseThrow();
  }

  @Test
  void readsLists() {
    ImportOptions options =
        ImportOptions.builder().order("rnn, fc1,fc2").layers("emb=embedding,fc=linear").build();
    assertEquals(List.of("rnn", "fc1", "fc2"), options.order());
    assertEquals(Map.of("emb", LayerKind.EMBEDDING, "fc", LayerKind.LINEAR), options.layers());
  }

  @Test
  void readsNorms() {
    assertEquals(Optional.of(1e-3f), ImportOptions.builder().eps("1e-3").build().eps());
  }

  @Test
  void readsResiduals() {
    assertEquals(
        Optional.of(List.of(new ResidualSpan("a", "b"), new ResidualSpan("c", "c"))),
        ImportOptions.builder().residual("a, b").residual("c").build().residuals());
    assertEquals(
        Optional.of(List.of()), ImportOptions.builder().residual("none").build().residuals());
  }

  @Test
  void readsInitialStates() {
    assertEquals(
        Optional.of(
            new InitialStateOption.Learned(Map.of("lstm", List.of("h", "c"), "gru", List.of("g")))),
        ImportOptions.builder()
            .initialState("lstm=h,c")
            .initialState("gru=g")
            .build()
            .initialState());
    assertEquals(
        Optional.of(new InitialStateOption.Zeros()),
        ImportOptions.builder().initialState("zeros").build().initialState());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--read | middle",
        "--read | last:3",
        "--read | decay",
        "--read | decay:0",
        "--read | decay:1.5",
        "--read | decay:NaN",
        "--read | weights:",
        "--read | weights:1,,2",
        "--read | weights:1,x",
        "--input | one-hot",
        "--input | one-hot:0",
        "--input | one-hot:-3",
        "--input | one-hot:many",
        "--input | index:3",
        "--input | picture",
        "--one-to-many | repeat",
        "--one-to-many | repeat:0",
        "--one-to-many | backwards:3",
        "--activation | fc1",
        "--activation | fc1=",
        "--activation | fc1=swish2",
        "--activation | fc1=relu:1",
        "--activation | fc1=elu:a",
        "--activation | fc1=softplus:0",
        "--activation | fc1=softplus:1:2:3",
        "--nonlinearity | gelu",
        "--activation | fc1=none:1",
        "--layers | emb",
        "--layers | emb=table",
        "--eps | -1",
        "--eps | small",
        "--residual | a,b,c",
        "--residual | a,",
        "--initial-state | lstm",
        "--initial-state | lstm=a,b,c",
        "--read-after | fc",
        "--order | a,,b"
      })
  void refusesWhatItCannotRead(String option, String text) {
    String sentence =
        assertThrows(
                IllegalArgumentException.class, () -> Goldens.importOptions(List.of(option, text)))
            .getMessage();
    assertTrue(sentence.length() > 20 && !sentence.contains("\n"), sentence);
  }

  @Test
  void refusesAModuleNamedTwice() {
    ImportOptions.Builder builder =
        ImportOptions.builder().activation("fc=relu").layers("emb=linear");
    assertThrows(IllegalArgumentException.class, () -> builder.activation("fc=tanh"));
    assertThrows(IllegalArgumentException.class, () -> builder.layers("emb=embedding"));
    builder.initialState("lstm=h,c");
    assertThrows(IllegalArgumentException.class, () -> builder.initialState("lstm=h,c"));
  }

  @Test
  void refusesNothingBesideSomething() {
    ImportOptions.Builder builder = ImportOptions.builder().residual("none").initialState("zeros");
    assertThrows(IllegalArgumentException.class, () -> builder.residual("a"));
    assertThrows(IllegalArgumentException.class, () -> builder.initialState("lstm=h,c"));
    ImportOptions.Builder other = ImportOptions.builder().residual("a").initialState("lstm=h,c");
    assertThrows(IllegalArgumentException.class, () -> other.residual("none"));
    assertThrows(IllegalArgumentException.class, () -> other.initialState("zeros"));
  }

  @ParameterizedTest
  @CsvSource({"all", "final", "attention"})
  void refusesAPlaceForWhatIsReadElsewhere(String read) {
    ImportOptions.Builder builder = ImportOptions.builder().read(read).readAfter("fc");
    assertThrows(IllegalArgumentException.class, builder::build);
    assertEquals(Optional.of("fc"), builder.read("mean").build().readAfter());
  }

  @Test
  void refusesAReadoutOfANetworkThatGivesEveryStep() {
    ImportOptions.Builder builder = ImportOptions.builder().oneToMany("repeat:3").read("last");
    assertThrows(IllegalArgumentException.class, builder::build);
    assertEquals(Optional.of(new ReadOption.All()), builder.read("all").build().read());
  }
}

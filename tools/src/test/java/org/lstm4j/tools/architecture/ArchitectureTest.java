// SPDX-License-Identifier: Apache-2.0
package org.lstm4j.tools.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.lstm4j.tools.architecture.Inference.assertNames;
import static org.lstm4j.tools.architecture.Inference.assumptions;
import static org.lstm4j.tools.architecture.Inference.layers;
import static org.lstm4j.tools.architecture.Inference.refusal;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lstm4j.engine.ActivationFunction;
import org.lstm4j.engine.Layer;
import org.lstm4j.tools.CheckpointBuilder;
import org.lstm4j.tools.DType;

/** From names and shapes to layers. */
class ArchitectureTest {
  private static final Layer.Lstm LSTM = Layer.Lstm.of("lstm", 4, 9);
  private static final Layer.Linear FC = new Layer.Linear("fc", 9, 3, true);

  @Nested
  class ModulesInOrder {
    @Test
    void theFilesOrderCountsWhereItKeepsOne() {
      CheckpointBuilder square =
          CheckpointBuilder.torch().lstm("lstm", 4, 6).linear("zeta", 6, 6).linear("alpha", 6, 6);
      assertEquals(
          List.of("lstm", "zeta", "alpha"),
          layers(square).stream().map(ArchitectureTest::name).toList());
      assertNames(assumptions(square), "lstm,zeta,alpha", "--order");
    }

    @Test
    void anotherOrderIsTakenWhereOnlyThatOneFits() {
      CheckpointBuilder reversed = CheckpointBuilder.torch().linear("fc", 9, 3).lstm("lstm", 4, 9);
      assertEquals(List.of(LSTM, FC), layers(reversed));
      assertNames(assumptions(reversed), "only order", "lstm,fc", "--order");
    }

    @Test
    void sortedNamesNeedAUniqueChain() {
      CheckpointBuilder sorted =
          CheckpointBuilder.safetensors()
              .linear("a", 7, 2)
              .lstm("b", 5, 7)
              .linear("c", 4, 5)
              .lstm("d", 3, 4);
      assertEquals(
          List.of("d", "c", "b", "a"),
          layers(sorted).stream().map(ArchitectureTest::name).toList());
    }

    @Test
    void sortedNamesOfEqualShapesNeedTheUser() {
      CheckpointBuilder square =
          CheckpointBuilder.safetensors().linear("a", 6, 6).linear("b", 6, 6).lstm("l", 4, 6);
      assertNames(refusal(square), "l,a,b", "l,b,a", "--order");
      assertEquals(
          List.of("l", "b", "a"),
          layers(square, "--order", "l,b,a").stream().map(ArchitectureTest::name).toList());
    }

    @Test
    void thousandsOfModulesAreNoRecurrentNetwork() {
      CheckpointBuilder many = CheckpointBuilder.torch().lstm("l", 4, 6);
      for (int i = 0; i < 2000; i++) {
        many.linear("fc" + i, 6, 6);
      }
      assertNames(refusal(many), "2001 modules", "--select");
    }

    @Test
    void manyEqualShapesEndInASentenceToo() {
      CheckpointBuilder many = CheckpointBuilder.safetensors().lstm("l", 4, 6);
      for (int i = 0; i < 30; i++) {
        many.linear("fc" + i, 6, 6);
      }
      many.linear("stranger", 5, 5);
      assertNames(refusal(many), "--order");
    }

    @Test
    void theUsersOrderNamesEveryModuleOnce() {
      CheckpointBuilder two = CheckpointBuilder.torch().lstm("lstm", 4, 9).linear("fc", 9, 3);
      assertNames(refusal(two, "--order", "lstm"), "fc", "--select");
      assertNames(refusal(two, "--order", "lstm,fc,fc"), "'fc'", "twice");
      assertNames(refusal(two, "--order", "lstm,head"), "'head'", "lstm, fc");
      assertNames(refusal(two, "--order", "fc,lstm"), "lstm takes 4 features", "fc", "gives 3");
    }

    @Test
    void modulesThatDoNotFollowOneAnotherAreNamedWithTheirSizes() {
      CheckpointBuilder broken = CheckpointBuilder.torch().lstm("lstm", 4, 9).linear("fc", 8, 3);
      assertNames(refusal(broken), "fc takes 8 features", "lstm before it gives 9");
    }

    @Test
    void twoNetworksSideBySideNeedSelect() {
      CheckpointBuilder two =
          CheckpointBuilder.torch()
              .lstm("actor.lstm", 4, 9)
              .linear("actor.fc", 9, 3)
              .lstm("critic.lstm", 4, 5);
      assertNames(refusal(two), "critic.lstm", "--select actor or --select critic");
      assertEquals(List.of(LSTM, FC), layers(two, "--select", "actor"));
    }
  }

  private static String name(Layer layer) {
    return switch (layer) {
      case Layer.Lstm lstm -> lstm.name();
      case Layer.Linear linear -> linear.name();
      default -> layer.toString();
    };
  }

  @Nested
  class Input {
    @Test
    void aMatrixWithoutBiasThatFitsAsATableIsAnEmbedding() {
      CheckpointBuilder tokens =
          CheckpointBuilder.torch().matrix("emb", 20, 4).lstm("lstm", 4, 9).linear("fc", 9, 3);
      assertEquals(List.of(new Layer.Embedding("emb", 20, 4), LSTM, FC), layers(tokens));
      assertNames(assumptions(tokens), "'emb' is an embedding of 20", "--layers emb=linear");
    }

    @Test
    void aMatrixWithoutBiasThatFitsAsALinearIsOne() {
      CheckpointBuilder vectors = CheckpointBuilder.torch().matrix("in", 4, 20).lstm("lstm", 4, 9);
      assertEquals(List.of(new Layer.Linear("in", 20, 4, false), LSTM), layers(vectors));
      assertNames(assumptions(vectors), "'in' is a linear layer", "--layers in=embedding");
    }

    @Test
    void aSquareMatrixIsAnEmbeddingUnlessTheUserSaysOtherwise() {
      CheckpointBuilder square = CheckpointBuilder.torch().matrix("m", 4, 4).lstm("lstm", 4, 9);
      Layer.Linear linear = new Layer.Linear("m", 4, 4, false);
      assertEquals(List.of(new Layer.Embedding("m", 4, 4), LSTM), layers(square));
      assertEquals(List.of(linear, LSTM), layers(square, "--layers", "m=linear"));
      assertEquals(List.of(linear, LSTM), layers(square, "--input", "vector"));
      assertFalse(assumptions(square, "--layers", "m=embedding").contains("--layers"));
    }

    @Test
    void behindTheFirstPlaceAMatrixIsALinear() {
      CheckpointBuilder head = CheckpointBuilder.torch().lstm("lstm", 4, 9).matrix("fc", 3, 9);
      assertEquals(List.of(LSTM, new Layer.Linear("fc", 9, 3, false)), layers(head));
    }

    @Test
    void anIndexNeedsAnEmbedding() {
      CheckpointBuilder vectors = CheckpointBuilder.torch().lstm("lstm", 4, 9);
      assertNames(refusal(vectors, "--input", "index"), "Embedding");
    }

    @Test
    void oneHotHasTheInputsSize() {
      CheckpointBuilder vectors = CheckpointBuilder.torch().lstm("lstm", 4, 9);
      assertEquals(List.of(new Layer.OneHot(4), LSTM), layers(vectors, "--input", "one-hot:4"));
      assertNames(refusal(vectors, "--input", "one-hot:5"), "4 features", "--input one-hot:4");
    }

    @Test
    void layersIsForModulesThatLeaveAChoice() {
      CheckpointBuilder net = CheckpointBuilder.torch().lstm("lstm", 4, 9).linear("fc", 9, 3);
      assertNames(refusal(net, "--layers", "fc=linear"), "'fc'", "without bias");
      assertNames(refusal(net, "--layers", "emb=linear"), "'emb'", "lstm, fc");
    }
  }

  @Nested
  class ModulesAtTheRoot {
    private final CheckpointBuilder rooted =
        CheckpointBuilder.torch().lstm("", 4, 9).linear("fc", 9, 3);

    @Test
    void areCalledADot() {
      assertEquals(List.of(Layer.Lstm.of("", 4, 9), FC), layers(rooted));
      assertNames(assumptions(rooted), ".,fc");
      assertEquals(layers(rooted), layers(rooted, "--order", ".,fc"));
      assertEquals(3, layers(rooted, "--activation", ".=relu").size());
    }
  }

  @Nested
  class Activations {
    @Test
    void comeAfterTheirModuleAndBeforeTheReadout() {
      CheckpointBuilder net = CheckpointBuilder.torch().lstm("lstm", 4, 9).linear("fc", 9, 3);
      List<Layer> layers =
          layers(net, "--activation", "lstm=relu", "--activation", "fc=tanh", "--read", "max");
      assertEquals(
          List.of("Lstm", "Activation", "MaxOverTime", "Linear", "Activation"),
          layers.stream().map(layer -> layer.getClass().getSimpleName()).toList());
    }

    @Test
    void aModuleThatDoesNotExistIsNamed() {
      CheckpointBuilder net = CheckpointBuilder.torch().lstm("lstm", 4, 9).linear("fc", 9, 3);
      assertNames(refusal(net, "--activation", "fc2=relu"), "'fc2'", "lstm, fc");
    }

    @Test
    void theirAbsenceIsTold() {
      CheckpointBuilder net =
          CheckpointBuilder.torch().lstm("lstm", 4, 9).linear("a", 9, 9).linear("b", 9, 3);
      assertNames(assumptions(net), "no activation function follows a, b", "--activation");
      assertNames(assumptions(net, "--activation", "a=relu"), "follows b");
    }
  }

  @Nested
  class Readouts {
    @Test
    void comeAfterTheLastRecurrentModule() {
      CheckpointBuilder two =
          CheckpointBuilder.torch().lstm("a", 4, 6).lstm("lstm", 6, 9).linear("fc", 9, 3);
      assertEquals(
          List.of(Layer.Lstm.of("a", 4, 6), Layer.Lstm.of("lstm", 6, 9), new Layer.ReadLast(9), FC),
          layers(two, "--read", "last"));
    }

    @Test
    void theFinalStateOfOneDirectionIsTheLastOutput() {
      CheckpointBuilder net = CheckpointBuilder.torch().lstm("lstm", 4, 9);
      assertEquals(List.of(LSTM, new Layer.ReadLast(9)), layers(net, "--read", "final"));
    }

    @Test
    void theLastOutputOfTwoDirectionsIsToldToBeNotTheFinalState() {
      CheckpointBuilder net =
          CheckpointBuilder.torch().layer(new Layer.Lstm("l", 4, 9, 1, true, true, 0, false));
      assertNames(assumptions(net, "--read", "last"), "backward", "--read final");
    }

    @Test
    void allTimeStepsAreReadUnlessTheUserSaysOtherwise() {
      CheckpointBuilder net = CheckpointBuilder.torch().lstm("lstm", 4, 9).linear("fc", 9, 3);
      assertEquals(List.of(LSTM, FC), layers(net));
      assertNames(assumptions(net), "every time step", "--read");
      assertFalse(assumptions(net, "--read", "all").contains("--read"));
      assertFalse(assumptions(net, "--one-to-many", "repeat:3").contains("--read"));
    }
  }

  @Nested
  class Attention {
    private CheckpointBuilder lstm() {
      return CheckpointBuilder.torch().lstm("lstm", 4, 9);
    }

    private Layer.AttentionOverTime dot(String name, boolean bias) {
      return new Layer.AttentionOverTime(9, null, new Layer.Linear(name, 9, 1, bias));
    }

    private Layer.AttentionOverTime additive(String hidden, int size, String score) {
      return new Layer.AttentionOverTime(
          9, new Layer.Linear(hidden, 9, size, true), new Layer.Linear(score, size, 1, false));
    }

    @Test
    void aLinearWithOneOutputScoresByDotProduct() {
      CheckpointBuilder net = lstm().linear("attn", 9, 1).linear("fc", 9, 3);
      assertEquals(List.of(LSTM, dot("attn", true), FC), layers(net, "--read", "attention"));
    }

    static Stream<Arguments> vectorShapes() {
      return Stream.of(
          Arguments.of((Object) new long[] {9}),
          Arguments.of((Object) new long[] {1, 9}),
          Arguments.of((Object) new long[] {9, 1}));
    }

    @ParameterizedTest
    @MethodSource("vectorShapes")
    void aParameterScoresByDotProduct(long[] shape) {
      CheckpointBuilder net = lstm().tensor("attn.v", shape).linear("fc", 9, 3);
      assertEquals(List.of(LSTM, dot("attn.v", false), FC), layers(net, "--read", "attention"));
      assertNames(refusal(net), "attn.v", "--read attention");
    }

    @Test
    void twoLinearsScoreAdditively() {
      CheckpointBuilder net = lstm().linear("w", 9, 6).matrix("v", 1, 6).linear("fc", 9, 3);
      assertEquals(List.of(LSTM, additive("w", 6, "v"), FC), layers(net, "--read", "attention"));
      assertNames(assumptions(net, "--read", "attention"), "'v' . tanh('w' h)", "--order");
    }

    @Test
    void aParameterOfTheModuleStandsBeforeItsLinear() {
      CheckpointBuilder net = lstm().tensor("attn.v", 9).linear("attn.W", 9, 9).linear("fc", 9, 3);
      assertEquals(
          List.of(LSTM, additive("attn.W", 9, "attn.v"), FC), layers(net, "--read", "attention"));
    }

    @Test
    void twoReadingsNeedTheUser() {
      CheckpointBuilder net = lstm().tensor("v", 9).linear("w", 9, 9).linear("fc", 9, 3);
      assertNames(refusal(net, "--read", "attention"), "lstm,v,w,fc", "lstm,w,v,fc", "--order");
      assertEquals(
          List.of(LSTM, additive("w", 9, "v"), FC),
          layers(net, "--read", "attention", "--order", "lstm,w,v,fc"));
      assertEquals(
          List.of(LSTM, dot("v", false), new Layer.Linear("w", 9, 9, true), FC),
          layers(net, "--read", "attention", "--order", "lstm,v,w,fc"));
    }

    @Test
    void sortedNamesFindItToo() {
      CheckpointBuilder sorted =
          CheckpointBuilder.safetensors()
              .linear("attn.W", 9, 6)
              .tensor("attn.v", 6)
              .linear("fc", 9, 3)
              .lstm("lstm", 4, 9);
      assertEquals(
          List.of(LSTM, additive("attn.W", 6, "attn.v"), FC),
          layers(sorted, "--read", "attention"));
    }

    @Test
    void isSuggestedWhereOnlyItFits() {
      assertNames(
          refusal(lstm().linear("attn", 9, 1).linear("fc", 9, 3)),
          "fc takes 9",
          "--read attention");
    }

    @Test
    void withoutAScoreIsRefused() {
      assertNames(refusal(lstm().linear("fc", 9, 3), "--read", "attention"), "attention", "lstm");
      assertNames(refusal(lstm(), "--read", "attention"), "attention", "lstm");
    }

    @Test
    void takesNoActivation() {
      assertNames(
          refusal(lstm().linear("attn", 9, 1), "--read", "attention", "--activation", "attn=tanh"),
          "'attn'",
          "--activation");
    }
  }

  @Nested
  class StateDicts {
    private CheckpointBuilder network(String dict) {
      return CheckpointBuilder.torch().in(dict).lstm("lstm", 4, 9).linear("fc", 9, 3);
    }

    @Test
    void areFoundInNestedDicts() {
      assertEquals(List.of(LSTM, FC), layers(network("trainer.model")));
      assertNames(assumptions(network("trainer.model")), "'trainer.model'", "--select");
    }

    @Test
    void scalarsAndIntegersBesideThemAreNoWeightsAndAreTold() {
      CheckpointBuilder beside =
          network("model").in("").tensor("best_loss").tensor("rng_state", DType.UINT8, 5056);
      assertEquals(List.of(LSTM, FC), layers(beside));
      assertNames(assumptions(beside), "best_loss, rng_state", "--select");
    }

    @Test
    void largerTensorsBesideThemNeedTheUser() {
      CheckpointBuilder parts = network("encoder").in("decoder").linear("fc", 3, 2);
      assertNames(refusal(parts), "encoder", "decoder.fc.weight", "--select");
      assertEquals(List.of(LSTM, FC), layers(parts, "--select", "encoder"));
    }

    @Test
    void twoNetworksNeedTheUser() {
      CheckpointBuilder two = network("model").in("ema").lstm("lstm", 4, 9).linear("fc", 9, 3);
      assertNames(refusal(two), "model", "ema", "--select");
      assertEquals(List.of(LSTM, FC), layers(two, "--select", "ema"));
    }

    @Test
    void lieBelowModulesOfADict() {
      CheckpointBuilder nested =
          CheckpointBuilder.torch().in("state_dict").lstm("net.lstm", 4, 9).linear("net.fc", 9, 3);
      assertEquals(List.of(LSTM, FC), layers(nested, "--select", "net"));
      assertEquals(List.of(LSTM, FC), layers(nested, "--select", "state_dict.net"));
      assertNames(refusal(nested, "--select", "encoder"), "'encoder'", "net", "state_dict");
    }

    @Test
    void wrappersPrefixesAreLeftOut() {
      CheckpointBuilder wrapped =
          CheckpointBuilder.torch()
              .lstm("_orig_mod.module.lstm", 4, 9)
              .linear("_orig_mod.module.fc", 9, 3);
      assertEquals(List.of(LSTM, FC), layers(wrapped));
      assertNames(assumptions(wrapped), "'_orig_mod.'", "'module.'");
    }

    @Test
    void wrappersPrefixesDoNotHideModules() {
      CheckpointBuilder wrapped =
          CheckpointBuilder.torch().lstm("module.a.lstm", 4, 9).lstm("module.b.lstm", 4, 5);
      assertEquals(List.of(LSTM), layers(wrapped, "--select", "a"));
      assertEquals(List.of(LSTM), layers(wrapped, "--select", "module.a"));
    }

    @Test
    void namesThatCollideAreRefused() {
      CheckpointBuilder collision =
          CheckpointBuilder.torch().in("a").tensor("b.c", 2).in("a.b").tensor("c", 2);
      assertNames(refusal(collision.in("a").lstm("l", 4, 9), "--select", "a"), "b.c", "two");
    }

    @Test
    void withoutARecurrentLayerAreRefused() {
      assertNames(
          refusal(CheckpointBuilder.torch().linear("fc", 9, 3)),
          "no LSTM, GRU or RNN",
          "fc.weight");
      assertNames(refusal(CheckpointBuilder.torch()), "no tensors", "state_dict()");
      assertNames(refusal(network("").linear("x.y", 2, 2), "--select", "x"), "no LSTM", "--select");
    }
  }

  @Nested
  class Tensors {
    static Stream<Layer.Recurrent> deep() {
      ActivationFunction tanh = new ActivationFunction.Tanh();
      return Stream.of(
          new Layer.Lstm("l", 4, 9, 3, true, true, 2, false),
          new Layer.Gru("l", 4, 9, 3, true, true, false),
          new Layer.Rnn("l", 4, 9, 3, true, true, false, tanh));
    }

    static Stream<Layer.Recurrent> everyKind() {
      ActivationFunction tanh = new ActivationFunction.Tanh();
      return Stream.concat(
          deep(),
          Stream.of(
              new Layer.Lstm("", 1, 1, 1, false, false, 0, false),
              new Layer.Lstm("a.b", 3, 5, 2, true, false, 4, false),
              // As many rows as a GRU of the projected size, and as an RNN.
              new Layer.Lstm("l", 3, 6, 1, true, false, 5, false),
              new Layer.Lstm("l", 3, 3, 1, true, false, 1, false),
              new Layer.Lstm("cell", 3, 5, 1, false, false, 0, true),
              new Layer.Gru("", 1, 1, 1, false, false, false),
              new Layer.Gru("a.b", 12, 4, 2, false, true, false),
              new Layer.Gru("cell", 3, 5, 1, true, false, true),
              new Layer.Rnn("", 1, 1, 1, false, false, false, tanh),
              new Layer.Rnn("a.b", 4, 12, 2, true, false, false, tanh),
              new Layer.Rnn("cell", 3, 5, 1, false, false, true, tanh)));
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void ofEveryKindAreUnderstood(Layer.Recurrent layer) {
      assertEquals(List.of(layer), layers(CheckpointBuilder.torch().layer(layer)));
    }

    @ParameterizedTest
    @MethodSource("deep")
    void thatAreMissingAreNamed(Layer.Recurrent deep) {
      for (var parameter : deep.parameters()) {
        CheckpointBuilder incomplete =
            CheckpointBuilder.torch().layer(deep).without(parameter.name());
        assertNames(refusal(incomplete), parameter.name());
      }
    }

    @ParameterizedTest
    @MethodSource("deep")
    void ofOtherShapesAreNamed(Layer.Recurrent deep) {
      for (var parameter : deep.parameters()) {
        long[] shape = parameter.shapeArray();
        shape[0]++;
        CheckpointBuilder wrong =
            CheckpointBuilder.torch()
                .layer(deep)
                .without(parameter.name())
                .tensor(parameter.name(), shape);
        String layerAndDirection = parameter.name().substring(parameter.name().indexOf("_l"));
        assertNames(refusal(wrong), layerAndDirection);
      }
    }

    @Test
    void ofNoKindAreNamed() {
      assertNames(
          refusal(
              CheckpointBuilder.torch()
                  .tensor("g.weight_ih_l0", 18, 4)
                  .tensor("g.weight_hh_l0", 18, 9)),
          "LSTM",
          "GRU",
          "RNN",
          "g.weight_hh_l0 [18, 9]");
    }

    @Test
    void doNotSayWhatAnRnnApplies() {
      CheckpointBuilder rnn =
          CheckpointBuilder.torch().layer(Layer.Rnn.of("rnn", 4, 9)).linear("fc", 9, 3);
      ActivationFunction relu = new ActivationFunction.Relu();
      assertNames(assumptions(rnn), "'rnn'", "tanh", "--nonlinearity");
      assertEquals(
          List.of(new Layer.Rnn("rnn", 4, 9, 1, true, false, false, relu), FC),
          layers(rnn, "--nonlinearity", "relu"));
      assertFalse(assumptions(rnn, "--nonlinearity", "tanh").contains("--nonlinearity"));
    }

    @Test
    void ofAnLstmLeaveNoChoiceOfNonlinearity() {
      CheckpointBuilder lstm = CheckpointBuilder.torch().lstm("lstm", 4, 9);
      assertNames(refusal(lstm, "--nonlinearity", "relu"), "RNN", "--nonlinearity");
    }

    @Test
    void ofSeveralKindsMakeOneNetwork() {
      Layer.Gru gru = Layer.Gru.of("gru", 3, 4);
      assertEquals(
          List.of(gru, LSTM, new Layer.ReadLast(9), FC),
          layers(
              CheckpointBuilder.torch().layer(gru).lstm("lstm", 4, 9).linear("fc", 9, 3),
              "--read",
              "last"));
    }

    @Test
    void ofUnknownModulesAreNamed() {
      CheckpointBuilder strange =
          CheckpointBuilder.torch().lstm("lstm", 4, 9).tensor("act.weight", 9).linear("fc", 9, 3);
      assertNames(refusal(strange), "act.weight [9]", "--select");
    }

    @Test
    void ofIntegersAreNoWeights() {
      CheckpointBuilder integers =
          CheckpointBuilder.torch().lstm("lstm", 4, 9).tensor("fc.weight", DType.INT8, 3, 9);
      assertNames(refusal(integers), "fc.weight [3, 9]", "int8");
    }
  }
}

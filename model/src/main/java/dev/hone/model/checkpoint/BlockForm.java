package dev.hone.model.checkpoint;

import dev.hone.tensor.Glu;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/// What tells the decoders of the families apart: numbers and switches on blocks that all share.
///
/// @param family its name, as `model_type` in `config.json`
/// @param inputBias whether q, k and v projections have a bias; `outputBias` whether o has
/// @param mlpBias whether gate, up and down projections have a bias
/// @param norms where a block normalises its residual stream
/// @param headNorm how queries and keys are normalised before they are rotated
/// @param normOffset added to every norm's weight
/// @param glu the MLP's gate
/// @param embeddingScale factor of the embedding
/// @param residualScale factor of what a block's halves add to the residual stream
/// @param scoreScale factor of `q·k`
/// @param scoreCap attention scores become `cap · tanh(score / cap)`; 0 for none
/// @param logitScale factor of the logits
/// @param logitCap as `scoreCap`, for the logits, after their factor
/// @param rotaryDim how many of a head's elements are rotated; even
/// @param localRopeTheta base of the rotary frequencies of layers that rotate locally
/// @param isFused whether checkpoints keep q, k and v in one matrix, and gate and up in another
/// @param layers one per layer, from the bottom
public record BlockForm(
    String family,
    boolean inputBias,
    boolean outputBias,
    boolean mlpBias,
    Norms norms,
    HeadNorm headNorm,
    float normOffset,
    Glu glu,
    float embeddingScale,
    float residualScale,
    float scoreScale,
    float scoreCap,
    float logitScale,
    float logitCap,
    int rotaryDim,
    double localRopeTheta,
    boolean isFused,
    List<Layer> layers) {

  /// Where a block normalises its residual stream, by the names that checkpoints give the weights.
  public enum Norms {
    /// Before attention and before the MLP (Llama).
    BEFORE("input_layernorm", null, "post_attention_layernorm", null),

    /// What attention and MLP give (OLMo 2).
    AFTER(null, "post_attention_layernorm", null, "post_feedforward_layernorm"),

    /// Both (Gemma 2).
    AROUND(
        "input_layernorm",
        "post_attention_layernorm",
        "pre_feedforward_layernorm",
        "post_feedforward_layernorm");

    private final String beforeAttention;
    private final String afterAttention;
    private final String beforeMlp;
    private final String afterMlp;

    Norms(String beforeAttention, String afterAttention, String beforeMlp, String afterMlp) {
      this.beforeAttention = beforeAttention;
      this.afterAttention = afterAttention;
      this.beforeMlp = beforeMlp;
      this.afterMlp = afterMlp;
    }

    /// Null where there is none; the others likewise.
    public String beforeAttention() {
      return beforeAttention;
    }

    public String afterAttention() {
      return afterAttention;
    }

    public String beforeMlp() {
      return beforeMlp;
    }

    public String afterMlp() {
      return afterMlp;
    }
  }

  /// How queries and keys are normalised.
  public enum HeadNorm {
    NONE,
    /// Each head by itself, with one weight for all (Qwen 3).
    EACH,
    /// All heads together (OLMo 2).
    ALL
  }

  /// How a layer's queries and keys are rotated.
  public enum Rotation {
    NONE,
    /// As `rope_theta` and its scaling say.
    GLOBAL,
    /// By a base of its own, without scaling.
    LOCAL
  }

  /// What layers differ in.
  ///
  /// @param window keys that a query sees at most, its own included, the nearest; 0 for all
  public record Layer(int window, Rotation rotation) {
    static final Layer PLAIN = new Layer(0, Rotation.GLOBAL);
  }

  public BlockForm {
    layers = List.copyOf(layers);
  }

  /// Llama's.
  public static BlockForm llama(
      int numLayers, int headDim, boolean attentionBias, boolean mlpBias) {
    var draft = new Draft("llama", numLayers, headDim);
    draft.inputBias = attentionBias;
    draft.outputBias = attentionBias;
    draft.mlpBias = mlpBias;
    return draft.done();
  }

  public Layer layer(int l) {
    return layers.get(l);
  }

  /// Whether what a block's halves give is changed before it is added to the residual stream.
  public boolean changesBranches() {
    return norms != Norms.BEFORE || residualScale != 1;
  }

  /// A form in the making: Llama's, until a family says otherwise.
  static final class Draft {
    final String family;
    boolean inputBias;
    boolean outputBias;
    boolean mlpBias;
    Norms norms = Norms.BEFORE;
    HeadNorm headNorm = HeadNorm.NONE;
    float normOffset;
    Glu glu = Glu.SWIGLU;
    float embeddingScale = 1;
    float residualScale = 1;
    float scoreScale;
    float scoreCap;
    float logitScale = 1;
    float logitCap;
    int rotaryDim;
    double localRopeTheta = 10_000;
    boolean isFused;
    List<Layer> layers;

    Draft(String family, int numLayers, int headDim) {
      this.family = family;
      scoreScale = (float) (1 / Math.sqrt(headDim));
      rotaryDim = headDim;
      layers = Collections.nCopies(numLayers, Layer.PLAIN);
    }

    /// @param change from a layer's number and form so far
    void changeLayers(BiFunction<Integer, Layer, Layer> change) {
      layers =
          IntStream.range(0, layers.size()).mapToObj(l -> change.apply(l, layers.get(l))).toList();
    }

    BlockForm done() {
      return new BlockForm(
          family,
          inputBias,
          outputBias,
          mlpBias,
          norms,
          headNorm,
          normOffset,
          glu,
          embeddingScale,
          residualScale,
          scoreScale,
          scoreCap,
          logitScale,
          logitCap,
          rotaryDim,
          localRopeTheta,
          isFused,
          layers);
    }
  }
}

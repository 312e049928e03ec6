package dev.hone.model.decoder;

import static dev.hone.tensor.Stopwatch.Operation.HEAD;
import static dev.hone.tensor.Stopwatch.Operation.LOSS;
import static dev.hone.tensor.Stopwatch.Operation.NORM;
import static dev.hone.tensor.Stopwatch.Operation.WEIGHT_GRADIENT;

import dev.hone.model.checkpoint.BlockForm;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.BaseLinear;
import dev.hone.tensor.CrossEntropy;
import dev.hone.tensor.CrossEntropy.Score;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.RmsNorm;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.TokenRows;

/// What makes logits of the residual stream, and takes their gradient back to it.
///
/// It takes a chunk of rows at a time, and each chunk's logits become their own gradient in place:
/// the full logits never exist.
final class Head {
  private final ModelConfig config;
  private final BlockForm form;
  private final DecoderTensors<Matrix> weights;
  private final RmsNorm norm;
  private final TokenRows rows;

  /// @param rows of tokens that an adapter has its own version of
  Head(ModelConfig config, DecoderTensors<Matrix> weights, RmsNorm norm, TokenRows rows) {
    this.config = config;
    this.form = config.form();
    this.weights = weights;
    this.norm = norm;
    this.rows = rows;
  }

  TokenRows rows() {
    return rows;
  }

  /// What the product with the head's matrix sees: the residual stream, normalised and scaled as
  /// the logits are.
  void norm(Tensor x, int n, Tensor h, Tensor r) {
    norm.forward(x, n, weights.norm(), h, r);
    Elementwise.scale(h, n, form.logitScale());
  }

  void cap(Tensor logits, int n) {
    if (form.logitCap() > 0) {
      Elementwise.softCap(logits, n, form.logitCap());
    }
  }

  /// The logits of the first `n` rows that were chosen, all at once.
  ///
  /// @param logits `(T, V)`, overwritten
  void logits(Workspace ws, int n, Tensor logits) {
    var h = ws.head.h();
    norm(ws.output, n, h, ws.head.r());
    BaseLinear.forward(h, n, weights.head(), 0f, ws.base(), logits);
    for (int t = 0; t < n; t++) {
      rows.logits(h.rows(t, t + 1), 1, ws.head.ofTokens(), logits.rows(t, t + 1));
    }
    cap(logits, n);
  }

  /// Scores the targets, chunk by chunk; with gradients wanted, also starts `dx`.
  ///
  /// @param g null to score only
  Score score(Workspace ws, DecoderTensors<Tensor> g) {
    var head = ws.head;
    int n = ws.numChosen();
    norm(ws.output, n, head.h(), head.r());
    ws.time.lap(NORM);
    var score = Score.NONE;
    int chunk = Math.toIntExact(head.logits().rows());
    for (int from = 0; from < n; from += chunk) {
      score = score.plus(chunk(ws, from, Math.min(chunk, n - from), g));
    }
    if (g != null) {
      backward(ws, n, g);
    }
    return score;
  }

  private Score chunk(Workspace ws, int from, int n, DecoderTensors<Tensor> g) {
    var head = ws.head;
    var h = head.h().rows(from, from + n);
    BaseLinear.forward(h, n, weights.head(), 0f, ws.base(), head.logits());
    rows.logits(h, n, head.ofTokens(), head.logits());
    ws.time.lap(HEAD, n, config.hiddenSize(), config.vocabSize());
    cap(head.logits(), n);
    boolean isCapped = form.logitCap() > 0 && g != null;
    if (isCapped) {
      head.capped().copyFrom(head.logits(), n);
    }
    var score =
        CrossEntropy.forward(head.logits(), n, head.targets(), head.weights(), from, g != null);
    if (isCapped) {
      Elementwise.softCapBackward(head.capped(), n, form.logitCap(), head.logits());
    }
    ws.time.lap(LOSS);
    if (g != null) {
      chunkBackward(ws, h, n, head.dh().rows(from, from + n), g);
    }
    return score;
  }

  /// @param dh `(n, C)`, overwritten
  private void chunkBackward(Workspace ws, Tensor h, int n, Tensor dh, DecoderTensors<Tensor> g) {
    var dLogits = ws.head.logits();
    var ofTokens = ws.head.ofTokens();
    rows.takeGradients(dLogits, n, ofTokens);
    BaseLinear.backwardLogits(dLogits, n, weights.head(), ws.base(), dh);
    rows.backward(ofTokens, n, dh);
    ws.time.lap(HEAD, n, config.hiddenSize(), config.vocabSize());
    if (g.outputRows() != null) {
      Linear.backwardWeight(h, n, ofTokens, 1f, g.outputRows());
    }
    if (g.head() != null) {
      Linear.backwardWeight(h, n, dLogits, 1f, g.head());
      ws.time.lap(WEIGHT_GRADIENT, n, config.hiddenSize(), config.vocabSize());
    }
  }

  private void backward(Workspace ws, int n, DecoderTensors<Tensor> g) {
    var head = ws.head;
    Elementwise.scale(head.dh(), n, form.logitScale());
    if (g.norm() != null) {
      RmsNorm.backwardWeight(ws.output, n, head.r(), head.dh(), g.norm());
    }
    ws.gradients.dx().clear(n);
    norm.backward(ws.output, n, weights.norm(), head.r(), head.dh(), ws.gradients.dx());
    ws.time.lap(NORM);
  }
}

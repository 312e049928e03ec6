package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// The inner loops around the matrix products, each over one contiguous run of floats.
///
/// They come in twos: [ScalarKernels] is the definition, obvious and summed in double;
/// [VectorKernels] does the same with the Vector API. Offsets are in bytes, counts in elements;
/// operations check bounds before they come here.
sealed interface Kernels permits ScalarKernels, VectorKernels {
  /// The vector kernels where the module is there, else the scalar ones.
  Kernels BEST =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
          ? new VectorKernels()
          : new ScalarKernels();

  /// `2·√(2/π)`, and the factor of the cube, in GELU's approximation.
  double GELU_SCALE = 2 * Math.sqrt(2 / Math.PI);

  double GELU_CUBIC = 0.044715;

  /// A name for fingerprints, such as `vector-512`.
  String name();

  /// `dst += src`
  void add(MemorySegment dst, long dstAt, MemorySegment src, long srcAt, int n);

  /// `x = 0`
  void clear(MemorySegment x, long xAt, int n);

  /// `x *= factor`
  void scale(MemorySegment x, long xAt, int n, float factor);

  /// `y = x · w`, element by element.
  void multiply(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int n);

  /// `y += x · w`, element by element.
  void multiplyAdd(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int n);

  /// `Σ x²`
  default double sumOfSquares(MemorySegment x, long xAt, int n) {
    return dot(x, xAt, x, xAt, n);
  }

  /// `Σ x·y`
  float dot(MemorySegment x, long xAt, MemorySegment y, long yAt, int n);

  /// `y = x · r · (w + offset)` with `r = 1 / √(mean(x²) + eps)`; returns `r`. (Zhang & Sennrich
  /// 2019, arXiv 1910.07467)
  ///
  /// @param norm has `offset` and `eps`
  float rmsNorm(
      MemorySegment x, long xAt, MemorySegment w, RmsNorm norm, int n, MemorySegment y, long yAt);

  /// The input's gradient of [#rmsNorm], added: `dx += r·(dy·w') − x·r³/n·Σ(dy·w'·x)`, `w' = w +
  /// offset`.
  void rmsNormBackward(
      MemorySegment x,
      long xAt,
      MemorySegment w,
      float offset,
      float r,
      MemorySegment dy,
      long dyAt,
      int n,
      MemorySegment dx,
      long dxAt);

  /// The weight's gradient of [#rmsNorm], added: `dw += dy·x·r`.
  void rmsNormBackwardWeight(
      MemorySegment x, long xAt, float r, MemorySegment dy, long dyAt, int n, MemorySegment dw);

  /// Rotates one head in place, its first half against its second: `(a, b) → (a·cos − b·sin, b·cos
  /// + a·sin)`.
  ///
  /// @param half half the head's dimension
  /// @param direction 1 forward, -1 backward (a rotation's transpose is its inverse)
  void rotate(
      MemorySegment x,
      long xAt,
      MemorySegment cos,
      MemorySegment sin,
      long tableAt,
      int half,
      float direction);

  /// `y = silu(gate) · up`
  void swiGlu(MemorySegment gate, MemorySegment up, MemorySegment y, long at, int n);

  /// Gradients of [#swiGlu], written over its inputs: `gate ← dgate`, `up ← dup`.
  void swiGluBackward(MemorySegment gate, MemorySegment up, MemorySegment dy, long at, int n);

  /// `y = gelu(gate) · up`, with the tangent's approximation of GELU. (Hendrycks & Gimpel 2016,
  /// arXiv 1606.08415)
  void geGlu(MemorySegment gate, MemorySegment up, MemorySegment y, long at, int n);

  /// Gradients of [#geGlu], written over its inputs: `gate ← dgate`, `up ← dup`.
  void geGluBackward(MemorySegment gate, MemorySegment up, MemorySegment dy, long at, int n);

  /// `x ← cap · tanh(x / cap)`. (Gemma Team 2024, arXiv 2408.00118)
  void softCap(MemorySegment x, long xAt, int n, float cap);

  /// The gradient of [#softCap] in place: `dx ← dx · (1 − (y / cap)²)`.
  ///
  /// @param y what [#softCap] gave
  void softCapBackward(MemorySegment y, long yAt, MemorySegment dx, long dxAt, int n, float cap);

  /// One query's attention weights in place: `x ← softmax(x)` over the keys that it sees, 0 for the
  /// others; returns `log Σ exp(x)`.
  ///
  /// @param visible how many keys it sees, at least 1
  /// @param n all keys of its row
  float attentionWeights(MemorySegment x, long xAt, int visible, int n);

  /// One query's weights again, and its scores' gradient from that of the weights: `s ← p = exp(s −
  /// lse)` and `dp ← p · (dp − delta)` over the keys that it sees, 0 for the others. (Dao et al.
  /// 2022, algorithm 4)
  ///
  /// @param lse what [#attentionWeights] returned
  /// @param delta `Σ p·dp`
  void attentionBackward(
      MemorySegment s,
      long sAt,
      MemorySegment dp,
      long dpAt,
      int visible,
      int n,
      float lse,
      float delta);

  /// `to[r] = factor · from[r]` for rows of `n` elements, each a stride in bytes behind the last.
  void copyRows(
      MemorySegment from,
      long fromAt,
      long fromStride,
      MemorySegment to,
      long toAt,
      long toStride,
      int rows,
      int n,
      float factor);

  /// `y[c] += Σᵢ x[i]·p[i, c]` for `n` outputs. The matrix lies in panels of 16 outputs, the last
  /// one filled up: an output's bits don't depend on the others asked for.
  ///
  /// @param k terms of a sum
  /// @param rowStride bytes from term to term of a panel, `panelStride` from panel to panel
  void panels(
      MemorySegment x,
      long xAt,
      int k,
      MemorySegment p,
      long pAt,
      long rowStride,
      long panelStride,
      MemorySegment y,
      long yAt,
      int n);

  /// `log Σ exp(x)`
  double logSumExp(MemorySegment x, long xAt, int n);

  /// `x ← exp(x − lse)` in place: the softmax, from what [#logSumExp] returned.
  void softmaxOf(MemorySegment x, long xAt, int n, float lse);

  /// Index of the largest element, the first of equals.
  int argMax(MemorySegment x, long xAt, int n);

  /// One AdamW step over `n` elements at the same offset of all four.
  void adamW(
      MemorySegment param,
      MemorySegment grad,
      MemorySegment m,
      MemorySegment v,
      long at,
      int n,
      AdamW.Step step);
}

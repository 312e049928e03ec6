package dev.hone.tune.run;

import dev.hone.tensor.Allocator;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The start of an adapter in the principal singular directions of its weight: `W ≈ Σᵢ σᵢ·uᵢ·vᵢᵀ`
/// over the `r` largest, with `aᵢ = √(σᵢ/scale)·vᵢ` and `bᵢ = √(σᵢ/scale)·uᵢ`. (PiSSA: Meng et al.
/// 2024, arXiv 2404.02948)
///
/// The directions come from random ones by power iterations (Halko et al. 2011, arXiv 0909.4061,
/// algorithms 4.4 and 5.1). However close they are, `W − scale·B·A` is what is left to the base, so
/// that nothing changes at the start.
final class PrincipalStart {
  /// Directions that are looked for beyond those that are wanted.
  private static final int SPARE = 8;

  private static final int MOST_SWEEPS = 60;

  private PrincipalStart() {}

  /// @param w `(out, in)`
  /// @param iterations powers of `W·Wᵀ` that are taken
  /// @param a `(r, in)`, overwritten
  /// @param b `(out, r)`, overwritten
  /// @param memory for scratch
  static void of(
      Tensor w, float scale, int iterations, long seed, Tensor a, Tensor b, Allocator memory) {
    int rank = Math.toIntExact(a.rows());
    int out = Math.toIntExact(w.rows());
    int k = Math.min(rank + SPARE, Math.min(out, w.cols()));
    if (rank > k) {
      throw new IllegalArgumentException("rank %d of a weight of %s".formatted(rank, w.shape()));
    }
    var inputs = memory.f32("scratch", k, w.cols());
    var outputs = memory.f32("scratch", k, out);
    fill(inputs, seed);
    for (int i = 0; i <= iterations; i++) {
      Linear.forward(inputs, k, w, 1f, 0f, outputs);
      orthonormalise(outputs);
      Linear.backward(outputs, k, w, 1f, 0f, inputs);
      if (i < iterations) {
        orthonormalise(inputs);
      }
    }
    factors(inputs, outputs, scale, a, b);
  }

  private static void fill(Tensor x, long seed) {
    var random = new SplittableRandom(seed);
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.cols(); c++) {
        x.set(r, c, (float) random.nextGaussian());
      }
    }
  }

  /// Makes the rows orthonormal, one after the other; each twice, since once leaves the rounding of
  /// what was taken away. A row of nothing stays one.
  private static void orthonormalise(Tensor x) {
    for (int i = 0; i < x.rows(); i++) {
      double before = Math.sqrt(dot(x, i, i));
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          add(x, i, -dot(x, i, j), j);
        }
      }
      double length = Math.sqrt(dot(x, i, i));
      scale(x, i, length <= 1e-6 * before ? 0 : 1 / length);
    }
  }

  private static double dot(Tensor x, int i, int j) {
    double sum = 0;
    for (int c = 0; c < x.cols(); c++) {
      sum += (double) x.get(i, c) * x.get(j, c);
    }
    return sum;
  }

  private static void add(Tensor x, int i, double factor, int j) {
    for (int c = 0; c < x.cols(); c++) {
      x.set(i, c, (float) (x.get(i, c) + factor * x.get(j, c)));
    }
  }

  private static void scale(Tensor x, int i, double factor) {
    for (int c = 0; c < x.cols(); c++) {
      x.set(i, c, (float) (x.get(i, c) * factor));
    }
  }

  /// From `W ≈ outputsᵀ·inputs` with orthonormal rows of `outputs`: `inputs·inputsᵀ = U·Σ²·Uᵀ` has
  /// the singular values, and turns both sides into singular vectors.
  private static void factors(Tensor inputs, Tensor outputs, float scale, Tensor a, Tensor b) {
    int k = Math.toIntExact(inputs.rows());
    var squares = new double[k][k];
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < k; j++) {
        squares[i][j] = dot(inputs, i, j);
      }
    }
    var u = eigenvectors(squares);
    var order =
        IntStream.range(0, k)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -squares[i][i]))
            .toList();
    for (int i = 0; i < a.rows(); i++) {
      int at = order.get(i);
      double sigma = Math.sqrt(Math.max(0, squares[at][at]));
      double root = Math.sqrt(sigma / scale);
      for (int c = 0; c < a.cols(); c++) {
        a.set(i, c, sigma == 0 ? 0 : (float) (root / sigma * mixed(inputs, u, at, c)));
      }
      for (int o = 0; o < b.rows(); o++) {
        b.set(o, i, (float) (root * mixed(outputs, u, at, o)));
      }
    }
  }

  /// Column `c` of the rows of `x`, mixed by an eigenvector.
  private static double mixed(Tensor x, double[][] u, int vector, int c) {
    double sum = 0;
    for (int i = 0; i < u.length; i++) {
      sum += u[i][vector] * x.get(i, c);
    }
    return sum;
  }

  /// Jacobi's rotations: leaves the eigenvalues on the diagonal of a symmetric matrix.
  ///
  /// @return the eigenvectors, in columns
  private static double[][] eigenvectors(double[][] m) {
    int k = m.length;
    var u = new double[k][k];
    for (int i = 0; i < k; i++) {
      u[i][i] = 1;
    }
    double total = Arrays.stream(m).flatMapToDouble(Arrays::stream).map(x -> x * x).sum();
    for (int sweep = 0; sweep < MOST_SWEEPS && besideDiagonal(m) > 1e-28 * total; sweep++) {
      for (int p = 0; p < k; p++) {
        for (int q = p + 1; q < k; q++) {
          rotate(m, u, p, q);
        }
      }
    }
    return u;
  }

  private static double besideDiagonal(double[][] m) {
    double sum = 0;
    for (int i = 0; i < m.length; i++) {
      for (int j = 0; j < i; j++) {
        sum += 2 * m[i][j] * m[i][j];
      }
    }
    return sum;
  }

  /// Turns rows and columns `p` and `q` so that `m[p][q]` is zero.
  private static void rotate(double[][] m, double[][] u, int p, int q) {
    if (m[p][q] == 0) {
      return;
    }
    double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
    double cos = 1 / Math.hypot(t, 1);
    double sin = t * cos;
    for (var row : m) {
      turn(row, p, q, cos, sin);
    }
    for (int c = 0; c < m.length; c++) {
      double x = m[p][c];
      m[p][c] = cos * x - sin * m[q][c];
      m[q][c] = sin * x + cos * m[q][c];
    }
    for (var row : u) {
      turn(row, p, q, cos, sin);
    }
  }

  private static void turn(double[] row, int p, int q, double cos, double sin) {
    double x = row[p];
    row[p] = cos * x - sin * row[q];
    row[q] = sin * x + cos * row[q];
  }
}

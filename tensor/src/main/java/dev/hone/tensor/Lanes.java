package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// What [VectorKernels] share: steps on one vector, which live in registers only.
///
/// They stand apart so that the compiler can be told: these into their callers, and a kernel never
/// into its own (`-XX:CompileCommand`, in the launcher and the build). It stops inlining our own
/// methods, though not the JDK's, in a method that has grown large, and then boxes every vector
/// that goes through one: so kernels load and store with the JDK's methods directly.
final class Lanes {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();
  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /// Each brings the upper half of what is left down to the lower one. Constants, not a list to
  /// loop over: the compiler boxed the vector once per turn.
  private static final VectorShuffle<Float> BY_8 = by(8);

  private static final VectorShuffle<Float> BY_4 = by(4);
  private static final VectorShuffle<Float> BY_2 = by(2);
  private static final VectorShuffle<Float> BY_1 = by(1);

  private static VectorShuffle<Float> by(int width) {
    return VectorShuffle.iota(SPECIES, width % LANES, 1, true);
  }

  /// All of memory, for accesses by address: where the compiler sees that an address is below 2⁶²
  /// and an index not negative, it leaves no check. Else it computes before each loop how far every
  /// access may go, some 300 instructions beside the 36 loads of a short row, and the next rows are
  /// fetched that much later. Operands must be checked before, and stay.
  @SuppressWarnings("restricted")
  static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /// `& ADDRESS` tells the compiler that an address is neither negative nor near the largest
  /// number.
  static final long ADDRESS = Long.MAX_VALUE >>> 1;

  /// `& INDEX` tells it that an index isn't negative.
  static final int INDEX = Integer.MAX_VALUE;

  private Lanes() {}

  /// Where `at` bytes into a segment are.
  static long address(MemorySegment x, long at) {
    if (!x.isNative()) {
      throw new IllegalArgumentException("this is computed outside the heap");
    }
    return x.address() + at & ADDRESS;
  }

  static float f16(long address) {
    return Float.float16ToFloat(MEMORY.get(JAVA_SHORT_UNALIGNED, address));
  }

  static float f32(long address) {
    return MEMORY.get(JAVA_FLOAT_UNALIGNED, address);
  }

  /// The sum of all lanes, halves upon halves. `reduceLanes` leaves its order open and takes
  /// another one once the compiler has been there: a run's bits would depend on when that was.
  static float sum(FloatVector v) {
    var a = LANES > 8 ? v.add(v.rearrange(BY_8)) : v;
    var b = LANES > 4 ? a.add(a.rearrange(BY_4)) : a;
    var c = LANES > 2 ? b.add(b.rearrange(BY_2)) : b;
    return c.add(c.rearrange(BY_1)).lane(0);
  }

  /// `eˣ` to about 1 ulp: `x = n·ln 2 + r`, a polynomial for `eʳ` and `n` added to the exponent.
  /// (Cephes, `expf`.)
  ///
  /// Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low mantissa bits, from
  /// where one shift brings it to the exponent's place.
  static FloatVector exp(FloatVector input) {
    var x = input.blend(-87.3f, input.compare(VectorOperators.LT, -87.3f));
    x = x.blend(88.3f, x.compare(VectorOperators.GT, 88.3f));
    var shifted = x.fma(x.broadcast(1.44269504f), x.broadcast(12582912f));
    var n = shifted.sub(12582912f);
    var r = n.fma(n.broadcast(-0.693359375f), x);
    r = n.fma(n.broadcast(2.12194440e-4f), r);
    var p = r.broadcast(1.9875691500e-4f);
    p = p.fma(r, r.broadcast(1.3981999507e-3f));
    p = p.fma(r, r.broadcast(8.3334519073e-3f));
    p = p.fma(r, r.broadcast(4.1665795894e-2f));
    p = p.fma(r, r.broadcast(1.6666665459e-1f));
    p = p.fma(r, r.broadcast(5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1f);
    var power =
        shifted
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, 23)
            .add(0x3F800000)
            .reinterpretAsFloats();
    return p.mul(power);
  }

  /// `tanh(x)` to a few ulp: a polynomial near zero, from [#exp] elsewhere. (Cephes, `tanhf`.) The
  /// JDK's own takes another way once it is compiled.
  static FloatVector tanh(FloatVector x) {
    var size = x.abs();
    var far = size.broadcast(1f).sub(size.broadcast(2f).div(exp(size.add(size)).add(1f)));
    far = far.blend(far.neg(), x.compare(VectorOperators.LT, 0f));
    var z = x.mul(x);
    var p = z.broadcast(-5.70498872745e-3f);
    p = p.fma(z, z.broadcast(2.06390887954e-2f));
    p = p.fma(z, z.broadcast(-5.37397155531e-2f));
    p = p.fma(z, z.broadcast(1.33314422036e-1f));
    p = p.fma(z, z.broadcast(-3.33332819422e-1f));
    var near = p.mul(z).fma(x, x);
    return far.blend(near, size.compare(VectorOperators.LT, 0.625f));
  }

  static FloatVector sigmoid(FloatVector g) {
    return g.broadcast(1f).div(exp(g.neg()).add(1f));
  }

  /// `silu(g) · up`
  static FloatVector gated(FloatVector g, FloatVector up) {
    return g.mul(up).div(exp(g.neg()).add(1f));
  }

  /// The derivative of `silu(g) = g · s` with `s = sigmoid(g)`: `s + g·s·(1 − s)`.
  static FloatVector siluSlope(FloatVector s, FloatVector silu) {
    return silu.neg().fma(s, s).add(silu);
  }

  /// `½(1 + tanh(u)) = sigmoid(2u)`
  static FloatVector geluArgument(FloatVector g) {
    var square = g.mul(g);
    return square.mul((float) Kernels.GELU_CUBIC).add(1f).mul(g).mul((float) Kernels.GELU_SCALE);
  }

  /// The derivative of `gelu(g) = g · s` with `s` the sigmoid of [#geluArgument].
  static FloatVector geluSlope(FloatVector g, FloatVector s) {
    var inner =
        g.mul(g).mul((float) (3 * Kernels.GELU_CUBIC)).add(1f).mul((float) Kernels.GELU_SCALE);
    return s.neg().fma(s, s).mul(g).mul(inner).add(s);
  }

  /// Lane by lane, without the care for NaN and −0 that `max` takes several times as long for.
  static FloatVector larger(FloatVector a, FloatVector b) {
    return a.blend(b, b.compare(VectorOperators.GT, a));
  }

  static FloatVector firstMoment(FloatVector g, FloatVector m, AdamW.Step step) {
    return g.sub(m).fma(g.broadcast(step.oneMinusBeta1()), m);
  }

  static FloatVector secondMoment(FloatVector g, FloatVector v, AdamW.Step step) {
    return v.mul(step.beta2()).add(g.mul(g).mul(step.oneMinusBeta2()));
  }

  static FloatVector stepped(
      FloatVector param, FloatVector first, FloatVector second, AdamW.Step step) {
    var denominator = second.sqrt().mul(step.inverseRootCorrection2()).add(step.eps());
    return param.mul(step.decayFactor()).sub(first.div(denominator).mul(step.stepSize()));
  }

  /// The largest of all lanes.
  static float largest(FloatVector v) {
    var a = LANES > 8 ? larger(v, v.rearrange(BY_8)) : v;
    var b = LANES > 4 ? larger(a, a.rearrange(BY_4)) : a;
    var c = LANES > 2 ? larger(b, b.rearrange(BY_2)) : b;
    return larger(c, c.rearrange(BY_1)).lane(0);
  }
}

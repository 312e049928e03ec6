/// Values, and operations as forward/backward pairs; the CPU backend.
///
/// Everything is row-major, in memory outside the heap that was planned before the first step, and
/// float32 but for a frozen weight that may be kept in fewer bits. An operation is a class with a
/// static `forward` and `backward`; it owns no memory: inputs, outputs and scratch are parameters.
/// Matrix products go to oneDNN or OpenBLAS, called on one thread each; workers run whole
/// micro-batches side by side, or share out one pass in pieces, so that bits do not depend on how
/// many there are.
///
/// Short letters: B batch, T time (tokens), C channels, H heads, D head dim, V vocab. The gradient
/// of `x` is `dx`.
///
/// May use: nothing
package dev.hone.tensor;

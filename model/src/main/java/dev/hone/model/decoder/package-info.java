/// The decoder: weights, the forward and backward pass over packed rows, and the low-rank adapters
/// inside it.
///
/// Short letters: T tokens of a pass, C hidden size, F MLP size, H heads, D head dim, V vocab, r
/// rank. The gradient of `x` is `dx`.
///
/// May use: dev.hone.tensor, dev.hone.model.checkpoint, dev.hone.model
package dev.hone.model.decoder;

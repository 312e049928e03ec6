/// From a user's file to packed batches: rows, the gate that refuses bad ones, the held-out split,
/// the tokenised store and the order of an epoch.
///
/// [RowReader] streams a file, [DataGate] judges every row and renders it, [TokenStore] keeps the
/// tokens on disk, [Split] holds rows out, [EpochOrder], [Batches] and [Packer] cut them into the
/// passes of a step. [TuningData] does it all for one run.
///
/// Nothing here holds a file in memory. Uses `dev.hone.model.text` to render and
/// `dev.hone.model.decoder` for `PackedBatch`; knows nothing of training.
package dev.hone.tune.data;

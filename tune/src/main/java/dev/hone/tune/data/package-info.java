/// From a user's file to packed batches: rows, the gate that refuses bad ones, the held-out split,
/// the tokenised store and the order of an epoch.
///
/// [RowReader] streams a file, [DataGate] judges every row and renders it, [TokenStore] keeps the
/// tokens on disk, [Split] holds rows out, [EpochOrder], [Batches] and [Packer] cut them into the
/// passes of a step. [TuningData] does it all for one run.
///
/// Nothing here holds a file in memory, and nothing knows of training.
///
/// May use: dev.hone.model, dev.hone.model.text, dev.hone.model.decoder
package dev.hone.tune.data;

/// Files of a model as Hugging Face lays them out: safetensors, `config.json`, whole directories;
/// read and written.
///
/// Everything that comes from outside is checked before it is believed: a broken file is a
/// [CheckpointException] that names the file, the tensor or the field, and the likely cure; a
/// choice of the user's that cannot work (no such directory, an architecture that is not supported)
/// is a [dev.hone.model.UsageException]. Weights are mapped read-only into an arena that the caller
/// opens and closes.
///
/// May use: dev.hone.tensor, dev.hone.model
package dev.hone.model.checkpoint;

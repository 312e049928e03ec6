/// Low-rank adapters as PEFT defines and stores them, what proves that one still fits its base, and
/// their merging.
///
/// A directory in PEFT's layout carries two files of Hone's own, which other tools ignore:
/// `hone.json` ([Provenance]) says what the adapter was trained on, and `hone_proof.json` ([Proof])
/// which logits it gave then.
///
/// May use: dev.hone.tensor, dev.hone.model.checkpoint, dev.hone.model.decoder,
/// dev.hone.model.text, dev.hone.model
package dev.hone.model.adapter;

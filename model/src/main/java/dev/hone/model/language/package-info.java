/// A model that is ready to run, put together from its files: base, adapter, tokenizer, prompt
/// format. And one that gets new tokens.
///
/// May use: dev.hone.tensor, dev.hone.model, dev.hone.model.checkpoint, dev.hone.model.text,
/// dev.hone.model.decoder, dev.hone.model.adapter
package dev.hone.model.language;

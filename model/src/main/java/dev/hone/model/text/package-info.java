/// Text and token ids: conversations, the one renderer of prompts, the tokenizer.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint, dev.hone.model.jinja
package dev.hone.model.text;

/// Text and token ids: conversations, the one renderer of prompts, the tokenizer. Uses
/// [dev.hone.model.checkpoint] for the files; used by generation and training.
package dev.hone.model.text;

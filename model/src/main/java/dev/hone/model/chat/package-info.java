/// Asking chat models: one base with its adapters in memory, prompts that offer or require tools,
/// and the calls in what was answered. Whatever speaks a protocol for chat stands on this.
///
/// May use: dev.hone.tensor, dev.hone.model, dev.hone.model.checkpoint, dev.hone.model.generate,
/// dev.hone.model.grammar, dev.hone.model.language, dev.hone.model.serve, dev.hone.model.text
package dev.hone.model.chat;

/// Models that others host, as [dev.hone.ladder.rung.ChatModel]s: through LangChain4j's providers,
/// with keys that are never told, patience with servers that are busy, and a budget that is never
/// passed.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint, dev.hone.model.text, dev.hone.ladder.rung
package dev.hone.hosted;

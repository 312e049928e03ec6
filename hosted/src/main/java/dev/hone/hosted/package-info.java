/// Models that others host, as [dev.hone.ladder.rung.ChatModel]s: through LangChain4j's providers,
/// with keys that are never told, patience with servers that are busy, and a budget that is never
/// passed. [HostedTuned] is the rung that such a provider trains, through OpenAI's SDK.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint, dev.hone.model.text, dev.hone.ladder.rung,
/// dev.hone.ladder.task, dev.hone.tune.run
package dev.hone.hosted;

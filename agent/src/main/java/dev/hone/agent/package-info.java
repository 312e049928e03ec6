/// How good a model is as an agent: conversations whose tools' results were recorded are run again,
/// turn by turn, by LangChain4j's loop of calls and results, and each call is compared with those
/// that were recorded.
///
/// May use: dev.hone.model, dev.hone.model.chat, dev.hone.model.text, dev.hone.tune.data,
/// dev.hone.tune.run, dev.hone.ladder.metric, dev.hone.ladder.rung, dev.hone.ladder.statistics,
/// dev.hone.hosted, dev.hone.langchain4j
package dev.hone.agent;

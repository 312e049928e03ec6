/// How fast Hone trains, measured through the code that trains: whole steps on rows of token ids
/// ([StepBench]), made of data files by [ChatRows], and the matrix products of such a step alone
/// ([Floor]); how fast it decodes, beside what memory and matrix products allow ([DecodeBench]);
/// how fast it answers many at once ([ServeBench]); and how fast it embeds and searches, beside
/// LangChain4j ([EmbeddingBench], [StoreBench]).
///
/// May use: dev.hone.tensor, dev.hone.model.adapter, dev.hone.model.checkpoint,
/// dev.hone.model.decoder, dev.hone.model.generate, dev.hone.model.serve, dev.hone.model.text,
/// dev.hone.rag.embed, dev.hone.rag.passage, dev.hone.rag.retrieve, dev.hone.rag.store,
/// dev.hone.tune.data, dev.hone.tune.train
package dev.hone.bench;

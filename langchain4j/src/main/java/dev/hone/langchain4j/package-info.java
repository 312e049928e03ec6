/// Hone in this process where LangChain4j asks for a model or a retriever, and LangChain4j's
/// embedding and scoring models where Hone asks for one. [HoneBase] is the way in.
///
/// May use: dev.hone.tensor, dev.hone.model, dev.hone.model.chat, dev.hone.model.generate,
/// dev.hone.model.grammar, dev.hone.model.serve, dev.hone.model.text, dev.hone.base, dev.hone.rag,
/// dev.hone.rag.answer, dev.hone.rag.embed, dev.hone.rag.retrieve, dev.hone.rag.store
package dev.hone.langchain4j;

/// Hone's retrieval where LangChain4j asks for one, and LangChain4j's embedding models where Hone
/// asks for one.
///
/// May use: dev.hone.rag.answer, dev.hone.rag.embed, dev.hone.rag.retrieve, dev.hone.rag.store
package dev.hone.rag.langchain4j;

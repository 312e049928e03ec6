/// Answers from passages, with citations that were checked.
///
/// [Answerer] searches, asks a model, and then believes nothing: [CitationCheck] finds for every
/// statement the passage that holds it. What no passage holds is marked or dropped; where nothing
/// is left, the answer is a refusal.
///
/// Passages are data. [PassagePrompt] puts each on one line of its own, so that none can end its
/// fence, and no text of a document ever becomes a role, a tool or an instruction of Hone's.
///
/// May use: dev.hone.model.text, dev.hone.rag.passage, dev.hone.rag.retrieve, dev.hone.rag.store
package dev.hone.rag.answer;

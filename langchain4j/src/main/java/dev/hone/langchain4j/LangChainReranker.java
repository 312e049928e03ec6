package dev.hone.langchain4j;

import dev.hone.rag.retrieve.Reranker;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.scoring.ScoringModel;
import java.util.List;

/// Any LangChain4j scoring model as Hone's reranker.
public record LangChainReranker(ScoringModel model) implements Reranker {
  @Override
  public List<Double> scores(String question, List<String> passages) {
    return model.scoreAll(passages.stream().map(TextSegment::from).toList(), question).content();
  }
}

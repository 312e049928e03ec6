package dev.hone.cli;

import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.text.ChatTemplate;
import dev.hone.model.text.OllamaTemplate;
import dev.hone.model.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A Modelfile: what Ollama is told of a GGUF file beside it.
///
/// @param text of the file
/// @param notes what the user should know of it
record OllamaModelfile(String text, List<String> notes) {
  /// The file that it stands beside.
  static final String WEIGHTS = "model.gguf";

  /// @param model whose template and ends of answers it gets
  static OllamaModelfile of(Path model) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(model, arena);
      var tokenizer = Tokenizer.open(checkpoint);
      var bos = tokenizer.bosId().isPresent() ? tokenizer.token(tokenizer.bosId().getAsInt()) : "";
      var template = ChatTemplate.find(model);
      var words = template.flatMap(t -> OllamaTemplate.of(t, bos));
      var text = new StringBuilder("FROM ./").append(WEIGHTS).append('\n');
      words.ifPresent(w -> text.append("TEMPLATE \"\"\"").append(w.go()).append("\"\"\"\n"));
      for (int id : tokenizer.eosIds()) {
        text.append("PARAMETER stop \"").append(tokenizer.token(id)).append("\"\n");
      }
      return new OllamaModelfile(text.toString(), notes(template, words));
    }
  }

  private static List<String> notes(
      Optional<ChatTemplate> template, Optional<OllamaTemplate> words) {
    var notes = new ArrayList<String>();
    if (template.isEmpty()) {
      notes.add("Ollama: the model has no chat template; its answers go on with the text as it is");
    } else if (words.isEmpty()) {
      notes.add(
          "Ollama: the chat template says more than Ollama's can; it will look for one of its own"
              + " by the one in the file, so compare its answers with hone chat's");
    } else {
      notes.add(
          "Ollama: its template gives the same text as the model's own, tried on four"
              + " conversations; tools are not in it");
    }
    return notes;
  }
}

package dev.hone.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.base.Embedded;
import dev.hone.hosted.Requests;
import dev.hone.langchain4j.HoneChatModel;
import dev.hone.model.text.Renderers;
import dev.hone.model.text.Tokenizer;
import dev.hone.tune.data.Source;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `hone tune` learns to answer is what the agent is asked.
class PromptTest {
  private static final String ROW =
      "{'tools':[{'type':'function','function':{'name':'find','description':'Finds"
          + " tables','parameters':"
          + "{'type':'object','properties':{'city':{'type':'string','description':'where'},'size':"
          + "{'type':'string','enum':['2','4']},'when':{'type':'array','items':{'type':'integer'}}},'required':['city']}}}],'messages':[{'role':'system','content':'Be"
          + " quick.'},{'role':'user','content':'A"
          + " table?'},{'role':'assistant','content':null,'tool_calls':[{'id':'c1','function':{'name':'find','arguments':'{}'}}]},{'role':'tool','tool_call_id':'c1','content':'{}'},{'role':'assistant','content':'Yes.'},{'role':'user','content':'Where?'},{'role':'assistant','content':'Here.'}]}\n";

  @TempDir private Path dir;

  @Test
  void aPromptHasTheTokensOfTheRow() throws IOException {
    var file = Files.writeString(dir.resolve("rows.jsonl"), ROW.replace('\'', '"'));
    var renderer =
        Renderers.open(Embedded.model(), Tokenizer.open(Embedded.model()), Optional.empty());
    try (var model = HoneChatModel.builder().maxOutputTokens(1).build()) {
      for (var turn : Recording.read(new Source(file)).getFirst().turns()) {
        var request =
            ChatRequest.builder()
                .messages(Requests.messages(turn.asked()))
                .toolSpecifications(Requests.tools(turn.asked()))
                .build();
        assertEquals(
            renderer.renderPrompt(turn.asked()).length,
            model.chat(request).tokenUsage().inputTokenCount());
      }
    }
  }
}

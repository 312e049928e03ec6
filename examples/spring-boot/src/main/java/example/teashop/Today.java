package example.teashop;

import dev.langchain4j.agent.tool.Tool;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.Locale;
import org.springframework.stereotype.Component;

/// What no model knows by itself.
@Component
class Today {
  @Tool("Which day it is")
  String today() {
    var date = LocalDate.now();
    return "%s, %s"
        .formatted(date.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH), date);
  }
}

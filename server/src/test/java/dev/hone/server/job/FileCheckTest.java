package dev.hone.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileCheckTest {
  private static final String GOOD = "{'prompt': 'a', 'completion': 'b'}\n";

  @TempDir Path dir;

  private Path write(String name, String rows) throws IOException {
    return Files.writeString(dir.resolve(name), rows.replace('\'', '"'));
  }

  private FileVerdict.Invalid invalid(String train, Optional<String> valid) throws IOException {
    var validFile =
        valid.isPresent() ? Optional.of(write("valid.jsonl", valid.get())) : Optional.<Path>empty();
    return assertInstanceOf(
        FileVerdict.Invalid.class, FileCheck.check(write("train.jsonl", train), validFile));
  }

  @Test
  void tenExamplesAreEnough() throws IOException {
    assertEquals(
        new FileVerdict.Valid(10),
        FileCheck.check(write("train.jsonl", GOOD.repeat(10)), Optional.empty()));
  }

  @Test
  void nineAreNot() throws IOException {
    var error = invalid(GOOD.repeat(9), Optional.empty()).error();
    assertEquals("invalid_n_examples", error.code());
    assertEquals(
        "Training file has 9 example(s), but must have at least 10 examples", error.message());
    assertEquals(Optional.of("training_file"), error.param());
  }

  @Test
  void anEmptyValidationFileIsRefused() throws IOException {
    var error = invalid(GOOD.repeat(10), Optional.of("")).error();
    assertEquals(
        "Validation file has 0 example(s), but must have at least 1 examples", error.message());
    assertEquals(Optional.of("validation_file"), error.param());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'messages': [{'role': 'user', 'content': 'a'}, {'content': 'b'}]}"
            + " | Invalid file format. Example 2, message 2 Discriminator 'role' is missing in"
            + " value",
        "{'messages': [{'role': 'bot', 'content': 'a'}]}"
            + " | Invalid file format. Example 2, message 1 role: unknown role 'bot'",
        "{'input': 'a', 'preferred_output': 'b'}"
            + " | Unexpected file format, expected either prompt/completion pairs or chat"
            + " messages.",
        "{'messages': []}"
            + " | Invalid file format. Example 2 messages: the list of messages is empty",
      })
  void badRowsAreToldInOpenAisWords(String row, String message) throws IOException {
    var verdict = invalid(GOOD + row + "\n" + GOOD.repeat(10), Optional.empty());
    assertEquals("invalid_training_file", verdict.error().code());
    assertEquals(
        "The job failed due to an invalid training file. " + message,
        verdict.error().message().replace('"', '\''));
  }

  @Test
  void everyBadLineOfBothFilesIsNamed() throws IOException {
    var verdict = invalid("x\n" + GOOD.repeat(10) + "y\n", Optional.of(GOOD + "[]\n"));
    assertEquals(
        List.of("training_file 1", "training_file 12", "validation_file 2"),
        verdict.offences().stream().map(o -> o.file() + " " + o.line()).toList());
  }

  @Test
  void aBadValidationFileIsNamed() throws IOException {
    var error = invalid(GOOD.repeat(10), Optional.of("[]\n")).error();
    assertEquals(Optional.of("validation_file"), error.param());
    assertEquals(
        "The job failed due to an invalid validation file. Unexpected file format, expected either"
            + " prompt/completion pairs or chat messages.",
        error.message());
  }
}

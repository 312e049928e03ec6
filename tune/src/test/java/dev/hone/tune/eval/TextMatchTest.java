package dev.hone.tune.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextMatchTest {
  /// Worked by hand from the definitions of SQuAD's script.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          1206                  | 1206                  | true  | 1
          the  Seventh Doctor.  | Seventh; 7th          | false | 0.6666666667
          The Seventh           | Seventh; 7th          | true  | 1
          7th                   | Seventh; 7th          | true  | 1
          cats and dogs         | dogs and cats         | false | 1
          to be to be           | to be                 | false | 0.6666666667
          Ada's                 | adas                  | true  | 1
          theatre               | atre                  | false | 0
          the                   | a                     | true  | 1
          the                   | one                   | false | 0
          Über-all              | überall               | true  | 1
          """)
  void answersAreComparedWithTheBestOfTheExpectedOnes(
      String answer, String expected, boolean isExact, double f1) {
    var all = List.of(expected.split("; "));
    assertEquals(isExact, TextMatch.isExact(answer, all));
    assertEquals(f1, TextMatch.f1(answer, all), 1e-9);
  }
}

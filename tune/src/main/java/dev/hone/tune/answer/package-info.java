/// What a model answers to the rows of a file: which rows ask something, how many tokens an answer
/// may have, and the port for what measures answers.
///
/// May use: dev.hone.tensor, dev.hone.model, dev.hone.model.decoder, dev.hone.model.generate,
/// dev.hone.model.text, dev.hone.tune.data
package dev.hone.tune.answer;

/// A tuning run from the first file to the last: plan, train, evaluate, write.
///
/// May use: dev.hone.tensor, dev.hone.model, dev.hone.model.adapter, dev.hone.model.checkpoint,
/// dev.hone.model.decoder, dev.hone.model.generate, dev.hone.model.language, dev.hone.model.text,
/// dev.hone.tune.answer, dev.hone.tune.data, dev.hone.tune.train
package dev.hone.tune.run;

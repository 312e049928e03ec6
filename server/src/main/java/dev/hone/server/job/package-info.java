/// Fine-tuning jobs: what may be asked, the check of their files, the queue, and the worker
/// processes that train.
///
/// [Jobs] is what a request reaches. [JobQueue] runs one job at a time in a process of its own,
/// [JobWorker], which trains as `hone tune` does and tells of it in a file that only grows, the
/// [Report]. The server reads that file and remembers how far, in the transaction that stores what
/// it read: so either of the two may die at any time, and nothing is lost or told twice.
///
/// May use: dev.hone.model, dev.hone.model.adapter, dev.hone.model.checkpoint,
/// dev.hone.model.decoder, dev.hone.model.text, dev.hone.tune.data, dev.hone.tune.run,
/// dev.hone.tune.train, dev.hone.server.api, dev.hone.server.state
package dev.hone.server.job;

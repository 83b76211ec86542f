// Journal: the append-only event log of every run and the durable steps on top of it.
//
// `JournalStore` is the door that every driver keeps (`SQLiteJournal` now); `RunJournal` is one run owned by this
// process. Events are small and hash-chained per run; payloads are blobs named by their own hash. Whatever is
// known of a run is a fold over its events: there is no second truth.

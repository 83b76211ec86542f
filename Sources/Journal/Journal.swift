// Journal: the append-only event log of every run and the durable steps on top of it.
